criterion_tests += tests/test-hj
tests_test_hj_SOURCES  = %D%/t-burgers.c %D%/t-entropy.c %D%/t-field.c %D%/t-focal.c
tests_test_hj_CPPFLAGS = $(tests_cppflags)
tests_test_hj_CFLAGS   = $(tests_cflags)
tests_test_hj_LDADD    = $(tests_ldadd)

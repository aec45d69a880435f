criterion_tests += tests/test-hj
tests_test_hj_SOURCES  = %D%/t-burgers.c %D%/entropy-case.h %D%/t-entropy.c %D%/t-field.c %D%/t-focal.c
tests_test_hj_CPPFLAGS = $(tests_cppflags)
tests_test_hj_CFLAGS   = $(tests_cflags)
tests_test_hj_LDADD    = $(tests_ldadd)

# Minutes of cubature: make check-long.
long_tests += tests/long-hj
tests_long_hj_SOURCES  = %D%/entropy-case.h %D%/long-entropy.c
tests_long_hj_CPPFLAGS = $(tests_cppflags)
tests_long_hj_CFLAGS   = $(tests_cflags)
tests_long_hj_LDADD    = $(tests_ldadd)

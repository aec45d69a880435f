criterion_tests += tests/test-certify
tests_test_certify_SOURCES  = %D%/t-certify.c
tests_test_certify_CPPFLAGS = $(tests_cppflags)
tests_test_certify_CFLAGS   = $(tests_cflags)
tests_test_certify_LDADD    = $(tests_ldadd)

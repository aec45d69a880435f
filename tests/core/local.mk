criterion_tests += tests/test-core
tests_test_core_SOURCES  = %D%/t-status.c
tests_test_core_CPPFLAGS = $(tests_cppflags)
tests_test_core_CFLAGS   = $(tests_cflags)
tests_test_core_LDADD    = $(tests_ldadd)

# The architecture catalogue.
criterion_tests += tests/test-arch
tests_test_arch_SOURCES  = %D%/helper.h %D%/t-count.c %D%/t-read.c
tests_test_arch_CPPFLAGS = $(tests_cppflags)
tests_test_arch_CFLAGS   = $(tests_cflags)
tests_test_arch_LDADD    = $(tests_ldadd)

# The architecture catalogue.
criterion_tests += tests/test-arch
tests_test_arch_SOURCES  = %D%/helper.h %D%/verify.h %D%/t-batchnorm.c %D%/t-count.c %D%/t-discrete.c %D%/t-exact.c %D%/t-full-rank.c %D%/t-given.c %D%/t-quotient.c %D%/t-read.c %D%/t-verify.c
tests_test_arch_CPPFLAGS = $(tests_cppflags) -I$(top_srcdir)/src
tests_test_arch_CFLAGS   = $(tests_cflags)
tests_test_arch_LDADD    = $(tests_ldadd)

# Ranks of models with hundreds of parameters: make check-long.
long_tests += tests/long-arch
tests_long_arch_SOURCES  = %D%/helper.h %D%/verify.h %D%/long-verify.c
tests_long_arch_CPPFLAGS = $(tests_cppflags)
tests_long_arch_CFLAGS   = $(tests_cflags)
tests_long_arch_LDADD    = $(tests_ldadd)

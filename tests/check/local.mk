# The checker without main.c, for many checks in one process
check_harness = %D%/harness.c %D%/harness.h $(check_core)

criterion_tests += tests/test-check
tests_test_check_SOURCES  = %D%/t-problem.c %D%/t-taylor.c $(check_harness)
tests_test_check_CPPFLAGS = $(tests_cppflags) -I$(top_srcdir)/src/check
tests_test_check_CFLAGS   = $(tests_cflags)
tests_test_check_LDADD    = $(CRITERION_LIBS) -lmpfr -lgmp -lm

# Makes certificates for verdicts.sh with nothing of the library.
check_PROGRAMS += tests/check/generate
tests_check_generate_SOURCES  = %D%/generate.c $(check_harness)
tests_check_generate_CPPFLAGS = -I$(top_srcdir)/src/check
tests_check_generate_LDADD    = -lgmp
SHELL_TESTS += %D%/verdicts.sh

# Changes certificates for mutate.sh.
check_PROGRAMS += tests/check/mutate
tests_check_mutate_SOURCES  = %D%/mutate.c $(check_harness)
tests_check_mutate_CPPFLAGS = -I$(top_srcdir)/src/check
tests_check_mutate_LDADD    = -lgmp
SHELL_TESTS += %D%/mutate.sh
check-mutations: caustic$(EXEEXT) tests/check/mutate$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) MUTATIONS=100000 $(SHELL) $(srcdir)/tests/check/mutate.sh
.PHONY: check-mutations

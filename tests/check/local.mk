criterion_tests += tests/test-check
tests_test_check_SOURCES  = %D%/t-problem.c %D%/t-taylor.c $(check_core)
tests_test_check_CPPFLAGS = $(tests_cppflags) -I$(top_srcdir)/src/check
tests_test_check_CFLAGS   = $(tests_cflags)
tests_test_check_LDADD    = $(CRITERION_LIBS) -lmpfr -lgmp -lm

# Makes certificates for verdicts.sh with nothing of the library.
check_PROGRAMS += tests/check/generate
tests_check_generate_SOURCES  = %D%/generate.c $(check_core)
tests_check_generate_CPPFLAGS = -I$(top_srcdir)/src/check
tests_check_generate_LDADD    = -lgmp
SHELL_TESTS += %D%/verdicts.sh

# Changes digits of certificates for flip.sh.
check_PROGRAMS += tests/check/flip
tests_check_flip_SOURCES  = %D%/flip.c $(check_core)
tests_check_flip_CPPFLAGS = -I$(top_srcdir)/src/check
tests_check_flip_LDADD    = -lgmp
SHELL_TESTS += %D%/flip.sh

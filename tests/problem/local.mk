criterion_tests += tests/test-problem
tests_test_problem_SOURCES  = %D%/t-bad.c %D%/t-bundle.c %D%/t-coarse.c %D%/t-derivation.c %D%/t-example.c %D%/t-mutate.c %D%/t-network.c %D%/t-purpose.c %D%/t-symmetry.c %D%/t-symmetries.c %D%/t-system.c
tests_test_problem_CPPFLAGS = $(tests_cppflags)
tests_test_problem_CFLAGS   = $(tests_cflags)
tests_test_problem_LDADD    = $(tests_ldadd)
EXTRA_DIST += tests/data/bad tests/data/bundles

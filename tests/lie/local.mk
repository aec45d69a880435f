criterion_tests += tests/test-lie
tests_test_lie_SOURCES   = %D%/algebras.h %D%/chart.h %D%/t-algebra.c %D%/t-field.c %D%/t-ideals.c %D%/t-type.c
tests_test_lie_SOURCES  += %D%/t-group.c %D%/t-exponential.c %D%/t-action.c
tests_test_lie_SOURCES  += %D%/network.h %D%/t-discovery.c %D%/t-discrete.c %D%/t-invariants.c %D%/t-orbits.c
tests_test_lie_CPPFLAGS = $(tests_cppflags)
tests_test_lie_CFLAGS   = $(tests_cflags)
tests_test_lie_LDADD    = $(tests_ldadd)

criterion_tests += tests/test-geom
tests_test_geom_SOURCES  = %D%/t-curvature.c %D%/t-isometry.c %D%/t-metric.c
tests_test_geom_SOURCES += %D%/matrices.h %D%/space.h %D%/t-enclose.c %D%/t-families.c %D%/t-gauss-bonnet.c %D%/t-identities.c %D%/t-operators.c
# Submersions.
tests_test_geom_SOURCES += %D%/example.c %D%/example.h %D%/t-cotangent.c %D%/t-deep.c %D%/t-oneill.c %D%/t-slice.c
tests_test_geom_SOURCES += %D%/t-submersion.c %D%/t-submersion-enclose.c
tests_test_geom_CPPFLAGS = $(tests_cppflags)
tests_test_geom_CFLAGS   = $(tests_cflags)
tests_test_geom_LDADD    = $(tests_ldadd)
long_tests += tests/test-geom-long
tests_test_geom_long_SOURCES  = %D%/l-families.c %D%/matrices.h %D%/space.h
tests_test_geom_long_CPPFLAGS = $(tests_cppflags)
tests_test_geom_long_CFLAGS   = $(tests_cflags)
tests_test_geom_long_LDADD    = $(tests_ldadd)
tests_test_geom_long_SOURCES += %D%/example.c %D%/example.h %D%/l-slice.c

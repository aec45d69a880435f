criterion_tests += tests/test-geom
tests_test_geom_SOURCES  = %D%/t-curvature.c %D%/t-isometry.c %D%/t-metric.c
tests_test_geom_SOURCES += %D%/space.h %D%/t-enclose.c
tests_test_geom_SOURCES += %D%/example.c %D%/example.h %D%/t-cotangent.c %D%/t-deep.c %D%/t-oneill.c %D%/t-slice.c %D%/t-submersion.c
tests_test_geom_CPPFLAGS = $(tests_cppflags)
tests_test_geom_CFLAGS   = $(tests_cflags)
tests_test_geom_LDADD    = $(tests_ldadd)

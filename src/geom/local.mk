cstinclude_HEADERS += include/caustic/geom.h
doc_files += doc/geom.rst
libcaustic_all_la_SOURCES += %D%/curvature.c %D%/enclose.c %D%/isometry.c %D%/levi-civita.c %D%/levi-civita.h %D%/matrix.c %D%/matrix.h
libcaustic_all_la_SOURCES += %D%/metric.c %D%/operators.c %D%/program.c %D%/program.h %D%/raised.c %D%/tensor.c %D%/terms.c
# Submersions.
cstinclude_HEADERS += include/caustic/submersion.h
doc_files += doc/submersion.rst
libcaustic_all_la_SOURCES += %D%/cotangent.c %D%/horizontal.c %D%/oneill.c %D%/orbit.c %D%/slice.c %D%/submersion.c %D%/submersion.h %D%/submersion-check.c %D%/submersion-enclose.c

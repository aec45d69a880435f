doc_files += doc/flow.rst doc/lohner.rst doc/atlas.rst doc/dense.rst
libcaustic_all_la_SOURCES += %D%/shape.c %D%/model.c %D%/model.h %D%/multiply.c %D%/function.c %D%/evaluate.c \
  %D%/range.c %D%/series.c %D%/series.h %D%/tube.c \
  %D%/program.c %D%/program.h %D%/ring.c %D%/ring.h %D%/arb-ring.c %D%/bound.h %D%/ball-ring.c %D%/fixed.c %D%/fixed.h %D%/fixed-ring.c %D%/fixed-ring.h \
  %D%/model-ring.c %D%/curved.c %D%/late.c %D%/ball-ring.h \
  %D%/set.c %D%/set.h %D%/integrator.h %D%/enclosure.c %D%/unit.c %D%/step.c %D%/tangent.c %D%/lohner.c \
  %D%/dense.c %D%/event.c %D%/solve.c %D%/atlas.c %D%/atlas.h %D%/atlas-event.c %D%/event.h %D%/dense-file.c
cstinclude_HEADERS += include/caustic/flow.h include/caustic/lohner.h include/caustic/atlas.h include/caustic/dense.h

doc_files += doc/flow.rst
libcaustic_all_la_SOURCES += %D%/shape.c %D%/model.c %D%/model.h %D%/multiply.c %D%/function.c %D%/evaluate.c \
  %D%/range.c %D%/series.c %D%/series.h %D%/tube.c
cstinclude_HEADERS += include/caustic/flow.h

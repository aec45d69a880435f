cstinclude_HEADERS += include/caustic/lie.h include/caustic/discovery.h
doc_files += doc/lie.rst doc/discovery.rst
libcaustic_all_la_SOURCES += %D%/algebra.c %D%/field.c %D%/kernel.h %D%/kernel.c %D%/conditions.h %D%/conditions.c \
                             %D%/equations.h %D%/equations.c %D%/sample.c %D%/bound.c %D%/discovery.c

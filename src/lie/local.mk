cstinclude_HEADERS += include/caustic/lie.h
doc_files += doc/lie.rst
libcaustic_all_la_SOURCES += %D%/algebra.c %D%/field.c

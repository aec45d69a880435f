doc_files += doc/hj.rst
libcaustic_all_la_SOURCES += %D%/field.c
cstinclude_HEADERS += include/caustic/hj.h

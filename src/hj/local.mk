doc_files += doc/hj.rst doc/burgers.rst
libcaustic_all_la_SOURCES += %D%/field.c %D%/jets.h %D%/jets.c %D%/burgers.c %D%/bochner.c
cstinclude_HEADERS += include/caustic/hj.h include/caustic/burgers.h

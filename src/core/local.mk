cstinclude_HEADERS += include/caustic/status.h
doc_files += doc/status.rst
libcaustic_all_la_SOURCES += %D%/status.c %D%/double.c %D%/double.h %D%/mpoly.h %D%/symmetric.c %D%/symmetric.h

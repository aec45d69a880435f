doc_files += doc/proof-graph.rst
libcaustic_all_la_SOURCES += %D%/text.c %D%/text.h %D%/graph.c
cstinclude_HEADERS += include/caustic/certificate.h

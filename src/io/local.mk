cstinclude_HEADERS += include/caustic/io.h
doc_files += doc/io.rst
libcaustic_all_la_SOURCES += %D%/yaml.c %D%/lookup.c %D%/json.c %D%/file.c %D%/decimal.c %D%/sha256.c \
                             %D%/utf8.c %D%/utf8.h

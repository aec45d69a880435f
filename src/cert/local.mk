libcaustic_all_la_SOURCES += %D%/text.c %D%/text.h

doc_files += doc/certify.rst
libcaustic_all_la_SOURCES += %D%/guide.c %D%/follow.c %D%/guide.h %D%/prove.h %D%/focal.c \
  %D%/positive.c %D%/witness.c %D%/cover.c %D%/cover.h %D%/resume.c %D%/resume.h %D%/exact.c %D%/exact.h %D%/grid.c %D%/grid.h %D%/certify.c
cstinclude_HEADERS += include/caustic/certify.h

doc_files += doc/hj.rst doc/burgers.rst doc/entropy.rst
libcaustic_all_la_SOURCES += %D%/field.c %D%/focal-time.c %D%/jets.h %D%/jets.c %D%/burgers.c %D%/bochner.c \
  %D%/cubature.h %D%/cubature.c %D%/cubature-box.h %D%/cubature-box.c %D%/minorant.h %D%/minorant.c %D%/eigenvalue.c %D%/entropy.h %D%/entropy.c %D%/entropy-tail.c %D%/entropy-sphere.c %D%/cone-kernel.h %D%/cone-kernel.c %D%/cone-bounds.c %D%/entropy-cone.c
cstinclude_HEADERS += include/caustic/hj.h include/caustic/burgers.h include/caustic/entropy.h

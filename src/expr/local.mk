cstinclude_HEADERS += include/caustic/expr.h include/caustic/tape.h
libcaustic_all_la_SOURCES += %D%/pool.h %D%/node.c %D%/build.c %D%/calculus.c %D%/parse.c %D%/print.c %D%/ball.h %D%/ball.c \
                             %D%/enclose.c %D%/lower.c %D%/tape.c

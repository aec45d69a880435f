doc_files += doc/expr.rst doc/tape.rst
cstinclude_HEADERS += include/caustic/expr.h include/caustic/tape.h
libcaustic_all_la_SOURCES += %D%/pool.h %D%/node.c %D%/build.c %D%/power.c %D%/calculus.c %D%/dialect.c %D%/dialect.h %D%/parse.c \
                             %D%/print.c %D%/text.c %D%/ball.h %D%/ball.c %D%/enclose.c %D%/interval.c %D%/jet.c %D%/range.c %D%/lower.c %D%/tape.c \
                             %D%/normal.h %D%/normal-ctx.h %D%/normal-angle.c %D%/normal-atom.c \
                             %D%/normal-context.c %D%/normal-coefficient.c %D%/normal-convert.c %D%/normal-derivative.c \
                             %D%/normal-dot.c %D%/normal-element.c %D%/normal-expr.c %D%/normal-function.c \
                             %D%/normal-invert.c %D%/normal-reduce.c %D%/normal-relation.c %D%/normal-root.c \
                             %D%/normal-sign.c %D%/zero.c

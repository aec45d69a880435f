criterion_tests += tests/test-expr
tests_test_expr_SOURCES  = %D%/helper.h %D%/t-build.c %D%/t-parse.c %D%/t-print.c %D%/t-range.c %D%/t-derivative.c %D%/t-dialect.c %D%/t-kernel.c \
                           %D%/t-zero.c %D%/t-tape.c %D%/t-normal.c
tests_test_expr_CPPFLAGS = $(tests_cppflags)
tests_test_expr_CFLAGS   = $(tests_cflags)
tests_test_expr_LDADD    = $(tests_ldadd)

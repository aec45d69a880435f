/* expr/dialect.h -- how programming languages write expressions. */
#ifndef CST_EXPR_DIALECT_H
#define CST_EXPR_DIALECT_H

#include <caustic/expr.h>

/* A function is written pieces[0] argument pieces[1], or pieces[0] argument pieces[1] argument pieces[2]. */
typedef struct
{
    const char *one, *decimal, *pi; /* decimal goes behind each integer */
    const char *power_open, *power, *power_close;
    const char *functions[CST_EXPR_KIND_COUNT][3];
    const char *const *keywords;
    size_t keyword_count;
} cst__expr_dialect_t;

extern const cst__expr_dialect_t cst__expr_dialect_c, cst__expr_dialect_sage;

/* Is this name taken by the language? */
int cst__expr_is_keyword(const cst__expr_dialect_t *dialect, const char *name);

#endif

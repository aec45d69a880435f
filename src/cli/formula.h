/* cli/formula.h -- formulas of LaTeX (amsmath), broken into lines. */
#ifndef CST_CLI_FORMULA_H
#define CST_CLI_FORMULA_H

#include "cli/cli.h"

typedef struct
{
    FILE *out;
    cst_expr_ctx_t ctx;
    int column;        /* at which the line has come, in symbols */
    cst_expr_t *named; /* variables that are written in a way of their own, and how */
    char **texts;
    slong named_length;
} cst__formula_t;

/* An expression on one line; the caller frees it. NULL if it is too long. */
char *cst__formula_text(const cst__formula_t *w, cst_expr_t e);

/* Lines between begin and end; first: the first of them. */
void cst__formula_begin(cst__formula_t *w);
void cst__formula_line(cst__formula_t *w, int first);
void cst__formula_end(cst__formula_t *w);

/* A text, on a new line if this one is full. */
void cst__formula_put(cst__formula_t *w, const char *text);
/* A term with its sign. "(\partial_x u)" at the end needs no parentheses. */
void cst__formula_put_term(cst__formula_t *w, const char *sign, const char *term);
/* A product that is too long is broken within the longest sum among its factors. */
void cst__formula_put_product(cst__formula_t *w, const char *sign, cst_expr_t e);
/* The terms of a sum, each with its sign; first: none is needed before a positive one. */
void cst__formula_put_sum(cst__formula_t *w, cst_expr_t e, int first);
/* A formula of its own: a label and a sum. */
void cst__formula_put_labelled(cst__formula_t *w, const char *label, cst_expr_t e);

#endif

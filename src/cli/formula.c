/* cli/formula.c -- formulas of LaTeX, broken into lines of about WIDTH symbols. */
#include <string.h>

#include "cli/formula.h"

#define WIDTH 78

char *
cst__formula_text(const cst__formula_t *w, cst_expr_t e)
{
    return cst_expr_print_latex_named(w->ctx, e, w->named, (const char *const *) w->texts, w->named_length);
}

/* About how many symbols a text shows: a command counts as one. */
static int
width_of(const char *text)
{
    int width = 0;

    while (*text)
        if (*text == '\\')
        {
            size_t word = strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

            width += strncmp(text, "\\left", 5) != 0 && strncmp(text, "\\right", 6) != 0 &&
                     strncmp(text, "\\frac", 5) != 0;
            text += word ? word + 1 : 2;
        }
        else
            width += !strchr("{}^_ ", *text++);
    return width;
}

void
cst__formula_put(cst__formula_t *w, const char *text)
{
    int width = width_of(text);

    if (w->column > 4 && w->column + width > WIDTH)
    {
        fputs("\\\\\n&\\qquad{}", w->out);
        w->column = 4;
    }
    fputs(text, w->out);
    w->column += width;
}

void
cst__formula_put_term(cst__formula_t *w, const char *sign, const char *term)
{
    size_t length = strlen(sign) + strlen(term);
    char *text = strcat(strcpy(flint_malloc(length + 1), sign), term), *open = strstr(text, "(\\partial"),
         *next;

    while (open && (next = strstr(open + 1, "(\\partial")))
        open = next;
    if (open && open[strcspn(open, ")")] && open + strcspn(open, ")") == text + length - 1)
    {
        text[length - 1] = '\0';
        memmove(open, open + 1, strlen(open));
    }
    cst__formula_put(w, text);
    flint_free(text);
}

/* The longest sum among the factors of a product, or NULL; *rest is the product of the others. */
static cst_expr_t
longest_sum(const cst__formula_t *w, cst_expr_t e, cst_expr_t *rest)
{
    cst_expr_t best = NULL, factor;
    size_t most = 0;

    *rest = cst_expr_integer(w->ctx, 1);
    for (int more = 1; more;)
    {
        char *text;

        more = cst_expr_kind(e) == CST_EXPR_MUL;
        factor = more ? cst_expr_argument(e, 0) : e;
        e = more ? cst_expr_argument(e, 1) : e;
        text = cst_expr_kind(factor) == CST_EXPR_ADD ? cst_expr_print(w->ctx, factor) : NULL;
        if (text && strlen(text) > most)
        {
            most = strlen(text);
            *rest = best ? cst_expr_mul(w->ctx, *rest, best) : *rest;
            best = factor;
        }
        else
            *rest = cst_expr_mul(w->ctx, *rest, factor);
        flint_free(text);
    }
    return best;
}

void
cst__formula_put_product(cst__formula_t *w, const char *sign, cst_expr_t e)
{
    char *text = cst__formula_text(w, e);
    cst_expr_t rest, sum = text && width_of(text) <= WIDTH - 4 ? NULL : longest_sum(w, e, &rest);

    if (!sum)
        cst__formula_put_term(w, sign, text ? text : "\\cdots");
    else
    {
        char *before = cst_expr_is_integer_value(rest, 1) ? NULL : cst__formula_text(w, rest);

        cst__formula_put_term(w, sign, before ? before : "");
        cst__formula_put(w, "\\bigl(");
        cst__formula_put_sum(w, sum, 1);
        cst__formula_put(w, "\\bigr)");
        flint_free(before);
    }
    flint_free(text);
}

void
cst__formula_put_sum(cst__formula_t *w, cst_expr_t e, int first)
{
    char *text;
    int minus;

    while (cst_expr_kind(e) == CST_EXPR_ADD)
    {
        cst__formula_put_sum(w, cst_expr_argument(e, 0), first);
        e = cst_expr_argument(e, 1);
        first = 0;
    }
    text = cst__formula_text(w, e);
    minus = text && *text == '-';
    cst__formula_put_product(w, minus ? "-" : first ? "" : "+", minus ? cst_expr_neg(w->ctx, e) : e);
    flint_free(text);
}

void
cst__formula_begin(cst__formula_t *w)
{
    fputs("\\begin{align*}\n", w->out);
}

void
cst__formula_line(cst__formula_t *w, int first)
{
    fputs(first ? "&" : "\\\\\n&", w->out);
    w->column = 0;
}

void
cst__formula_end(cst__formula_t *w)
{
    fputs("\n\\end{align*}\n", w->out);
}

void
cst__formula_put_labelled(cst__formula_t *w, const char *label, cst_expr_t e)
{
    cst__formula_begin(w);
    cst__formula_line(w, 1);
    cst__formula_put(w, label);
    cst__formula_put_sum(w, e, 1);
    cst__formula_end(w);
}

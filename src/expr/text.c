/* expr/text.c -- growing strings, and the words and names of expressions in them. */
#include <string.h>

#include "expr/pool.h"

static const char *const words[CST_EXPR_KIND_COUNT][2] = {
    [CST_EXPR_EXP] = {"exp", "\\exp"},
    [CST_EXPR_LOG] = {"log", "\\log"},
    [CST_EXPR_SIN] = {"sin", "\\sin"},
    [CST_EXPR_COS] = {"cos", "\\cos"},
    [CST_EXPR_TAN] = {"tan", "\\tan"},
    [CST_EXPR_ASIN] = {"asin", "\\arcsin"},
    [CST_EXPR_ACOS] = {"acos", "\\arccos"},
    [CST_EXPR_ATAN] = {"atan", "\\arctan"},
    [CST_EXPR_SINH] = {"sinh", "\\sinh"},
    [CST_EXPR_COSH] = {"cosh", "\\cosh"},
    [CST_EXPR_TANH] = {"tanh", "\\tanh"},
    [CST_EXPR_ERF] = {"erf", "\\operatorname{erf}"},
    [CST_EXPR_SIGMOID] = {"sigmoid", "\\operatorname{sigmoid}"},
    [CST_EXPR_SOFTPLUS] = {"softplus", "\\operatorname{softplus}"},
    [CST_EXPR_ABS] = {"abs", "\\operatorname{abs}"},
    [CST_EXPR_RELU] = {"relu", "\\operatorname{relu}"},
    [CST_EXPR_STEP] = {"step", "\\operatorname{step}"},
    [CST_EXPR_SIGN] = {"sign", "\\operatorname{sign}"},
};

const char *
cst__expr_kind_word(cst_expr_kind_t kind)
{
    return words[kind][0];
}

const char *
cst__expr_kind_latex(cst_expr_kind_t kind)
{
    return words[kind][1];
}

void
cst__text_init(cst__text_t *t)
{
    t->alloc = 64;
    t->length = 0;
    t->text = flint_malloc(t->alloc);
    t->text[0] = '\0';
}

void
cst__text_add(cst__text_t *t, const char *s, size_t length)
{
    if (t->length + length + 1 > t->alloc)
    {
        t->alloc = 2 * (t->length + length + 1);
        t->text = flint_realloc(t->text, t->alloc);
    }
    memcpy(t->text + t->length, s, length);
    t->length += length;
    t->text[t->length] = '\0';
}

void
cst__text_puts(cst__text_t *t, const char *s)
{
    cst__text_add(t, s, strlen(s));
}

static void
put_replaced(cst__text_t *t, const char *text, const char *underscore)
{
    for (; *text; text++)
        if (*text == '_')
            cst__text_puts(t, underscore);
        else
            cst__text_add(t, text, 1);
}

static int
is_greek(const char *name, size_t length)
{
    static const char *const greek[] = {
        "alpha", "beta",  "gamma", "delta",  "epsilon", "zeta", "eta",     "theta", "iota", "kappa", "lambda",
        "mu",    "nu",    "xi",    "rho",    "sigma",   "tau",  "upsilon", "phi",   "chi",  "psi",   "omega",
        "Gamma", "Delta", "Theta", "Lambda", "Xi",      "Pi",   "Sigma",   "Phi",   "Psi",  "Omega",
    };

    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (strlen(greek[i]) == length && strncmp(greek[i], name, length) == 0)
            return 1;
    return 0;
}

/* z1 and z_1 are z_{1}. */
void
cst__text_latex_name(cst__text_t *t, const char *name)
{
    size_t head = strcspn(name, "_0123456789");

    if (head == 0)
    {
        put_replaced(t, name, "\\_");
        return;
    }
    cst__text_puts(t, head == 1 ? "" : is_greek(name, head) ? "\\" : "\\mathrm{");
    cst__text_add(t, name, head);
    cst__text_puts(t, head == 1 || is_greek(name, head) ? "" : "}");
    name += head + (name[head] == '_');
    if (*name)
    {
        cst__text_puts(t, "_{");
        put_replaced(t, name, ",");
        cst__text_puts(t, "}");
    }
}

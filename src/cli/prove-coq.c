#include "config.h"

#include <string.h>

#include "cli/prove.h"

int
cst__coq_reserved(const char *name)
{
    static const char *const words[] = {
        "R",           "fun",        "forall", "exists", "let",    "in",       "if",        "then",
        "else",        "match",      "at",     "with",   "end",    "as",       "fix",       "cofix",
        "return",      "for",        "where",  "by",     "using",  "Prop",     "Set",       "Type",
        "SProp",       "IZR",        "pow",    "struct", "D",      "u0",       "t",         "Phi",
        "Phi1",        "Phi2",       "A11",    "A12",    "A22",    "kinetic",  "chart",     "characteristic",
        "T1",          "T2",         "x_",     "y_",     "p_",     "r_",       "X1",        "Y1",
        "P1",          "R1",         "X2",     "Y2",     "P2",     "R2",       "point",     "G",
        "V",           "I1",         "I2",     "loss",   "sigma",  "assumed",  "gradients", "along",
        "killing",     "inverse_of", "ev",     "s",      "domain", "jacobian", "Derive",    "is_derive",
        "sum",         "tanh",       "exp",    "sin",    "cos",    "Rmax",     "generator", "riemannian",
        "independent", "loss_signs"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name, words[i]) == 0)
            return 1;
    return 0;
}

static void
integer(FILE *out, const fmpz_t x)
{
    char *s = fmpz_get_str(NULL, 10, x);

    fprintf(out, fmpz_sgn(x) < 0 ? "(%s)" : "%s", s);
    flint_free(s);
}

void
cst__coq_real(FILE *out, const fmpq_t x)
{
    if (!fmpz_is_one(fmpq_denref(x)))
        fputc('(', out);
    integer(out, fmpq_numref(x));
    if (!fmpz_is_one(fmpq_denref(x)))
    {
        fputs(" / ", out);
        integer(out, fmpq_denref(x));
        fputc(')', out);
    }
}

void
cst__coq_ratio(FILE *out, const fmpq_t x)
{
    fputc('(', out);
    integer(out, fmpq_numref(x));
    fputs("%Z, ", out);
    integer(out, fmpq_denref(x));
    fputs("%positive)", out);
}

/* ---- Expressions: each shape is printed once, as a formula or as a term ---- */

typedef struct
{
    FILE *out;
    const cst__coq_scope_t *scope;
    int as_term;
    long left; /* nodes that may still be printed */
    long depth;
} printer_t;

static const char *print(printer_t *P, cst_expr_t e);

static const char *
print_integer(printer_t *P, const fmpz_t x)
{
    fputs(P->as_term ? "(Int " : "", P->out);
    integer(P->out, x);
    fputs(P->as_term ? ")" : "", P->out);
    return NULL;
}

static const char *
print_small(printer_t *P, slong x)
{
    fmpz_t z;

    fmpz_init_set_si(z, x);
    print_integer(P, z);
    fmpz_clear(z);
    return NULL;
}

static const char *
open_binary(printer_t *P, const char *term)
{
    fprintf(P->out, P->as_term ? "(%s " : "(", term);
    return NULL;
}

static void
middle(printer_t *P, const char *sign)
{
    fprintf(P->out, " %s", P->as_term ? "" : sign);
    if (!P->as_term)
        fputc(' ', P->out);
}

static const char *
binary(printer_t *P, const char *term, const char *sign, cst_expr_t a, cst_expr_t b)
{
    const char *wrong = open_binary(P, term);

    wrong = wrong ? wrong : print(P, a);
    middle(P, sign);
    wrong = wrong ? wrong : print(P, b);
    fputc(')', P->out);
    return wrong;
}

static const char *
unary(printer_t *P, const char *term, const char *function, cst_expr_t a)
{
    const char *wrong;

    fprintf(P->out, "(%s ", P->as_term ? term : function);
    wrong = print(P, a);
    fputc(')', P->out);
    return wrong;
}

static const char *
rational(printer_t *P, const fmpq *x)
{
    if (fmpz_is_one(fmpq_denref(x)))
        return print_integer(P, fmpq_numref(x));
    open_binary(P, "Div");
    print_integer(P, fmpq_numref(x));
    middle(P, "/");
    print_integer(P, fmpq_denref(x));
    fputc(')', P->out);
    return NULL;
}

static const char *
power(printer_t *P, cst_expr_t a, slong k)
{
    const char *wrong;

    if (k == 1)
        return print(P, a);
    if (k < 0)
    {
        open_binary(P, "Div");
        print_small(P, 1);
        middle(P, "/");
        wrong = power(P, a, -k);
        fputc(')', P->out);
        return wrong;
    }
    open_binary(P, "Pow");
    wrong = print(P, a);
    middle(P, "^");
    fprintf(P->out, "%ld)", (long) k);
    return wrong;
}

/* -x, where e is (-1) x */
static cst_expr_t
negated(cst_expr_t e)
{
    if (cst_expr_kind(e) != CST_EXPR_MUL)
        return NULL;
    for (int i = 0; i < 2; i++)
        if (cst_expr_is_integer_value(cst_expr_argument(e, i), -1))
            return cst_expr_argument(e, 1 - i);
    return NULL;
}

/* x, where e is 1/x */
static cst_expr_t
inverted(cst_expr_t e)
{
    if (cst_expr_kind(e) != CST_EXPR_POWER || !fmpz_equal_si(fmpq_numref(cst_expr_exponent(e)), -1) ||
        !fmpz_is_one(fmpq_denref(cst_expr_exponent(e))))
        return NULL;
    return cst_expr_argument(e, 0);
}

static const char *
variable(printer_t *P, cst_expr_t e)
{
    for (slong i = 0; i < P->scope->n; i++)
        if (e == P->scope->names[i])
        {
            const char *name = cst_expr_name(e);

            if (P->as_term)
                fprintf(P->out, "(Var %ld)", (long) i);
            else
                fprintf(P->out, "%s%s", name, cst__coq_reserved(name) ? "_" : "");
            return NULL;
        }
    return "a variable that is no coordinate";
}

static const char *
sum_or_product(printer_t *P, cst_expr_t e)
{
    cst_expr_t a = cst_expr_argument(e, 0), b = cst_expr_argument(e, 1), x;

    if (cst_expr_kind(e) == CST_EXPR_ADD)
    {
        if ((x = negated(b)))
            return binary(P, "Sub", "-", a, x);
        if ((x = negated(a)))
            return binary(P, "Sub", "-", b, x);
        return binary(P, "Add", "+", a, b);
    }
    if ((x = negated(e)))
        return unary(P, "Opp", "-", x);
    if ((x = inverted(b)))
        return binary(P, "Div", "/", a, x);
    if ((x = inverted(a)))
        return binary(P, "Div", "/", b, x);
    return binary(P, "Mul", "*", a, b);
}

int
cst__coq_sign(const cst__coq_scope_t *scope, cst_expr_t e)
{
    arf_struct *ends = flint_malloc(2 * (scope->n + 1) * sizeof *ends);
    arf_struct *low = ends, *high = ends + scope->n;
    arf_t least, most;
    int sign;

    if (scope->section)
    {
        const cst__claim_t *claim = scope->section;
        cst__coq_scope_t inner = cst__prove_scope(claim);

        flint_free(ends);
        e = cst_expr_substitute(claim->ctx, e, claim->total->x, claim->total->section, claim->total->d);
        return cst__coq_sign(&inner, e);
    }
    arf_init(least);
    arf_init(most);
    for (slong i = 0; i < scope->n; i++)
    {
        arf_init(low + i);
        arf_init(high + i);
        arf_fmpz_div_fmpz(low + i, fmpq_numref(scope->low + i), fmpq_denref(scope->low + i), 64,
                          ARF_RND_FLOOR);
        arf_fmpz_div_fmpz(high + i, fmpq_numref(scope->high + i), fmpq_denref(scope->high + i), 64,
                          ARF_RND_CEIL);
    }
    cst_expr_range(least, most, e, scope->names, low, high, scope->n, 64);
    sign = arf_sgn(least) > 0 ? 1 : arf_sgn(most) < 0 ? -1 : 0; /* a NaN has the sign 0 */
    for (slong i = 0; i < 2 * scope->n; i++)
        arf_clear(ends + i);
    flint_free(ends);
    arf_clear(least);
    arf_clear(most);
    return sign;
}

/* max(0, x); as a term, x or 0 */
static const char *
relu(printer_t *P, cst_expr_t x)
{
    int sign;

    if (!P->as_term)
        return unary(P, NULL, "Rmax 0", x);
    if (!P->scope->low && !P->scope->section)
        return "a relu";
    sign = cst__coq_sign(P->scope, x);
    return sign > 0   ? print(P, x)
           : sign < 0 ? print_small(P, 0)
                      : "a relu whose argument changes its sign on the domain";
}

static const char *
print_node(printer_t *P, cst_expr_t e)
{
    const fmpq *k;

    switch (cst_expr_kind(e))
    {
    case CST_EXPR_RATIONAL:
        return rational(P, cst_expr_rational_value(e));
    case CST_EXPR_VARIABLE:
        return variable(P, e);
    case CST_EXPR_ADD:
    case CST_EXPR_MUL:
        return sum_or_product(P, e);
    case CST_EXPR_POWER:
        k = cst_expr_exponent(e);
        if (!fmpz_is_one(fmpq_denref(k)))
            return "a root";
        if (fmpz_cmp_si(fmpq_numref(k), 1000) > 0 || fmpz_cmp_si(fmpq_numref(k), -1000) < 0)
            return "a power above 1000";
        return power(P, cst_expr_argument(e, 0), fmpz_get_si(fmpq_numref(k)));
    case CST_EXPR_EXP:
        return unary(P, "Exp", "exp", cst_expr_argument(e, 0));
    case CST_EXPR_SIN:
        return unary(P, "Sin", "sin", cst_expr_argument(e, 0));
    case CST_EXPR_COS:
        return unary(P, "Cos", "cos", cst_expr_argument(e, 0));
    case CST_EXPR_TANH:
        return unary(P, "Tanh", "tanh", cst_expr_argument(e, 0));
    case CST_EXPR_RELU:
        return relu(P, cst_expr_argument(e, 0));
    case CST_EXPR_PI:
        return "pi";
    default:
        return "a function other than exp, sin, cos, tanh";
    }
}

static const char *
print(printer_t *P, cst_expr_t e)
{
    const char *wrong;

    if (--P->left < 0)
        return "an expression of more than a hundred thousand terms";
    if (++P->depth > 2000)
        return "an expression that is nested more than two thousand times";
    wrong = print_node(P, e);
    P->depth--;
    return wrong;
}

const char *
cst__coq_expr(FILE *out, cst_expr_t e, const cst__coq_scope_t *scope, int as_term)
{
    printer_t P = {out, scope, as_term, 100000, 0};

    return print(&P, e);
}

/* Adds to kinks, of which there are count, up to room; left bounds the work. */
static slong
collect(cst_expr_t *kinks, slong count, slong room, cst_expr_t e, long *left)
{
    slong i = 0;

    if (--*left < 0)
        return count;
    for (int k = 0; k < cst_expr_arity(e); k++)
        count = collect(kinks, count, room, cst_expr_argument(e, k), left);
    if (cst_expr_kind(e) != CST_EXPR_RELU)
        return count;
    while (i < count && kinks[i] != cst_expr_argument(e, 0))
        i++;
    if (i == count && count < room)
        kinks[count++] = cst_expr_argument(e, 0);
    return count;
}

slong
cst__coq_kinks(cst_expr_t *kinks, slong room, cst_expr_t e)
{
    long left = 100000;

    return collect(kinks, 0, room, e, &left);
}

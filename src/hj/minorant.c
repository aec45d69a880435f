/* hj/minorant.c -- each term of a sum is a polynomial of degree two, or r P^(2m), or r |P| and its like with
   an affine P, or bounded below on all of R^n. */
#include "hj/minorant.h"

typedef struct
{
    cst__minorant_t *m;
    cst_expr_ctx_t ctx;
    const cst_expr_t *coordinates;
    arb_srcptr point;
    double steepness;
    slong prec;
} search_t;

void
cst__minorant_init(cst__minorant_t *m, slong dimension)
{
    m->dimension = dimension;
    arb_init(m->constant);
    m->gradient = _arb_vec_init(dimension);
    arb_mat_init(m->hessian, dimension, dimension);
}

void
cst__minorant_clear(cst__minorant_t *m)
{
    arb_clear(m->constant);
    _arb_vec_clear(m->gradient, m->dimension);
    arb_mat_clear(m->hessian);
}

static int
is_constant(const search_t *s, cst_expr_t e)
{
    for (slong i = 0; i < s->m->dimension; i++)
        if (cst_expr_depends_on(s->ctx, e, s->coordinates[i]))
            return 0;
    return 1;
}

/* The degree of a polynomial in the coordinates; 99: none, or more than that. */
static slong
degree(const search_t *s, cst_expr_t e)
{
    slong a, b;

    if (is_constant(s, e))
        return 0;
    switch (cst_expr_kind(e))
    {
    case CST_EXPR_VARIABLE:
        return 1;
    case CST_EXPR_ADD:
        a = degree(s, cst_expr_argument(e, 0));
        b = degree(s, cst_expr_argument(e, 1));
        return a > b ? a : b;
    case CST_EXPR_MUL:
        a = degree(s, cst_expr_argument(e, 0)) + degree(s, cst_expr_argument(e, 1));
        return a > 99 ? 99 : a;
    case CST_EXPR_POWER:
        if (!fmpz_is_one(fmpq_denref(cst_expr_exponent(e))) || fmpq_sgn(cst_expr_exponent(e)) < 0 ||
            fmpz_cmp_si(fmpq_numref(cst_expr_exponent(e)), 99) > 0)
            return 99;
        a = degree(s, cst_expr_argument(e, 0)) * fmpz_get_si(fmpq_numref(cst_expr_exponent(e)));
        return a > 99 ? 99 : a;
    default:
        return 99;
    }
}

static void
at_point(arb_t value, const search_t *s, cst_expr_t e)
{
    cst_expr_enclose(value, e, s->coordinates, s->point, s->m->dimension, s->prec);
}

/* m += factor (e at the point, de, Hess e), for a polynomial e of degree at most two. */
static void
add_quadratic(const search_t *s, cst_expr_t e, const arb_t factor)
{
    slong n = s->m->dimension;
    arb_t v;

    arb_init(v);
    at_point(v, s, e);
    arb_addmul(s->m->constant, v, factor, s->prec);
    for (slong i = 0; i < n; i++)
    {
        cst_expr_t d = cst_expr_derivative(s->ctx, e, s->coordinates[i]);

        at_point(v, s, d);
        arb_addmul(s->m->gradient + i, v, factor, s->prec);
        for (slong j = 0; j < n; j++)
        {
            at_point(v, s, cst_expr_derivative(s->ctx, d, s->coordinates[j]));
            arb_addmul(arb_mat_entry(s->m->hessian, i, j), v, factor, s->prec);
        }
    }
    arb_clear(v);
}

/* r P^(2m) with r > 0, P affine: w^m >= m w0^(m-1) w - (m-1) w0^m for w = P^2 >= 0, w0 = steepness. */
static void
add_even_power(const search_t *s, cst_expr_t base, slong m, const arb_t r)
{
    arb_t w0, c;

    arb_init(w0);
    arb_init(c);
    arb_set_d(w0, s->steepness);
    arb_pow_ui(c, w0, (ulong) (m - 1), s->prec);
    arb_mul(w0, w0, c, s->prec);
    arb_mul_si(c, c, m, s->prec);
    arb_mul(c, c, r, s->prec);
    add_quadratic(s, cst_expr_power_si(s->ctx, base, 2), c);
    arb_mul_si(w0, w0, m - 1, s->prec);
    arb_submul(s->m->constant, w0, r, s->prec);
    arb_clear(w0);
    arb_clear(c);
}

/* -r |P| >= -r (P^2/(2 d) + d/2), d = 1 + steepness. */
static void
add_slope(const search_t *s, cst_expr_t affine, const arb_t r)
{
    arb_t d, c;

    arb_init(d);
    arb_init(c);
    arb_set_d(d, 1 + s->steepness);
    arb_div(c, r, d, s->prec);
    arb_mul_2exp_si(c, c, -1);
    arb_neg(c, c);
    add_quadratic(s, cst_expr_power_si(s->ctx, affine, 2), c);
    arb_mul_2exp_si(d, d, -1);
    arb_submul(s->m->constant, r, d, s->prec);
    arb_clear(d);
    arb_clear(c);
}

/* If |f| <= |P| + slack for an affine P: returns P. */
static cst_expr_t
growth(const search_t *s, cst_expr_t f, slong *slack)
{
    cst_expr_t p;

    *slack = 0;
    if (cst_expr_arity(f) != 1)
        return NULL;
    p = cst_expr_argument(f, 0);
    switch (cst_expr_kind(f))
    {
    case CST_EXPR_ABS:
    case CST_EXPR_RELU:
        return degree(s, p) <= 1 ? p : NULL;
    case CST_EXPR_SOFTPLUS: /* <= |P| + log 2 */
        *slack = 1;
        return degree(s, p) <= 1 ? p : NULL;
    case CST_EXPR_LOG: /* 0 <= log cosh P <= |P| */
        if (cst_expr_kind(p) != CST_EXPR_COSH)
            return NULL;
        p = cst_expr_argument(p, 0);
        return degree(s, p) <= 1 ? p : NULL;
    default:
        return NULL;
    }
}

static int
add_bounded(const search_t *s, cst_expr_t e)
{
    slong n = s->m->dimension;
    arf_struct ends[2 * 12];
    arf_t low, high;
    int ok;

    if (n > 12)
        return 0;
    arf_init(low);
    arf_init(high);
    for (slong i = 0; i < n; i++)
    {
        arf_init(ends + i);
        arf_init(ends + n + i);
        arf_neg_inf(ends + i);
        arf_pos_inf(ends + n + i);
    }
    cst_expr_range(low, high, e, s->coordinates, ends, ends + n, n, s->prec);
    ok = arf_is_finite(low);
    if (ok)
        arb_add_arf(s->m->constant, s->m->constant, low, s->prec);
    for (slong i = 0; i < 2 * n; i++)
        arf_clear(ends + i);
    arf_clear(low);
    arf_clear(high);
    return ok;
}

/* A term r f with a constant r. */
static int
add_term(const search_t *s, cst_expr_t e)
{
    cst_expr_t f = e, r = cst_expr_integer(s->ctx, 1), p;
    slong slack, d;
    arb_t factor;
    int ok = 1;

    while (cst_expr_kind(f) == CST_EXPR_MUL &&
           (is_constant(s, cst_expr_argument(f, 0)) || is_constant(s, cst_expr_argument(f, 1))))
    {
        int k = is_constant(s, cst_expr_argument(f, 0)) ? 0 : 1;

        r = cst_expr_mul(s->ctx, r, cst_expr_argument(f, k));
        f = cst_expr_argument(f, 1 - k);
    }
    arb_init(factor);
    at_point(factor, s, r);
    p = growth(s, f, &slack);
    d = degree(s, f);
    if (d <= 2)
        add_quadratic(s, f, factor);
    else if (cst_expr_kind(f) == CST_EXPR_POWER && d < 99 && d % 2 == 0 && arb_is_positive(factor) &&
             degree(s, cst_expr_argument(f, 0)) == 1)
        add_even_power(s, cst_expr_argument(f, 0), d / 2, factor);
    else if (p && arb_is_negative(factor))
    {
        arb_neg(factor, factor);
        add_slope(s, p, factor);
        arb_submul_si(s->m->constant, factor, slack, s->prec);
    }
    else
        ok = add_bounded(s, e);
    arb_clear(factor);
    return ok;
}

static int
add_sum(const search_t *s, cst_expr_t e)
{
    if (cst_expr_kind(e) == CST_EXPR_ADD)
        return add_sum(s, cst_expr_argument(e, 0)) && add_sum(s, cst_expr_argument(e, 1));
    return add_term(s, e);
}

int
cst__minorant_find(cst__minorant_t *m, cst_expr_ctx_t ctx, cst_expr_t loss, const cst_expr_t *coordinates,
                   arb_srcptr point, double steepness, slong prec)
{
    search_t s = {m, ctx, coordinates, point, steepness, prec};

    arb_zero(m->constant);
    _arb_vec_zero(m->gradient, m->dimension);
    arb_mat_zero(m->hessian);
    return add_sum(&s, loss) && arb_is_finite(m->constant);
}

void
cst__minorant_pull_back(cst__minorant_t *m, const fmpq_mat_t b, slong prec)
{
    slong n = m->dimension;
    arb_mat_t a, t;
    arb_ptr gradient = _arb_vec_init(n);

    arb_mat_init(a, n, n);
    arb_mat_init(t, n, n);
    arb_mat_set_fmpq_mat(a, b, prec);
    arb_mat_transpose(t, a);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            arb_addmul(gradient + i, arb_mat_entry(t, i, j), m->gradient + j, prec);
    _arb_vec_swap(gradient, m->gradient, n);
    arb_mat_mul(t, t, m->hessian, prec);
    arb_mat_mul(m->hessian, t, a, prec);
    _arb_vec_clear(gradient, n);
    arb_mat_clear(a);
    arb_mat_clear(t);
}

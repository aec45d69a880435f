
#include "flow/model.h"

/* Which monomial is z_i, z_i^2 or z_i z_j (t^0)? Exponent vector alpha of a block of order 1 or 2. */
static void
variables_of_block(slong *i, slong *j, const cst_shape_struct *shape, slong block)
{
    const slong *alpha = shape->exponent + block * shape->variables;

    *i = *j = -1;
    for (slong v = 0; v < shape->variables; v++)
        for (slong e = 0; e < alpha[v]; e++)
        {
            if (*i < 0)
                *i = v;
            else
                *j = v;
        }
}

/* A monomial that is never negative: only even exponents, and t may have any. */
static int
nonnegative_monomial(const cst_shape_struct *shape, slong block)
{
    const slong *alpha = shape->exponent + block * shape->variables;

    for (slong v = 0; v < shape->variables; v++)
        if (alpha[v] % 2)
            return 0;
    return 1;
}

/* bound += min over |z| <= 1 of b z + a z^2, rounded down; a, b in units. Doubled units: *2 inside. */
static void
add_parabola_minimum(fmpz_t bound, const fmpz_t twice_a, const fmpz_t b)
{
    fmpz_t m, d;

    fmpz_init(m);
    fmpz_init(d);
    fmpz_abs(m, b);
    if (fmpz_sgn(twice_a) > 0 && fmpz_cmp(m, twice_a) <= 0)
    { /* the vertex -b/(2a) lies inside: -b^2/(4a) */
        fmpz_mul(m, b, b);
        fmpz_mul_2exp(d, twice_a, 1);
        fmpz_cdiv_q(m, m, d);
        fmpz_sub(bound, bound, m);
    }
    else
    { /* at an end, or a < 0: a - |b|; for a < 0 this is the minimum at an end */
        fmpz_sub(bound, bound, m);
        fmpz_fdiv_q_2exp(m, twice_a, 1);
        fmpz_add(bound, bound, m);
    }
    fmpz_clear(m);
    fmpz_clear(d);
}

void
cst_model_infimum(fmpz_t bound, const cst_model_t x)
{
    const cst_shape_struct *shape = x->shape;
    slong m = shape->variables, i, j;
    fmpz *linear = _fmpz_vec_init(m), *twice_square = _fmpz_vec_init(m);
    fmpz_t magnitude, sum;

    fmpz_init(magnitude);
    fmpz_init(sum);
    fmpz_sub(sum, x->coeff, x->radius);
    for (slong b = 0; b < shape->blocks; b++)
        for (slong k = 0; k < x->used[b]; k++)
        {
            const fmpz *c = x->coeff + shape->offset[b] + k;

            fmpz_abs(magnitude, c);
            variables_of_block(&i, &j, shape, b);
            if (k == 0 && shape->order[b] == 0)
                continue;
            if (k == 0 && shape->order[b] == 1)
                fmpz_set(linear + i, c);
            else if (k == 0 && shape->order[b] == 2 && i == j)
                fmpz_addmul_ui(twice_square + i, c, 2);
            else if (k == 0 && shape->order[b] == 2)
            { /* |c z_i z_j| <= |c| (z_i^2 + z_j^2)/2 */
                fmpz_sub(twice_square + i, twice_square + i, magnitude);
                fmpz_sub(twice_square + j, twice_square + j, magnitude);
            }
            else if (fmpz_sgn(c) < 0 || !nonnegative_monomial(shape, b))
                fmpz_sub(sum, sum, magnitude);
        }
    for (slong v = 0; v < m; v++)
        add_parabola_minimum(sum, twice_square + v, linear + v);
    fmpz_swap(bound, sum);
    _fmpz_vec_clear(linear, m);
    _fmpz_vec_clear(twice_square, m);
    fmpz_clear(magnitude);
    fmpz_clear(sum);
}

void
cst_model_magnitude(fmpz_t bound, const cst_model_t x)
{
    fmpz_add(bound, x->norm, x->radius);
}

void
cst_model_evaluate(arb_t value, const cst_model_t x, const fmpq_t time, const fmpq *point, slong prec)
{
    const cst_shape_struct *shape = x->shape;
    arb_t t, block, z, c;

    arb_init(t);
    arb_init(block);
    arb_init(z);
    arb_init(c);
    arb_set_fmpq(t, time, prec);
    arb_zero(value);
    for (slong b = 0; b < shape->blocks; b++)
    {
        arb_zero(block);
        for (slong k = x->used[b] - 1; k >= 0; k--)
        {
            arb_mul(block, block, t, prec);
            arb_add_fmpz(block, block, x->coeff + shape->offset[b] + k, prec);
        }
        for (slong v = 0; v < shape->variables; v++)
        {
            arb_set_fmpq(z, point + v, prec);
            arb_pow_ui(z, z, (ulong) shape->exponent[b * shape->variables + v], prec);
            arb_mul(block, block, z, prec);
        }
        arb_add(value, value, block, prec);
    }
    arb_set_fmpz(c, x->radius);
    arb_add_error(value, c);
    arb_mul_2exp_si(value, value, -shape->bits);
    arb_clear(t);
    arb_clear(block);
    arb_clear(z);
    arb_clear(c);
}

/* The block of alpha with alpha_i replaced by e <= alpha_i. */
static slong
lowered_block(const cst_shape_struct *shape, slong block, slong i, slong e)
{
    slong m = shape->variables;
    const slong *alpha = shape->exponent + block * m;

    for (slong b = 0; b <= block; b++)
    {
        const slong *beta = shape->exponent + b * m;
        int same = beta[i] == e;

        for (slong v = 0; same && v < m; v++)
            same = v == i || beta[v] == alpha[v];
        if (same)
            return b;
    }
    return -1;
}

/* z_i = (z_i' -+ 1)/2, so z_i^e = 2^-e sum_l binomial(e, l) (-+1)^(e-l) z_i'^l. */
void
cst_model_halve(cst_model_t x, const cst_model_t a, slong i, int side)
{
    const cst_shape_struct *shape = a->shape;
    slong m = shape->variables, top = 0;
    fmpz *sum;
    fmpz_t c, binomial;

    for (slong b = 0; b < shape->blocks; b++)
        if (shape->exponent[b * m + i] > top)
            top = shape->exponent[b * m + i];
    sum = _fmpz_vec_init(shape->length);
    fmpz_init(c);
    fmpz_init(binomial);
    for (slong b = 0; b < shape->blocks; b++) /* in units of 2^-(bits + top) */
    {
        slong e = shape->exponent[b * m + i];

        for (slong l = 0; a->used[b] && l <= e; l++)
        {
            fmpz *out = sum + shape->offset[lowered_block(shape, b, i, l)];

            fmpz_bin_uiui(binomial, (ulong) e, (ulong) l);
            fmpz_mul_2exp(binomial, binomial, (ulong) (top - e));
            if (side == 0 && (e - l) % 2)
                fmpz_neg(binomial, binomial);
            for (slong k = 0; k < a->used[b]; k++)
                fmpz_addmul(out + k, a->coeff + shape->offset[b] + k, binomial);
        }
    }
    fmpz_set(x->radius, a->radius);
    for (slong k = 0; k < shape->length; k++)
    {
        fmpz_fdiv_q_2exp(x->coeff + k, sum + k, (ulong) top);
        fmpz_mul_2exp(c, x->coeff + k, (ulong) top);
        if (!fmpz_equal(c, sum + k))
            fmpz_add_ui(x->radius, x->radius, 1);
    }
    cst__model_refresh(x);
    _fmpz_vec_clear(sum, shape->length);
    fmpz_clear(c);
    fmpz_clear(binomial);
}

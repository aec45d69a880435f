/* Recurrences for Taylor coefficients in t whose coefficients are polynomials in z (Moore; Griewank and
   Walther, Evaluating Derivatives, ch. 13), in fixed point without error bounds. */
#include "flow/series.h"

#define GUARD_BITS 16

/* (u_k)(z), k = 0..degree, each an array over alpha. */
typedef struct
{
    fmpz *c;
    slong bits; /* of the largest norm of a u_k so far */
} series_t;

typedef struct
{
    const cst_shape_struct *shape; /* with t */
    const cst_shape_struct *flat;  /* without t */
    const cst_tape_struct *tape;
    slong blocks;
    series_t *node;
    series_t *helper;  /* a second series: partner of sin and cos, 1 + u^2 of atan, exp(-u^2) of erf */
    series_t *square;  /* u^2 of erf */
    fmpz **reciprocal; /* 1/u_0 of a power or log, 1/(1 + u_0^2) of atan, as a polynomial in z */
    fmpz *t;           /* scratch over alpha */
} workspace_t;

static fmpz *
order(const workspace_t *w, const series_t *u, slong k)
{
    return u->c + k * w->blocks;
}

static void
note_bits(const workspace_t *w, series_t *u, slong k)
{
    const fmpz *c = order(w, u, k);
    cst__uwide_t norm = 0;
    slong bits;

    for (slong b = 0; b < w->blocks; b++)
        norm += COEFF_IS_MPZ(c[b]) ? ((cst__uwide_t) 1) << 64 : (ulong) FLINT_ABS(c[b]);
    bits = norm >> 64 ? 1000 : (slong) FLINT_BIT_COUNT((ulong) norm);
    if (bits > u->bits)
        u->bits = bits;
}

static slong
blocks_at(const workspace_t *w, slong k)
{
    slong n = w->blocks;

    while (n > 0 && w->shape->weight * w->shape->order[n - 1] > w->shape->degree - k)
        n--;
    return n;
}

static void
convolve_small(fmpz *out, const workspace_t *w, const series_t *u, const series_t *v, slong k, slong from,
               slong to, slong constant, slong slope)
{
    slong n = blocks_at(w, k), end = n ? w->shape->pair_end[n - 1] : 0;
    cst__wide_t *sum = flint_calloc((size_t) w->blocks, sizeof *sum);
    cst__wide_t *part = flint_malloc((size_t) w->blocks * sizeof *part);

    for (slong j = from; j <= to; j++)
    {
        const slong *a = (const slong *) order(w, u, j), *b = (const slong *) order(w, v, k - j);

        for (slong i = 0; i < n; i++)
            part[i] = 0;
        for (slong p = 0; p < end; p++)
        {
            const slong *pair = w->shape->pair + 3 * p;

            part[pair[2]] += (cst__wide_t) a[pair[0]] * b[pair[1]];
        }
        for (slong i = 0; i < n; i++)
            sum[i] += (part[i] >> GUARD_BITS) * (constant + slope * j);
    }
    for (slong i = 0; i < n; i++)
        cst__fmpz_set_wide(out + i, sum[i] >> (w->shape->bits - GUARD_BITS));
    flint_free(sum);
    flint_free(part);
}

static void
convolve_large(fmpz *out, const workspace_t *w, const series_t *u, const series_t *v, slong k, slong from,
               slong to, slong constant, slong slope)
{
    slong n = blocks_at(w, k), end = n ? w->shape->pair_end[n - 1] : 0;
    fmpz *part = _fmpz_vec_init(w->blocks);

    for (slong j = from; j <= to; j++)
    {
        _fmpz_vec_zero(part, n);
        for (slong p = 0; p < end; p++)
        {
            const slong *pair = w->shape->pair + 3 * p;

            fmpz_addmul(part + pair[2], order(w, u, j) + pair[0], order(w, v, k - j) + pair[1]);
        }
        for (slong i = 0; i < n; i++)
        {
            fmpz_mul_si(part + i, part + i, constant + slope * j);
            fmpz_add(out + i, out + i, part + i);
        }
    }
    for (slong i = 0; i < n; i++)
        fmpz_fdiv_q_2exp(out + i, out + i, (ulong) w->shape->bits);
    _fmpz_vec_clear(part, w->blocks);
}

/* out = sum_{j=from..to} (constant + slope j) u_j v_{k-j}, a polynomial in z. */
static void
convolve(fmpz *out, const workspace_t *w, const series_t *u, const series_t *v, slong k, slong from, slong to,
         slong constant, slong slope)
{
    _fmpz_vec_zero(out, w->blocks);
    /* each part is below 2^125, and there are at most 64 terms with weights below 2^7 */
    if (u->bits + v->bits <= 125 && w->shape->degree < 64 && w->shape->bits < 100 &&
        w->shape->bits > GUARD_BITS)
        convolve_small(out, w, u, v, k, from, to, constant, slope);
    else
        convolve_large(out, w, u, v, k, from, to, constant, slope);
}

/* out = a b as polynomials in z, at order k. */
static void
multiply_flat(fmpz *out, const workspace_t *w, const fmpz *a, const fmpz *b, slong k)
{
    slong n = blocks_at(w, k), end = n ? w->shape->pair_end[n - 1] : 0;
    fmpz *sum = _fmpz_vec_init(w->blocks);

    for (slong p = 0; p < end; p++)
    {
        const slong *pair = w->shape->pair + 3 * p;

        fmpz_addmul(sum + pair[2], a + pair[0], b + pair[1]);
    }
    for (slong i = 0; i < w->blocks; i++)
        fmpz_fdiv_q_2exp(out + i, sum + i, (ulong) w->shape->bits);
    _fmpz_vec_clear(sum, w->blocks);
}

/* out = (numerator/denominator) out, entrywise. */
static void
rescale(fmpz *out, slong length, slong numerator, slong denominator)
{
    for (slong i = 0; i < length; i++)
    {
        fmpz_mul_si(out + i, out + i, numerator);
        fmpz_fdiv_q_si(out + i, out + i, denominator);
    }
}

static void
next_power(const workspace_t *w, slong i, slong k)
{
    const cst_tape_op_t *op = w->tape->ops + i;
    slong num = fmpz_get_si(fmpq_numref(op->value)), den = fmpz_get_si(fmpq_denref(op->value));
    fmpz *out = order(w, w->node + i, k);

    /* k u_0 w_k = sum_{j=1..k} (q j - (k - j)) u_j w_{k-j} */
    convolve(w->t, w, w->node + op->a, w->node + i, k, 1, k, -den * k, num + den);
    rescale(w->t, w->blocks, 1, den * k);
    multiply_flat(out, w, w->t, w->reciprocal[i], k);
}

static void
next_log(const workspace_t *w, slong i, slong k)
{
    const cst_tape_op_t *op = w->tape->ops + i;

    /* k u_0 w_k = k u_k - sum_{j=1..k-1} (k - j) u_j w_{k-j} */
    convolve(w->t, w, w->node + op->a, w->node + i, k, 1, k - 1, k, -1);
    rescale(w->t, w->blocks, -1, k);
    _fmpz_vec_add(w->t, w->t, order(w, w->node + op->a, k), w->blocks);
    multiply_flat(order(w, w->node + i, k), w, w->t, w->reciprocal[i], k);
}

static void
next_sin_cos(const workspace_t *w, slong i, slong k)
{
    const series_t *u = w->node + w->tape->ops[i].a;
    slong sign = w->tape->ops[i].code == CST_TAPE_SIN ? 1 : -1;

    /* k s_k = sum j u_j c_{k-j}, k c_k = -sum j u_j s_{k-j} */
    convolve(order(w, w->node + i, k), w, u, w->helper + i, k, 1, k, 0, sign);
    rescale(order(w, w->node + i, k), w->blocks, 1, k);
    convolve(order(w, w->helper + i, k), w, u, w->node + i, k, 1, k, 0, -sign);
    rescale(order(w, w->helper + i, k), w->blocks, 1, k);
    note_bits(w, w->helper + i, k);
}

static void
next_atan(const workspace_t *w, slong i, slong k)
{
    const series_t *u = w->node + w->tape->ops[i].a;

    /* v = 1 + u^2: k v_0 w_k = k u_k - sum_{j=1..k-1} (k - j) v_j w_{k-j} */
    convolve(order(w, w->helper + i, k), w, u, u, k, 0, k, 1, 0);
    note_bits(w, w->helper + i, k);
    convolve(w->t, w, w->helper + i, w->node + i, k, 1, k - 1, k, -1);
    rescale(w->t, w->blocks, -1, k);
    _fmpz_vec_add(w->t, w->t, order(w, u, k), w->blocks);
    multiply_flat(order(w, w->node + i, k), w, w->t, w->reciprocal[i], k);
}

static void
next_erf(const workspace_t *w, slong i, slong k)
{
    const series_t *u = w->node + w->tape->ops[i].a;

    /* s = u^2, e = 2/sqrt(pi) exp(-s): k e_k = -sum j s_j e_{k-j}, k w_k = sum j u_j e_{k-j} */
    convolve(order(w, w->square + i, k), w, u, u, k, 0, k, 1, 0);
    note_bits(w, w->square + i, k);
    convolve(order(w, w->node + i, k), w, u, w->helper + i, k, 1, k, 0, 1);
    rescale(order(w, w->node + i, k), w->blocks, 1, k);
    convolve(order(w, w->helper + i, k), w, w->square + i, w->helper + i, k, 1, k, 0, -1);
    rescale(order(w, w->helper + i, k), w->blocks, 1, k);
    note_bits(w, w->helper + i, k);
}

static void
next_scale(const workspace_t *w, slong i, slong k)
{
    const cst_tape_op_t *op = w->tape->ops + i;
    fmpz *out = order(w, w->node + i, k);

    for (slong b = 0; b < w->blocks; b++)
    {
        fmpz_mul(out + b, order(w, w->node + op->a, k) + b, fmpq_numref(op->value));
        fmpz_fdiv_q(out + b, out + b, fmpq_denref(op->value));
    }
}

/* Coefficient k >= 1 of node i from those of its arguments up to k and its own below k. */
static void
next_coefficient(const workspace_t *w, slong i, slong k)
{
    const cst_tape_op_t *op = w->tape->ops + i;
    fmpz *out = order(w, w->node + i, k);
    const series_t *a = op->a >= 0 ? w->node + op->a : NULL, *b = op->b >= 0 ? w->node + op->b : NULL;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        return; /* set by the recurrence of the solution */
    case CST_TAPE_ADD:
        _fmpz_vec_add(out, order(w, a, k), order(w, b, k), w->blocks);
        break;
    case CST_TAPE_SUB:
        _fmpz_vec_sub(out, order(w, a, k), order(w, b, k), w->blocks);
        break;
    case CST_TAPE_SCALE:
        next_scale(w, i, k);
        break;
    case CST_TAPE_MUL:
        convolve(out, w, a, b, k, 0, k, 1, 0);
        break;
    case CST_TAPE_INVERSE: /* w_k = -w_0 sum_{j=1..k} u_j w_{k-j} */
        convolve(w->t, w, a, w->node + i, k, 1, k, -1, 0);
        multiply_flat(out, w, w->t, order(w, w->node + i, 0), k);
        break;
    case CST_TAPE_EXP:
        convolve(out, w, a, w->node + i, k, 1, k, 0, 1);
        rescale(out, w->blocks, 1, k);
        break;
    case CST_TAPE_POWER:
        next_power(w, i, k);
        break;
    case CST_TAPE_LOG:
        next_log(w, i, k);
        break;
    case CST_TAPE_SIN:
    case CST_TAPE_COS:
        next_sin_cos(w, i, k);
        break;
    case CST_TAPE_ATAN:
        next_atan(w, i, k);
        break;
    case CST_TAPE_ERF:
        next_erf(w, i, k);
        break;
    default: /* constants and step */
        break;
    }
    note_bits(w, w->node + i, k);
}

static void
copy_flat(const workspace_t *w, series_t *u, const cst_model_t x)
{
    _fmpz_vec_set(u->c, x->coeff, w->blocks);
    note_bits(w, u, 0);
}

static series_t
new_series(const workspace_t *w)
{
    series_t u;

    u.c = _fmpz_vec_init((w->shape->degree + 1) * w->blocks);
    u.bits = 0;
    return u;
}

/* The second series and the reciprocal that node i needs, at order 0. */
static cst_status_t
start_helpers(const workspace_t *w, slong i, const cst_model_struct *at)
{
    const cst_tape_op_t *op = w->tape->ops + i;
    cst_status_t status = CST_OK;
    cst_model_t x;
    fmpq_t two;
    arb_t pi;

    cst_model_init(x, w->flat);
    fmpq_init(two);
    switch (op->code)
    {
    case CST_TAPE_POWER:
    case CST_TAPE_LOG:
        status = cst_model_function(x, CST_TAPE_INVERSE, at + op->a, NULL);
        w->reciprocal[i] = _fmpz_vec_init(w->blocks);
        _fmpz_vec_set(w->reciprocal[i], x->coeff, w->blocks);
        break;
    case CST_TAPE_SIN:
    case CST_TAPE_COS:
        status =
            cst_model_function(x, op->code == CST_TAPE_SIN ? CST_TAPE_COS : CST_TAPE_SIN, at + op->a, NULL);
        w->helper[i] = new_series(w);
        copy_flat(w, w->helper + i, x);
        break;
    case CST_TAPE_ATAN:
        cst_model_mul(x, at + op->a, at + op->a);
        fmpz_one_2exp(x->norm, (ulong) w->shape->bits);
        fmpz_add(x->coeff, x->coeff, x->norm);
        cst__model_refresh(x);
        w->helper[i] = new_series(w);
        copy_flat(w, w->helper + i, x);
        status = cst_model_function(x, CST_TAPE_INVERSE, x, NULL);
        w->reciprocal[i] = _fmpz_vec_init(w->blocks);
        _fmpz_vec_set(w->reciprocal[i], x->coeff, w->blocks);
        break;
    case CST_TAPE_ERF:
        cst_model_mul(x, at + op->a, at + op->a);
        w->square[i] = new_series(w);
        copy_flat(w, w->square + i, x);
        fmpq_set_si(two, -1, 1);
        cst_model_scale_fmpq(x, x, two);
        status = cst_model_function(x, CST_TAPE_EXP, x, NULL);
        arb_init(pi);
        arb_const_sqrt_pi(pi, w->shape->bits + 20);
        arb_ui_div(pi, 2, pi, w->shape->bits + 20);
        if (status == CST_OK)
        {
            cst_model_t c;

            cst_model_init(c, w->flat);
            cst_model_set_arb(c, pi);
            cst_model_mul(x, x, c);
            cst_model_clear(c);
        }
        arb_clear(pi);
        w->helper[i] = new_series(w);
        copy_flat(w, w->helper + i, x);
        break;
    default:
        break;
    }
    cst_model_clear(x);
    fmpq_clear(two);
    return status;
}

static cst_status_t
start(workspace_t *w, const cst_model_struct *state)
{
    cst_model_struct *at = cst__models_new(w->tape->length, w->flat);
    cst_status_t status = cst__model_run_tape_all(at, w->tape, state);

    for (slong i = 0; i < w->tape->length; i++)
    {
        w->node[i] = new_series(w);
        if (status == CST_OK)
        {
            copy_flat(w, w->node + i, at + i);
            status = start_helpers(w, i, at);
        }
    }
    cst__models_free(at, w->tape->length);
    return status;
}

static void
workspace_init(workspace_t *w, const cst_tape_t f, const cst_shape_struct *shape,
               const cst_shape_struct *flat)
{
    size_t n = (size_t) f->length;

    w->shape = shape;
    w->flat = flat;
    w->tape = f;
    w->blocks = shape->blocks;
    w->node = flint_calloc(n, sizeof(series_t));
    w->helper = flint_calloc(n, sizeof(series_t));
    w->square = flint_calloc(n, sizeof(series_t));
    w->reciprocal = flint_calloc(n, sizeof(fmpz *));
    w->t = _fmpz_vec_init(w->blocks);
}

static void
workspace_clear(workspace_t *w)
{
    slong length = (w->shape->degree + 1) * w->blocks;

    for (slong i = 0; i < w->tape->length; i++)
    {
        if (w->node[i].c)
            _fmpz_vec_clear(w->node[i].c, length);
        if (w->helper[i].c)
            _fmpz_vec_clear(w->helper[i].c, length);
        if (w->square[i].c)
            _fmpz_vec_clear(w->square[i].c, length);
        if (w->reciprocal[i])
            _fmpz_vec_clear(w->reciprocal[i], w->blocks);
    }
    flint_free(w->node);
    flint_free(w->helper);
    flint_free(w->square);
    flint_free(w->reciprocal);
    _fmpz_vec_clear(w->t, w->blocks);
}

/* x_(k+1) = duration f_k/(k + 1), written to every tape position that reads input x. */
static void
extend_inputs(const workspace_t *w, slong k, const fmpz_t duration)
{
    fmpz_t c;

    fmpz_init(c);
    for (slong i = 0; i < w->tape->length; i++)
    {
        const cst_tape_op_t *op = w->tape->ops + i;
        slong n = blocks_at(w, k + 1);

        if (op->code != CST_TAPE_INPUT)
            continue;
        for (slong b = 0; b < n; b++)
        {
            fmpz_mul(c, order(w, w->node + w->tape->outputs[op->a], k) + b, duration);
            fmpz_fdiv_q_2exp(c, c, (ulong) w->shape->bits);
            fmpz_fdiv_q_si(order(w, w->node + i, k + 1) + b, c, k + 1);
        }
        note_bits(w, w->node + i, k + 1);
    }
    fmpz_clear(c);
}

cst_status_t
cst__series_solution(cst_model_struct *phi, const cst_tape_t f, const cst_model_struct *state,
                     slong dimension, const fmpz_t duration, const cst_shape_struct *end_shape)
{
    const cst_shape_struct *shape = phi->shape;
    workspace_t w;
    cst_status_t status;
    fmpz_t c;

    workspace_init(&w, f, shape, end_shape);
    status = start(&w, state);
    fmpz_init(c);
    for (slong k = 0; status == CST_OK && k < shape->degree; k++)
    {
        if (k > 0)
            for (slong i = 0; i < f->length; i++)
                next_coefficient(&w, i, k);
        extend_inputs(&w, k, duration);
    }
    for (slong x = 0; status == CST_OK && x < dimension; x++)
    {
        fmpz_zero(phi[x].radius);
        for (slong b = 0; b < shape->blocks; b++)
        {
            fmpz *out = phi[x].coeff + shape->offset[b];

            fmpz_set(out, state[x].coeff + b);
            for (slong k = 1; k < cst__shape_block_length(shape, b); k++)
            {
                fmpz_mul(c, order(&w, w.node + f->outputs[x], k - 1) + b, duration);
                fmpz_fdiv_q_2exp(c, c, (ulong) shape->bits);
                fmpz_fdiv_q_si(out + k, c, k);
            }
        }
        cst__model_refresh(phi + x);
    }
    fmpz_clear(c);
    workspace_clear(&w);
    return status;
}

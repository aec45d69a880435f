#include <stdlib.h>

#include "flow/program.h"

/* What is known of a row while the program grows: rows that others can share. */
typedef struct
{
    cst__flow_program_struct *program;
    slong *weight, *sine, *cosine, *square, *inverse; /* of a row, or -1 */
    slong known;
} builder_t;

static slong
new_row(builder_t *builder, cst__flow_row_code_t code, slong a, slong b)
{
    cst__flow_program_struct *p = builder->program;
    cst__flow_row_t *row;

    if (p->length == p->capacity)
    {
        slong **caches[] = {&builder->weight, &builder->sine, &builder->cosine, &builder->square,
                            &builder->inverse};

        p->capacity = 2 * p->capacity + 16;
        p->rows = flint_realloc(p->rows, (size_t) p->capacity * sizeof *p->rows);
        for (int i = 0; i < 5; i++)
            *caches[i] = flint_realloc(*caches[i], (size_t) p->capacity * sizeof(slong));
    }
    row = p->rows + p->length;
    row->code = code;
    row->a = a;
    row->b = b;
    row->c = -1;
    row->negative = 0;
    row->constant = code == CST__ROW_RATIONAL || code == CST__ROW_PI;
    row->flat = row->constant;
    row->jets = 0;
    row->function = CST_TAPE_INPUT;
    row->argument = -1;
    fmpq_init(row->value);
    builder->weight[p->length] = builder->sine[p->length] = builder->cosine[p->length] = -1;
    builder->square[p->length] = builder->inverse[p->length] = -1;
    return p->length++;
}

static slong
rational_row(builder_t *builder, const fmpq_t value)
{
    cst__flow_program_struct *p = builder->program;
    slong w;

    for (slong i = 0; i < p->length; i++)
        if (p->rows[i].code == CST__ROW_RATIONAL && fmpq_equal(p->rows[i].value, value))
            return i;
    w = new_row(builder, CST__ROW_RATIONAL, -1, -1);
    fmpq_set(p->rows[w].value, value);
    return w;
}

static slong
integer_row(builder_t *builder, slong value)
{
    fmpq_t q;
    slong w;

    fmpq_init(q);
    fmpq_set_si(q, value, 1);
    w = rational_row(builder, q);
    fmpq_clear(q);
    return w;
}

static int
is_constant(const builder_t *builder, slong i)
{
    return builder->program->rows[i].constant;
}

static slong
mark_constant(builder_t *builder, slong w, int constant)
{
    cst__flow_row_t *row = builder->program->rows + w;

    row->constant = constant;
    row->flat = row->flat || constant;
    return w;
}

static slong
sum_row(builder_t *builder, cst__flow_row_code_t code, slong a, slong b)
{
    slong w = new_row(builder, code, a, b);

    builder->program->rows[w].flat = builder->program->rows[a].flat && builder->program->rows[b].flat;
    return mark_constant(builder, w, is_constant(builder, a) && is_constant(builder, b));
}

static slong
square_row(builder_t *builder, slong a)
{
    if (builder->square[a] < 0)
    {
        slong w = new_row(builder, CST__ROW_SQUARE, a, a);

        builder->square[a] = mark_constant(builder, w, is_constant(builder, a));
    }
    return builder->square[a];
}

static slong
product_row(builder_t *builder, slong a, slong b)
{
    slong w;

    if (a == b)
        return square_row(builder, a);
    if (is_constant(builder, a))
    {
        slong swap = a;

        a = b;
        b = swap;
    }
    w = new_row(builder, is_constant(builder, b) ? CST__ROW_SCALE : CST__ROW_MUL, a, b);
    builder->program->rows[w].flat = builder->program->rows[a].flat && builder->program->rows[b].flat;
    return mark_constant(builder, w, is_constant(builder, a));
}

static slong
inverse_row(builder_t *builder, slong a)
{
    if (builder->inverse[a] < 0)
    {
        slong work = new_row(builder, CST__ROW_WORK, -1, -1),
              square = new_row(builder, CST__ROW_WORK, -1, -1),
              w = new_row(builder, CST__ROW_INVERSE, a, work);

        builder->program->rows[w].function = CST_TAPE_INVERSE;
        builder->program->rows[w].c = square;
        builder->program->rows[w].argument = a;
        builder->inverse[a] = mark_constant(builder, w, is_constant(builder, a));
    }
    return builder->inverse[a];
}

static slong
weight_row(builder_t *builder, slong a)
{
    if (builder->weight[a] < 0)
    {
        slong w = new_row(builder, CST__ROW_WEIGHT, a, -1);

        builder->weight[a] = w;
    }
    return builder->weight[a];
}

/* w = function(a), w' = +-c v a'; v and c are filled in by the caller where they come later. */
static slong
prime_row(builder_t *builder, cst_tape_code_t function, slong a, slong v)
{
    int constant = is_constant(builder, a);
    slong u = constant ? -1 : weight_row(builder, a), w = new_row(builder, CST__ROW_PRIME, u, v);

    builder->program->rows[w].function = function;
    builder->program->rows[w].argument = a;
    return mark_constant(builder, w, constant);
}

static slong
power_row(builder_t *builder, slong a, const fmpq_t exponent)
{
    cst__flow_program_struct *p = builder->program;
    int constant = is_constant(builder, a);
    slong r = constant ? -1 : inverse_row(builder, a), e = rational_row(builder, exponent),
          w = prime_row(builder, CST_TAPE_POWER, a, -1);

    fmpq_set(p->rows[w].value, exponent);
    if (!constant)
    {
        slong v = product_row(builder, w, r);

        p->rows[w].b = v;
        p->rows[w].c = e;
    }
    return w;
}

/* Sine and cosine need each other. */
static slong
circular_row(builder_t *builder, cst_tape_code_t function, slong a)
{
    cst__flow_program_struct *p = builder->program;

    if (is_constant(builder, a))
        return prime_row(builder, function, a, -1);
    if (builder->sine[a] < 0)
    {
        slong s = prime_row(builder, CST_TAPE_SIN, a, -1), c = prime_row(builder, CST_TAPE_COS, a, s);

        p->rows[s].b = c;
        p->rows[c].negative = 1;
        builder->sine[a] = s;
        builder->cosine[a] = c;
    }
    return function == CST_TAPE_SIN ? builder->sine[a] : builder->cosine[a];
}

/* erf' = 2/sqrt(pi) exp(-x^2). */
static slong
erf_row(builder_t *builder, slong a)
{
    cst__flow_program_struct *p = builder->program;
    slong pi, c, e, v;
    fmpq_t q;

    if (is_constant(builder, a))
        return prime_row(builder, CST_TAPE_ERF, a, -1);
    fmpq_init(q);
    fmpq_set_si(q, -1, 2);
    pi = new_row(builder, CST__ROW_PI, -1, -1);
    c = power_row(builder, pi, q);
    c = product_row(builder, c, integer_row(builder, 2));
    e = product_row(builder, square_row(builder, a), integer_row(builder, -1));
    v = prime_row(builder, CST_TAPE_EXP, e, -1);
    p->rows[v].b = v;
    v = product_row(builder, v, c);
    fmpq_clear(q);
    return prime_row(builder, CST_TAPE_ERF, a, v);
}

static slong
function_row(builder_t *builder, const cst_tape_op_t *op, slong a)
{
    cst__flow_program_struct *p = builder->program;
    slong w;

    switch (op->code)
    {
    case CST_TAPE_INVERSE:
        return inverse_row(builder, a);
    case CST_TAPE_POWER:
        return power_row(builder, a, op->value);
    case CST_TAPE_SIN:
    case CST_TAPE_COS:
        return circular_row(builder, op->code, a);
    case CST_TAPE_LOG:
        return prime_row(builder, CST_TAPE_LOG, a, is_constant(builder, a) ? -1 : inverse_row(builder, a));
    case CST_TAPE_ATAN:
        if (is_constant(builder, a))
            return prime_row(builder, CST_TAPE_ATAN, a, -1);
        w = sum_row(builder, CST__ROW_ADD, square_row(builder, a), integer_row(builder, 1));
        return prime_row(builder, CST_TAPE_ATAN, a, inverse_row(builder, w));
    case CST_TAPE_ERF:
        return erf_row(builder, a);
    case CST_TAPE_STEP:
        w = prime_row(builder, CST_TAPE_STEP, a, -1);
        p->rows[w].flat = 1;
        return w;
    default: /* CST_TAPE_EXP */
        w = prime_row(builder, CST_TAPE_EXP, a, -1);
        p->rows[w].b = w;
        return w;
    }
}

static slong
op_row(builder_t *builder, const cst_tape_op_t *op, const slong *place)
{
    slong w;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        return op->a; /* the first rows are the components */
    case CST_TAPE_RATIONAL:
        return rational_row(builder, op->value);
    case CST_TAPE_PI:
        return new_row(builder, CST__ROW_PI, -1, -1);
    case CST_TAPE_ADD:
        return sum_row(builder, CST__ROW_ADD, place[op->a], place[op->b]);
    case CST_TAPE_SUB:
        return sum_row(builder, CST__ROW_SUB, place[op->a], place[op->b]);
    case CST_TAPE_MUL:
        return product_row(builder, place[op->a], place[op->b]);
    case CST_TAPE_SCALE:
        w = rational_row(builder, op->value);
        return product_row(builder, place[op->a], w);
    default:
        return function_row(builder, op, place[op->a]);
    }
}

/* By the chain rule (ring.c) the derivative of w = f(u) needs that of u and the value of f'(u) alone: rows
   that serve only for f'(u) or for w' need no derivative. Those that are met later in the list are marked
   first. */
static void
mark_jets(cst__flow_program_struct *program)
{
    cst__flow_row_t *rows = program->rows;

    for (slong i = 0; i < program->output_count; i++)
        rows[program->outputs[i]].jets = 1;
    for (slong w = program->length - 1; w >= 0; w--)
    {
        const cst__flow_row_t *row = rows + w;

        if (!row->jets)
            continue;
        if (row->code == CST__ROW_INVERSE || row->code == CST__ROW_PRIME)
            rows[row->argument].jets = 1;
        if (row->code == CST__ROW_ADD || row->code == CST__ROW_SUB || row->code == CST__ROW_MUL)
            rows[row->a].jets = rows[row->b].jets = 1;
        if (row->code == CST__ROW_SCALE || row->code == CST__ROW_SQUARE)
            rows[row->a].jets = 1;
    }
}

void
cst__flow_program_init(cst__flow_program_t program, const cst_tape_t tape)
{
    builder_t builder = {.program = program};
    slong *place = flint_malloc((size_t) (tape->length + 1) * sizeof *place);

    program->rows = NULL;
    program->length = program->capacity = 0;
    program->inputs = tape->inputs;
    program->output_count = tape->output_count;
    program->outputs = flint_malloc((size_t) (tape->output_count + 1) * sizeof(slong));
    for (slong i = 0; i < tape->inputs; i++)
        new_row(&builder, CST__ROW_STATE, i, -1);
    for (slong i = 0; i < tape->length; i++)
        place[i] = op_row(&builder, tape->ops + i, place);
    for (slong i = 0; i < tape->output_count; i++)
        program->outputs[i] = place[tape->outputs[i]];
    mark_jets(program);
    flint_free(builder.weight);
    flint_free(builder.sine);
    flint_free(builder.cosine);
    flint_free(builder.square);
    flint_free(builder.inverse);
    flint_free(place);
}

void
cst__flow_program_clear(cst__flow_program_t program)
{
    for (slong i = 0; i < program->length; i++)
        fmpq_clear(program->rows[i].value);
    flint_free(program->rows);
    flint_free(program->outputs);
}

static int
power_series(arb_ptr f, const fmpq_t exponent, arb_srcptr line, slong length, slong prec)
{
    arb_t e;

    if (!arb_is_positive(line))
        return 0;
    arb_init(e);
    arb_set_fmpq(e, exponent, prec);
    _arb_poly_pow_arb_series(f, line, 2, e, length, prec);
    arb_clear(e);
    return 1;
}

int
cst__flow_row_function(arb_ptr f, const cst__flow_row_t *row, const arb_t x, slong length, slong prec)
{
    arb_struct line[2];
    int good = arb_is_finite(x);

    if (!good)
        return 0;
    arb_init(line);
    arb_init(line + 1);
    arb_set(line, x);
    arb_one(line + 1);
    switch (row->function)
    {
    case CST_TAPE_INVERSE:
        good = !arb_contains_zero(x);
        if (good)
            _arb_poly_inv_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_POWER:
        good = power_series(f, row->value, line, length, prec);
        break;
    case CST_TAPE_EXP:
        _arb_poly_exp_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_LOG:
        good = arb_is_positive(x);
        if (good)
            _arb_poly_log_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_SIN:
        _arb_poly_sin_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_COS:
        _arb_poly_cos_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_ATAN:
        _arb_poly_atan_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_ERF:
        _arb_hypgeom_erf_series(f, line, 2, length, prec);
        break;
    case CST_TAPE_STEP:
        good = !arb_contains_zero(x);
        _arb_vec_zero(f, length);
        if (good)
            arb_set_ui(f, arb_is_positive(x) ? 1 : 0);
        break;
    default:
        good = 0;
        break;
    }
    for (slong i = 0; good && i < length; i++)
        good = arb_is_finite(f + i);
    arb_clear(line);
    arb_clear(line + 1);
    return good;
}

#include "flow/ring.h"

slong
cst__ring_first_pair(const cst__ring_t *ring)
{
    return ring->first ? ring->shape->pair_end[ring->first - 1] : 0;
}

static void
prime(cst__ring_t *ring, slong k, slong w, const cst__flow_row_t *row)
{
    const cst__ring_ops_t *ops = ring->ops;

    ops->dot(ring, k, w, row->a, 1, row->b, k - 1, k);
    ops->ratio(ring, k, w, w, row->negative ? -1 : 1, k);
    if (row->c >= 0)
        ops->scale(ring, k, w, w, row->c);
}

/* 0 = sum of a_l w_{k-l}. */
static void
inverse(cst__ring_t *ring, slong k, slong w, const cst__flow_row_t *row)
{
    const cst__ring_ops_t *ops = ring->ops;

    ops->dot(ring, k, row->b, row->a, 1, w, k - 1, k);
    ops->dot(ring, k, w, w, 0, row->b, k, 1);
    ops->copy(ring, k, w, w, 1);
}

/* Linear jets follow the chain rule: one product for each instead of two. */
static int
has_chain(const cst__ring_t *ring)
{
    return ring->shape->degree == 1 && ring->shape->blocks > 1 && ring->ops->chain;
}

static void
sum(cst__ring_t *ring, slong k, slong w, const cst__flow_row_t *row)
{
    const cst__flow_row_t *rows = ring->program->rows;
    int negative = row->code == CST__ROW_SUB;

    if (k > 0 && rows[row->b].flat)
        ring->ops->copy(ring, k, w, row->a, 0);
    else if (k > 0 && rows[row->a].flat)
        ring->ops->copy(ring, k, w, row->b, negative);
    else
        ring->ops->add(ring, k, w, row->a, row->b, negative);
}

static int
step_row(cst__ring_t *ring, slong k, slong w)
{
    const cst__flow_row_t *row = ring->program->rows + w;
    const cst__ring_ops_t *ops = ring->ops;

    if (k > 0 && row->flat)
    {
        if (!row->constant)
            ops->zero(ring, k, w);
        return 1;
    }
    switch (row->code)
    {
    case CST__ROW_RATIONAL:
    case CST__ROW_PI:
        ops->constant(ring, w, row);
        break;
    case CST__ROW_ADD:
    case CST__ROW_SUB:
        sum(ring, k, w, row);
        break;
    case CST__ROW_SCALE:
        ops->scale(ring, k, w, row->a, row->b);
        break;
    case CST__ROW_MUL:
        ops->dot(ring, k, w, row->a, 0, row->b, k, k + 1);
        break;
    case CST__ROW_SQUARE:
        ops->square(ring, k, w, row->a);
        break;
    case CST__ROW_WEIGHT:
        ops->ratio(ring, k, w, row->a, k, 1);
        break;
    case CST__ROW_INVERSE:
        if (k == 0)
            return ops->function(ring, w, row);
        inverse(ring, k, w, row);
        break;
    case CST__ROW_PRIME:
        if (k == 0)
            return ops->function(ring, w, row);
        prime(ring, k, w, row);
        break;
    case CST__ROW_STATE:
    case CST__ROW_WORK:
        break;
    }
    return 1;
}

/* What is not in the value's recurrence: the square that the derivative of an inverse needs. */
static void
prepare_chain(cst__ring_t *ring, slong k, slong w)
{
    const cst__flow_row_t *row = ring->program->rows + w;

    if (row->code == CST__ROW_INVERSE && !row->constant && row->jets)
        ring->ops->square(ring, k, row->c, w);
}

static void
chain_row(cst__ring_t *ring, slong k, slong w)
{
    const cst__flow_row_t *row = ring->program->rows + w;

    if (row->flat || !row->jets)
        return;
    if (row->code == CST__ROW_INVERSE)
        ring->ops->chain(ring, k, w, row->c, row->argument, -1, 1);
    else if (row->code == CST__ROW_PRIME)
        ring->ops->chain(ring, k, w, row->b, row->argument, row->c, row->negative);
    else
        step_row(ring, k, w);
}

/* The monomials from first to last - 1 of all rows at order k; `chain` for jets beyond the values. The
   coefficients of constant rows beyond order 0 are zero from the start, as are the jets of flat rows. */
static int
step_part(cst__ring_t *ring, slong k, slong first, slong last, int chain)
{
    const cst__flow_program_struct *p = ring->program;
    int good = 1;

    ring->first = first;
    ring->last = last;
    for (slong w = p->inputs; good && w < p->length; w++)
        if (chain)
            chain_row(ring, k, w);
        else if (!p->rows[w].constant || !ring->constants_done)
        {
            good = step_row(ring, k, w);
            if (good && has_chain(ring))
                prepare_chain(ring, k, w);
        }
    ring->constants_done = ring->constants_done || good;
    return good;
}

static void
next_part(cst__ring_t *ring, slong k)
{
    for (slong i = 0; i < ring->program->inputs; i++)
        ring->ops->next(ring, k, i, ring->program->outputs[i]);
}

int
cst__ring_solve_values(cst__ring_t *ring, slong top)
{
    slong last = has_chain(ring) ? 1 : ring->shape->blocks;

    for (slong k = 0; k < top; k++)
    {
        if (!step_part(ring, k, 0, last, 0))
            return 0;
        next_part(ring, k);
    }
    return 1;
}

void
cst__ring_solve_jets(cst__ring_t *ring, slong top)
{
    for (slong k = 0; k < top && has_chain(ring); k++)
    {
        step_part(ring, k, 1, ring->shape->blocks, 1);
        next_part(ring, k);
    }
}

int
cst__ring_solve(cst__ring_t *ring, slong top)
{
    if (!cst__ring_solve_values(ring, top))
        return 0;
    cst__ring_solve_jets(ring, top);
    return 1;
}

int
cst__ring_follow(cst__ring_t *ring, slong top)
{
    slong blocks = ring->shape->blocks, last = has_chain(ring) ? 1 : blocks;

    for (slong k = 0; k <= top; k++)
    {
        if (!step_part(ring, k, 0, last, 0))
            return 0;
        if (last < blocks)
            step_part(ring, k, last, blocks, 1);
    }
    return 1;
}

int
cst__ring_compose(arb_ptr w, const cst__flow_row_t *row, arb_srcptr u, const cst_shape_struct *shape,
                  slong prec)
{
    arb_struct f[3];
    int good;

    for (int i = 0; i < 3; i++)
        arb_init(f + i);
    good = cst__flow_row_function(f, row, u, shape->degree + 1, prec);
    for (slong o = 1; good && o < shape->blocks; o++)
    {
        arb_mul(w + o, f + 1, u + o, prec);
        for (slong p = shape->pair_end[o - 1]; p < shape->pair_end[o]; p++)
            if (shape->pair[3 * p] && shape->pair[3 * p + 1])
            {
                arb_t product;

                arb_init(product);
                arb_mul(product, u + shape->pair[3 * p], u + shape->pair[3 * p + 1], prec);
                arb_addmul(w + o, product, f + 2, prec);
                arb_clear(product);
            }
    }
    if (good)
        arb_swap(w, f);
    for (int i = 0; i < 3; i++)
        arb_clear(f + i);
    return good;
}

void
cst__ring_clear(cst__ring_t *ring)
{
    if (ring->arb)
        _arb_vec_clear(ring->arb, ring->program->length * ring->shape->blocks * ring->orders);
    flint_free(ring->precs);
    flint_free(ring->real);
    flint_free(ring->digits);
    flint_free(ring->reach);
    flint_free(ring->grid);
}

/* tests/lie/network.h -- deep linear networks as polynomials in their weights. */
#ifndef LIE_TEST_NETWORK_H
#define LIE_TEST_NETWORK_H

#include "chart.h"

#include <caustic/discovery.h>

#define MOST_FUNCTIONS 64

/* The entries of W_L ... W_1 for W_i of widths[i] x widths[i - 1]; returns how many there are. */
static inline slong
linear_network(world_t *world, cst_expr_t *functions, const slong *widths, int layers)
{
    char names[16 * MOST] = "";
    cst_expr_t product[MOST_FUNCTIONS], next[MOST_FUNCTIONS], *w;
    cst_expr_ctx_t ctx;
    slong dimension = 0;

    for (int l = 1; l < layers; l++)
        for (slong i = 0; i < widths[l]; i++)
            for (slong j = 0; j < widths[l - 1]; j++, dimension++)
                sprintf(names + strlen(names), "w%d_%ld%ld ", l, (long) i, (long) j);
    world_init(world, names, dimension, NULL);
    ctx = world->chart.ctx;
    w = world->variables;
    for (slong i = 0; i < widths[0]; i++)
        for (slong j = 0; j < widths[0]; j++)
            product[i * widths[0] + j] = cst_expr_integer(ctx, i == j);
    for (int l = 1; l < layers; w += widths[l] * widths[l - 1], l++)
    {
        for (slong i = 0; i < widths[l]; i++)
            for (slong j = 0; j < widths[0]; j++)
            {
                cst_expr_t sum = cst_expr_integer(ctx, 0);

                for (slong k = 0; k < widths[l - 1]; k++)
                    sum = cst_expr_add(
                        ctx, sum, cst_expr_mul(ctx, w[i * widths[l - 1] + k], product[k * widths[0] + j]));
                next[i * widths[0] + j] = sum;
            }
        memcpy(product, next, sizeof product);
    }
    memcpy(functions, product, sizeof product);
    return widths[layers - 1] * widths[0];
}

#endif

/* arch/batchnorm.h -- BatchNorm with its running statistics. */
#ifndef CST_ARCH_BATCHNORM_H
#define CST_ARCH_BATCHNORM_H

#include "arch/model.h"

/* The tensors of a convolution (from 0) and of the BatchNorm behind it; bias may be -1. */
typedef struct
{
    slong convolution, channels;
    slong weight, bias, gain, shift;
} cst__normed_t;

/* Adds what the convolution and fixed statistics do not see of their parameters. */
void cst__arch_running(cst_arch_t arch, const cst__normed_t *normed);

/* The running mean m of a channel, and 1/sqrt(running variance + epsilon). */
cst_expr_t cst__running_mean(cst_expr_ctx_t ctx, const cst_arch_struct *arch, slong convolution,
                             slong channel);
cst_expr_t cst__running_factor(cst_expr_ctx_t ctx, const cst_arch_struct *arch, slong convolution,
                               slong channel);

#endif

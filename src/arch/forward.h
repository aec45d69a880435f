/* arch/forward.h -- the function of a network as expressions in its parameters. */
#ifndef CST_ARCH_FORWARD_H
#define CST_ARCH_FORWARD_H

#include "arch/model.h"

typedef struct
{
    cst_expr_ctx_t ctx;
    const cst_arch_struct *arch;
    const cst_arch_spec_struct *spec;
    cst_expr_t *parameters;
} cst__net_t;

/* The tensor of this name and number (none if negative), or NULL. */
const cst_arch_tensor_t *cst__net_tensor(const cst__net_t *net, const char *name, slong number);
/* Its entry at a flat index. */
cst_expr_t cst__net_entry(const cst__net_t *net, const cst_arch_tensor_t *tensor, slong index);

cst_expr_t cst__net_zero(const cst__net_t *net);
/* sum + a b */
cst_expr_t cst__net_addmul(const cst__net_t *net, cst_expr_t sum, cst_expr_t a, cst_expr_t b);
/* y = rows first ... first + count - 1 of W x + b; b may be NULL. y and x do not overlap. */
void cst__net_linear(cst_expr_t *y, const cst__net_t *net, const cst_arch_tensor_t *weight,
                     const cst_arch_tensor_t *bias, const cst_expr_t *x, slong first, slong count);
cst_expr_t cst__net_activation(const cst__net_t *net, cst_arch_activation_t activation, slong degree,
                               cst_expr_t x);
/* 1/sqrt(mean of squares + epsilon) of count expressions */
cst_expr_t cst__net_reciprocal_norm(const cst__net_t *net, const cst_expr_t *x, slong count);
cst_expr_t cst__net_mean(const cst__net_t *net, const cst_expr_t *x, slong count);
/* x = exp(x)/sum exp(x) */
void cst__net_softmax(const cst__net_t *net, cst_expr_t *x, slong count);
/* The rows first ... first + count - 1 of a matrix of weights, divided by their lengths and times a gain
   (NULL: none): row r to weights + (r - first) * columns. */
void cst__net_normed_rows(cst_expr_t *weights, const cst__net_t *net, const cst_arch_tensor_t *weight,
                          const cst_arch_tensor_t *gain);

cst_expr_t *cst__net_new(slong count);

/* Each sets the outputs for a batch of inputs. */
void cst__forward_cnn(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *inputs, slong batch);
void cst__forward_attention(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *inputs);
void cst__forward_transformer(cst_expr_t *outputs, const cst__net_t *net, const fmpq *tokens);
/* The same from what the stream holds before the first block, context x width, which is overwritten. */
void cst__forward_stream(cst_expr_t *outputs, const cst__net_t *net, cst_expr_t *stream);
/* The outputs where the input is not given: for tokens, what the stream holds before the first block.
 *inputs, for flint_free: the parameters, then the numbers of the input. */
cst_status_t cst__arch_forward_open(cst_expr_t *outputs, cst_expr_t **inputs, cst_expr_ctx_t ctx,
                                    const cst_arch_t arch, cst_error_t *error);
slong cst__arch_open_size(const cst_arch_t arch);
slong cst__arch_open_outputs(const cst_arch_t arch);
/* Positions of an open input: the first ones, if they are a network of their own. */
slong cst__arch_open_context(const cst_arch_t arch);
/* Two images or four, if the statistics of a batch are looked at. */
slong cst__arch_open_batch(const cst_arch_t arch);
int cst__arch_is_batched(const cst_arch_t arch);
/* Height and width of the output of the convolutions. */
void cst__cnn_size(slong size[2], const cst_arch_spec_struct *spec);

#endif

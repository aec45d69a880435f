/* arch/spec.c -- descriptions of networks, made in a program. */
#include <string.h>

#include "arch/model.h"

void
cst_arch_spec_init(cst_arch_spec_t spec, cst_arch_kind_t kind)
{
    memset(spec, 0, sizeof *spec);
    spec->kind = kind;
    spec->degree = 1;
    spec->causal = 1;
    spec->rotary_base = 10000;
    fmpq_init(spec->leak);
    fmpq_init(spec->epsilon);
    fmpq_set_si(spec->leak, 1, 100);
    if (kind == CST_ARCH_LINEAR)
        spec->activation = CST_ARCH_IDENTITY;
    if (kind == CST_ARCH_TRANSFORMER)
        cst_arch_spec_gpt2(spec);
}

void
cst_arch_spec_clear(cst_arch_spec_t spec)
{
    fmpq_clear(spec->leak);
    fmpq_clear(spec->epsilon);
}

void
cst_arch_spec_set(cst_arch_spec_t target, const cst_arch_spec_t source)
{
    if (target == source)
        return;
    *target = *source;
    fmpq_init(target->leak);
    fmpq_init(target->epsilon);
    fmpq_set(target->leak, source->leak);
    fmpq_set(target->epsilon, source->epsilon);
}

void
cst_arch_spec_gpt2(cst_arch_spec_t spec)
{
    spec->kind = CST_ARCH_TRANSFORMER;
    spec->norm = CST_ARCH_NORM_LAYER;
    spec->position = CST_ARCH_POSITION_LEARNED;
    spec->activation = CST_ARCH_GELU;
    spec->gated = spec->qk_norm = 0;
    spec->query_bias = spec->output_bias = spec->feed_bias = spec->norm_bias = 1;
    spec->tied = spec->softmax = spec->causal = 1;
}

void
cst_arch_spec_llama(cst_arch_spec_t spec)
{
    spec->kind = CST_ARCH_TRANSFORMER;
    spec->norm = CST_ARCH_NORM_RMS;
    spec->position = CST_ARCH_POSITION_ROTARY;
    spec->activation = CST_ARCH_SILU;
    spec->gated = 1;
    spec->query_bias = spec->output_bias = spec->feed_bias = spec->norm_bias = spec->qk_norm = 0;
    spec->tied = 0;
    spec->softmax = spec->causal = 1;
}

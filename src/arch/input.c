/* arch/input.c -- sizes and random inputs of open tapes. */
#include <math.h>
#include <string.h>

#include "arch/forward.h"
#include "arch/input.h"
#include "arch/rank.h"

#define OPEN_CONTEXT 8 /* positions are enough, where what comes later is not seen */

int
cst__arch_is_batched(const cst_arch_t arch)
{
    for (slong l = 0;
         arch->spec->kind == CST_ARCH_CNN && !arch->spec->running && l < arch->spec->convolutions; l++)
        if (arch->spec->convolution[l].norm == CST_ARCH_NORM_BATCH)
            return 1;
    return 0;
}

/* Two numbers less their mean, divided by their deviation, are 1 and -1: where channels have one position
   only, more images. */
slong
cst__arch_open_batch(const cst_arch_t arch)
{
    slong size[2];

    if (!cst__arch_is_batched(arch))
        return 1;
    cst__cnn_size(size, arch->spec);
    return size[0] * size[1] > 1 ? 2 : 4;
}

slong
cst__arch_open_context(const cst_arch_t arch)
{
    const cst_arch_spec_struct *s = arch->spec;

    if (s->kind == CST_ARCH_TRANSFORMER && s->causal && s->position != CST_ARCH_POSITION_LEARNED)
        return FLINT_MIN(s->context, OPEN_CONTEXT);
    return s->context;
}

slong
cst__arch_open_size(const cst_arch_t arch)
{
    return arch->spec->kind == CST_ARCH_TRANSFORMER ? cst__arch_open_context(arch) * arch->spec->width
                                                    : cst__arch_open_batch(arch) * cst_arch_input_size(arch);
}

slong
cst__arch_open_outputs(const cst_arch_t arch)
{
    return arch->spec->kind == CST_ARCH_TRANSFORMER
               ? cst__arch_open_context(arch) * arch->spec->output_vocabulary
               : cst__arch_open_batch(arch) * cst_arch_output_size(arch);
}

void
cst__input_init(cst__input_t *input, const cst_arch_t arch)
{
    memset(input, 0, sizeof *input);
    input->size = cst__arch_open_size(arch);
    input->value = flint_calloc((size_t) input->size + 1, sizeof *input->value);
    if (arch->spec->kind != CST_ARCH_TRANSFORMER)
        return;
    input->word = flint_malloc((size_t) (2 * input->size + 1) * sizeof *input->word);
    input->place = input->word + input->size;
}

void
cst__input_clear(cst__input_t *input)
{
    flint_free(input->value);
    flint_free(input->word);
}

static void
draw_tokens(cst__input_t *input, const cst_arch_t arch, ulong *state)
{
    slong width = arch->spec->width, positions = cst_arch_find_tensor(arch, "wp"), token = 0;
    slong words = arch->tensors[cst_arch_find_tensor(arch, "we")].offset;

    for (slong i = 0; i < input->size; i++)
    {
        if (i % width == 0)
            token = (slong) cst__arch_draw(state, (ulong) arch->spec->vocabulary);
        input->word[i] = words + token * width + i % width;
        input->place[i] = positions < 0 ? -1 : arch->tensors[positions].offset + i;
    }
}

void
cst__input_draw(cst__input_t *input, const cst_arch_t arch, ulong *state)
{
    double scale;

    if (input->word)
    {
        draw_tokens(input, arch, state);
        return;
    }
    scale = ldexp(1.0 / 16, (int) cst__arch_draw(state, 5));
    for (slong i = 0; i < input->size; i++)
        input->value[i] = scale * ((double) cst__arch_draw(state, 65) - 32);
}

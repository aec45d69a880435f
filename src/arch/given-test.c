/* arch/given-test.c -- do the generators annihilate the function? By chance, modulo a prime. */
#include "arch/forward.h"
#include "arch/given.h"
#include "arch/image.h"
#include "arch/input.h"
#include "arch/rank.h"
#include "arch/reverse.h"

#define INPUTS 3
#define SUMS 4

typedef struct
{
    const cst_arch_struct *arch;
    ulong state, secret;
    cst__image_t image; /* its prime only */
    ulong *point;       /* parameters, then the input */
    ulong *tangent;     /* a random sum of the generators there */
} test_t;

static int
add_generator(void *data, const cst_tape_t tape, const cst_arch_generator_t generator)
{
    test_t *t = data;
    ulong factor = cst__arch_draw(&t->state, t->image->p.n);
    ulong *work = flint_malloc((size_t) (3 * tape->length + 1) * sizeof *work);
    int defined = cst__reverse_mod(work, work + tape->length, work + 2 * tape->length, tape, t->point,
                                   t->image->p, t->secret);

    for (slong i = 0; i < generator->length && defined; i++)
    {
        ulong *entry = t->tangent + generator->parameters[i];

        *entry = nmod_addmul(*entry, factor, work[tape->outputs[i]], t->image->p);
    }
    flint_free(work);
    return defined;
}

/* The derivative along the tangent, of a function with this gradient; its input moves with the words. */
static ulong
derivative(const test_t *t, const cst__input_t *input, const ulong *gradient)
{
    slong count = t->arch->parameters;
    nmod_t mod = t->image->p;
    ulong sum = 0;

    for (slong p = 0; p < count; p++)
        sum = nmod_addmul(sum, gradient[p], t->tangent[p], mod);
    for (slong i = 0; input->word && i < input->size; i++)
    {
        sum = nmod_addmul(sum, gradient[count + i], t->tangent[input->word[i]], mod);
        if (input->place[i] >= 0)
            sum = nmod_addmul(sum, gradient[count + i], t->tangent[input->place[i]], mod);
    }
    return sum;
}

static void
set_input(test_t *t, cst__input_t *input)
{
    slong count = t->arch->parameters;

    cst__input_draw(input, t->arch, &t->state);
    for (slong i = 0; i < input->size; i++)
        if (!input->word)
            t->point[count + i] = cst__arch_draw(&t->state, t->image->p.n);
        else if (input->place[i] < 0)
            t->point[count + i] = t->point[input->word[i]];
        else
            t->point[count + i] = nmod_add(t->point[input->word[i]], t->point[input->place[i]], t->image->p);
}

/* At one input. */
static cst_truth_t
test_input(test_t *t, cst__input_t *input, const cst_tape_t tape)
{
    ulong *values =
        flint_malloc((size_t) (4 * tape->length + tape->output_count + tape->inputs + 1) * sizeof *values);
    ulong *left = values + tape->length, *right = left + tape->length, *adjoint = right + tape->length;
    ulong *seeds = adjoint + tape->length, *gradient = seeds + tape->output_count;
    cst_truth_t truth = CST_UNKNOWN;

    set_input(t, input);
    if (cst__reverse_mod(values, left, right, tape, t->point, t->image->p, t->secret))
        truth = CST_TRUE;
    for (slong c = 0; c < SUMS && truth == CST_TRUE; c++)
    {
        for (slong k = 0; k < tape->output_count; k++)
            seeds[k] = cst__arch_draw(&t->state, t->image->p.n);
        cst__image_gradient(gradient, adjoint, left, right, tape, seeds, t->image);
        if (derivative(t, input, gradient) != 0)
            truth = CST_UNKNOWN;
    }
    flint_free(values);
    return truth;
}

cst_truth_t
cst__given_annihilates(const cst_arch_t arch, const cst_tape_t tape, ulong seed)
{
    test_t t = {.arch = arch, .state = seed};
    cst_truth_t truth = CST_UNKNOWN;
    cst__input_t input;

    nmod_init(&t.image->p, n_nextprime(UWORD(1) << 61, 0));
    t.secret = cst__arch_draw(&t.state, 0);
    t.point = flint_malloc((size_t) (tape->inputs + 1) * sizeof *t.point);
    t.tangent = flint_calloc((size_t) arch->parameters + 1, sizeof *t.tangent);
    for (slong p = 0; p < arch->parameters; p++)
        t.point[p] = cst__arch_draw(&t.state, t.image->p.n);
    cst__input_init(&input, arch);
    if (cst__arch_each_generator(arch, add_generator, &t))
        truth = CST_TRUE;
    for (int k = 0; k < INPUTS && truth == CST_TRUE; k++)
        truth = test_input(&t, &input, tape);
    cst__input_clear(&input);
    flint_free(t.tangent);
    flint_free(t.point);
    return truth;
}

#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/arch.h>

#include "observe/model.h"

/* Numbers in names are compared as numbers: fc2 comes before fc10. */
static int
compare_natural(const char *a, const char *b)
{
    while (*a && *b)
    {
        if (isdigit((unsigned char) *a) && isdigit((unsigned char) *b))
        {
            char *p, *q;
            unsigned long long x = strtoull(a, &p, 10), y = strtoull(b, &q, 10);

            if (x != y)
                return x < y ? -1 : 1;
            a = p;
            b = q;
        }
        else if (*a != *b)
            return (unsigned char) *a < (unsigned char) *b ? -1 : 1;
        else
        {
            a++;
            b++;
        }
    }
    return (*a != 0) - (*b != 0);
}

static int
compare_links(const void *a, const void *b)
{
    return compare_natural(((const cst__link_t *) a)->name, ((const cst__link_t *) b)->name);
}

/* The tensor MODULE.PART. */
static cst_io_tensor_t
part_of(const cst_io_checkpoint_t checkpoint, const char *module, const char *part)
{
    char name[1024];

    if ((size_t) snprintf(name, sizeof name, "%s%s%s", module, *module ? "." : "", part) >= sizeof name)
        return NULL;
    return cst_io_checkpoint_find(checkpoint, name);
}

/* MODULE of MODULE.weight, or NULL; the caller frees it. */
static char *
module_of(cst_io_tensor_t tensor)
{
    size_t length = strlen(tensor->name);
    const char *end = length >= 6 ? tensor->name + length - 6 : "";
    char *module;

    if (strcmp(end, "weight") != 0 || (end > tensor->name && end[-1] != '.'))
        return NULL;
    length -= end > tensor->name ? 7 : 6;
    module = flint_malloc(length + 1);
    memcpy(module, tensor->name, length);
    module[length] = '\0';
    return module;
}

static int
is_vector(cst_io_tensor_t tensor, slong length)
{
    return tensor && tensor->rank == 1 && tensor->shape[0] == length;
}

/* Adds the module of this weight as a layer (two dimensions or more) or a batch normalization (one). */
static void
add_module(cst__model_t model, cst__link_t *norms, slong *count, const cst_io_checkpoint_t checkpoint,
           cst_io_tensor_t weight)
{
    char *module = module_of(weight);
    cst__link_t link;

    if (!module)
        return;
    memset(&link, 0, sizeof link);
    link.name = module;
    link.out = weight->rank > 0 ? weight->shape[0] : 0;
    link.bias = part_of(checkpoint, module, "bias");
    if (weight->rank >= 2 && weight->count > 0)
    {
        link.weight = weight;
        link.in = weight->shape[1];
        link.taps = weight->count / (link.out * link.in);
        model->link[model->links++] = link;
    }
    else if (weight->rank == 1 && part_of(checkpoint, module, "running_var"))
    {
        link.gain = weight;
        link.shift = link.bias;
        link.mean = part_of(checkpoint, module, "running_mean");
        link.variance = part_of(checkpoint, module, "running_var");
        norms[(*count)++] = link;
    }
    else
        flint_free(module);
}

/* Where the last component of a dotted name begins if it is a number, or NULL: a place in a Sequential. */
static const char *
place_in(const char *name)
{
    const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;

    return *last && last[strspn(last, "0123456789")] == '\0' ? last : NULL;
}

/* How many places of the same Sequential norm stands after layer; 0: they are not in one. */
static long
places_after(const char *norm, const char *layer)
{
    const char *p = place_in(norm), *q = place_in(layer);

    return p && q && p - norm == q - layer && memcmp(norm, layer, (size_t) (p - norm)) == 0
               ? strtol(p, NULL, 10) - strtol(q, NULL, 10)
               : 0;
}

/* The last number of a name, as of conv2 and bn2; -1: none. */
static long
number_of(const char *name)
{
    size_t n = strlen(name), end;

    while (n > 0 && !isdigit((unsigned char) name[n - 1]))
        n--;
    for (end = n; n > 0 && isdigit((unsigned char) name[n - 1]);)
        n--;
    return n < end ? strtol(name + n, NULL, 10) : -1;
}

/* The layer right before a normalization of its Sequential; -1: it is no layer; links: that has none at all.
 */
static slong
right_before(const cst__model_t model, const cst__link_t *norm)
{
    slong found = model->links;

    for (slong l = 0; l < model->links; l++)
    {
        long places = places_after(norm->name, model->link[l].name);

        if (places == 1)
            return l;
        if (places != 0)
            found = -1;
    }
    return found;
}

/* The layer that normalization i follows, from layer next on; -1: the names do not tell. Outside of a
   Sequential layers and normalizations of this width are as many, or have the same numbers. */
static slong
layer_of(const cst__model_t model, const cst__link_t *norms, slong count, slong i, slong next)
{
    const cst__link_t *n = norms + i;
    slong layers = 0, left = 0, first = -1, same = -1, l = right_before(model, n);

    if (l < model->links)
        return l >= next && model->link[l].out == n->out ? l : -1;
    for (slong k = i; k < count; k++)
        left += norms[k].out == n->out;
    for (l = model->links - 1; l >= next; l--)
        if (model->link[l].out == n->out)
        {
            layers++;
            first = l;
            if (number_of(n->name) >= 0 && number_of(n->name) == number_of(model->link[l].name))
                same = l;
        }
    return layers == left ? first : same;
}

/* Each normalization belongs to the layer before it. */
static cst_status_t
place_norms(cst__model_t model, const cst__link_t *norms, slong count, const cst_io_checkpoint_t checkpoint,
            cst_error_t *error)
{
    slong next = 0;

    for (slong i = 0; i < count; i++)
    {
        const cst__link_t *n = norms + i;
        slong l = layer_of(model, norms, count, i, next);

        if (l < 0)
            return cst__io_checkpoint_fail(
                checkpoint, error, CST_REFUSED,
                "the names of the tensors do not tell which layer batch normalization '%.100s' "
                "follows; it is understood right behind a layer, before the activation",
                n->name);
        if (!is_vector(n->mean, n->out) || !is_vector(n->variance, n->out) ||
            (n->shift && !is_vector(n->shift, n->out)))
            return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                           "batch normalization '%.100s' fits no layer", n->name);
        model->link[l].gain = n->gain;
        model->link[l].shift = n->shift;
        model->link[l].mean = n->mean;
        model->link[l].variance = n->variance;
        next = l + 1;
    }
    return CST_OK;
}

/* The outputs of each layer are the inputs of the next, a flattened channel being several of them. */
static cst_status_t
join(cst__model_t model, const cst_io_checkpoint_t checkpoint, cst_error_t *error)
{
    for (slong l = 0; l < model->links; l++)
    {
        cst__link_t *link = model->link + l;
        slong before = l > 0 ? link[-1].out : link->in;

        if (link->bias && !is_vector(link->bias, link->out))
            return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                           "the bias of layer '%.100s' has another length", link->name);
        if (link->in % before != 0)
            return cst__io_checkpoint_fail(
                checkpoint, error, CST_REFUSED,
                "layer '%.100s' has %ld inputs, but '%.100s' before it %ld outputs: not a "
                "chain of layers",
                link->name, (long) link->in, link[-1].name, (long) before);
        link->taps *= link->in / before;
        link->in = before;
    }
    return CST_OK;
}

/* A sigmoid flips its unit for a constant of the next bias, an exponential function trades a bias for a
   scale, and biases of linear units move on to the next. */
static int
moves_constants(const cst__model_t model)
{
    for (slong l = 0; model->activation == OBS_LINEAR && l + 1 < model->links; l++)
        if (model->link[l].bias)
            return 1;
    return model->catalogued == CST_ARCH_SIGMOID || model->catalogued == CST_ARCH_EXP;
}

cst_status_t
cst__model_chain(cst__model_t model, const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                 cst_error_t *error)
{
    cst__link_t *norms = flint_calloc((size_t) checkpoint->length, sizeof *norms);
    slong count = 0;
    cst_status_t status;

    (void) settings;
    model->link = flint_calloc((size_t) checkpoint->length, sizeof *model->link);
    for (slong i = 0; i < checkpoint->length; i++)
        add_module(model, norms, &count, checkpoint, checkpoint->tensors + i);
    qsort(model->link, (size_t) model->links, sizeof *model->link, compare_links);
    qsort(norms, (size_t) count, sizeof *norms, compare_links);
    status = model->links >= 1
                 ? place_norms(model, norms, count, checkpoint, error)
                 : cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                           "no layers were recognized in the names of the tensors");
    if (status == CST_OK)
        status = join(model, checkpoint, error);
    for (slong i = 0; i < count; i++)
        flint_free(norms[i].name);
    flint_free(norms);
    model->group = CST_OBSERVE_PERMUTATIONS;
    if (model->activation == OBS_HOMOGENEOUS || count > 0)
        model->group |= CST_OBSERVE_RESCALINGS;
    if (model->activation == OBS_ODD)
        model->group |= CST_OBSERVE_SIGNS;
    if (model->activation == OBS_LINEAR)
        model->group |= CST_OBSERVE_LINEAR;
    if (moves_constants(model))
        model->group |= CST_OBSERVE_SHIFTS;
    return status;
}

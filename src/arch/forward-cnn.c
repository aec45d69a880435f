/* arch/forward-cnn.c -- convolutional networks, written out. */
#include "arch/batchnorm.h"
#include "arch/forward.h"

/* A batch of images: entry (b, c, y, x). */
typedef struct
{
    slong batch, channels, height, width;
    cst_expr_t *entries;
} image_t;

static cst_expr_t *
at(const image_t *image, slong b, slong c, slong y, slong x)
{
    return image->entries + ((b * image->channels + c) * image->height + y) * image->width + x;
}

static image_t
new_image(slong batch, slong channels, slong height, slong width)
{
    image_t image = {batch, channels, height, width, cst__net_new(batch * channels * height * width)};

    return image;
}

static cst_expr_t
convolve_at(const cst__net_t *net, const cst_arch_convolution_t *conv, const cst_expr_t *weights,
            const image_t *in, slong b, slong c, slong y, slong x)
{
    slong k = conv->kernel, first = conv->channels ? 0 : c, count = conv->channels ? in->channels : 1;
    cst_expr_t sum = cst__net_zero(net);

    for (slong i = 0; i < count; i++)
        for (slong u = 0; u < k; u++)
            for (slong v = 0; v < k; v++)
            {
                slong row = y * conv->stride + u - conv->padding,
                      column = x * conv->stride + v - conv->padding;

                if (row >= 0 && row < in->height && column >= 0 && column < in->width)
                    sum = cst__net_addmul(net, sum, weights[((c * count + i) * k + u) * k + v],
                                          *at(in, b, first + i, row, column));
            }
    return sum;
}

static image_t
convolve(const cst__net_t *net, slong l, const image_t *in)
{
    const cst_arch_convolution_t *conv = net->spec->convolution + l;
    const cst_arch_tensor_t *weight = cst__net_tensor(net, "c", l + 1),
                            *bias = cst__net_tensor(net, "d", l + 1);
    image_t out = new_image(in->batch, weight->shape[0],
                            (in->height + 2 * conv->padding - conv->kernel) / conv->stride + 1,
                            (in->width + 2 * conv->padding - conv->kernel) / conv->stride + 1);
    cst_expr_t *weights = cst__net_new(weight->size);

    if (conv->norm == CST_ARCH_NORM_WEIGHT)
        cst__net_normed_rows(weights, net, weight, cst__net_tensor(net, "g", l + 1));
    else
        for (slong i = 0; i < weight->size; i++)
            weights[i] = cst__net_entry(net, weight, i);
    for (slong b = 0; b < out.batch; b++)
        for (slong c = 0; c < out.channels; c++)
            for (slong y = 0; y < out.height; y++)
                for (slong x = 0; x < out.width; x++)
                {
                    cst_expr_t e = convolve_at(net, conv, weights, in, b, c, y, x);

                    *at(&out, b, c, y, x) =
                        bias ? cst_expr_add(net->ctx, e, cst__net_entry(net, bias, c)) : e;
                }
    flint_free(weights);
    return out;
}

/* Divides what is at the places of a list by its deviation, less its mean; then gain and shift by channel. */
static void
normalize_list(const cst__net_t *net, slong l, cst_expr_t **places, const slong *channels, slong count)
{
    const cst_arch_tensor_t *gain = cst__net_tensor(net, "g", l + 1),
                            *shift = cst__net_tensor(net, "s", l + 1);
    cst_expr_t *values = cst__net_new(count), mean, factor;

    for (slong i = 0; i < count; i++)
        values[i] = *places[i];
    mean = cst__net_mean(net, values, count);
    for (slong i = 0; i < count; i++)
        values[i] = cst_expr_sub(net->ctx, values[i], mean);
    factor = cst__net_reciprocal_norm(net, values, count);
    for (slong i = 0; i < count; i++)
    {
        cst_expr_t e = cst_expr_mul(net->ctx, cst_expr_mul(net->ctx, values[i], factor),
                                    cst__net_entry(net, gain, channels[i]));

        *places[i] = cst_expr_add(net->ctx, e, cst__net_entry(net, shift, channels[i]));
    }
    flint_free(values);
}

/* Evaluation mode: each channel less its running mean, divided by its running deviation. */
static void
normalize_running(const cst__net_t *net, slong l, const image_t *image)
{
    const cst_arch_tensor_t *gain = cst__net_tensor(net, "g", l + 1),
                            *shift = cst__net_tensor(net, "s", l + 1);

    for (slong c = 0; c < image->channels; c++)
    {
        cst_expr_t mean = cst__running_mean(net->ctx, net->arch, l, c);
        cst_expr_t factor = cst_expr_mul(net->ctx, cst__running_factor(net->ctx, net->arch, l, c),
                                         cst__net_entry(net, gain, c));

        for (slong b = 0; b < image->batch; b++)
            for (slong p = 0; p < image->height * image->width; p++)
            {
                cst_expr_t *x = at(image, b, c, 0, 0) + p;

                *x = cst__net_addmul(net, cst__net_entry(net, shift, c), factor,
                                     cst_expr_sub(net->ctx, *x, mean));
            }
    }
}

/* Statistics of BatchNorm are of one channel over the batch; of GroupNorm, of a group in one image. */
static void
normalize(const cst__net_t *net, slong l, image_t *image)
{
    const cst_arch_convolution_t *conv = net->spec->convolution + l;
    int batch = conv->norm == CST_ARCH_NORM_BATCH;
    slong area = image->height * image->width, total = image->batch * image->channels * area;
    slong size = batch ? 1 : image->channels / conv->groups, lists = batch ? 1 : image->batch, count;
    cst_expr_t **places;
    slong *channels;

    if (!batch && conv->norm != CST_ARCH_NORM_GROUP)
        return;
    if (batch && net->spec->running)
    {
        normalize_running(net, l, image);
        return;
    }
    places = flint_malloc((size_t) total * sizeof *places);
    channels = flint_malloc((size_t) total * sizeof *channels);
    for (slong list = 0; list < lists; list++)
        for (slong first = 0; first < image->channels; first += size)
        {
            count = 0;
            for (slong b = batch ? 0 : list; b < (batch ? image->batch : list + 1); b++)
                for (slong c = first; c < first + size; c++)
                    for (slong p = 0; p < area; p++)
                    {
                        channels[count] = c;
                        places[count++] = at(image, b, c, 0, 0) + p;
                    }
            normalize_list(net, l, places, channels, count);
        }
    flint_free(channels);
    flint_free(places);
}

/* max(a, b) = a + relu(b - a) */
static cst_expr_t
larger(const cst__net_t *net, cst_expr_t a, cst_expr_t b)
{
    return cst_expr_add(net->ctx, a,
                        cst_expr_function(net->ctx, CST_EXPR_RELU, cst_expr_sub(net->ctx, b, a)));
}

static void
pool(const cst__net_t *net, slong l, image_t *image)
{
    const cst_arch_convolution_t *conv = net->spec->convolution + l;
    slong s = conv->pool_size;
    cst_expr_t *window;
    image_t out;

    if (conv->pool == CST_ARCH_POOL_NONE)
        return;
    out = new_image(image->batch, image->channels, image->height / s, image->width / s);
    window = cst__net_new(s * s);
    for (slong b = 0; b < out.batch; b++)
        for (slong c = 0; c < out.channels; c++)
            for (slong y = 0; y < out.height; y++)
                for (slong x = 0; x < out.width; x++)
                {
                    for (slong i = 0; i < s * s; i++)
                        window[i] = *at(image, b, c, y * s + i / s, x * s + i % s);
                    if (conv->pool == CST_ARCH_POOL_MAX)
                        for (slong i = 1; i < s * s; i++)
                            window[0] = larger(net, window[0], window[i]);
                    *at(&out, b, c, y, x) =
                        conv->pool == CST_ARCH_POOL_MAX ? window[0] : cst__net_mean(net, window, s * s);
                }
    flint_free(window);
    flint_free(image->entries);
    *image = out;
}

/* The largest of monotone functions is the function of the largest; taken in this order, units that are off
   do not tie. */
static int
pools_first(const cst_arch_convolution_t *conv)
{
    return conv->pool == CST_ARCH_POOL_MAX && conv->activation != CST_ARCH_GELU &&
           conv->activation != CST_ARCH_SILU && conv->activation != CST_ARCH_SIN &&
           conv->activation != CST_ARCH_MONOMIAL;
}

void
cst__cnn_size(slong size[2], const cst_arch_spec_struct *spec)
{
    size[0] = spec->input[1];
    size[1] = spec->input[2];
    for (slong l = 0; l < spec->convolutions; l++)
        for (int i = 0; i < 2; i++)
        {
            const cst_arch_convolution_t *conv = spec->convolution + l;

            size[i] = (size[i] + 2 * conv->padding - conv->kernel) / conv->stride + 1;
            if (conv->pool != CST_ARCH_POOL_NONE)
                size[i] /= conv->pool_size;
        }
}

void
cst__forward_cnn(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *inputs, slong batch)
{
    const cst_arch_spec_struct *spec = net->spec;
    const cst_arch_tensor_t *dense = cst__net_tensor(net, "w", -1), *bias = cst__net_tensor(net, "b", -1);
    image_t image = new_image(batch, spec->input[0], spec->input[1], spec->input[2]), next;
    slong size = batch * spec->input[0] * spec->input[1] * spec->input[2];

    for (slong i = 0; i < size; i++)
        image.entries[i] = inputs[i];
    for (slong l = 0; l < spec->convolutions; l++)
    {
        next = convolve(net, l, &image);
        flint_free(image.entries);
        image = next;
        normalize(net, l, &image);
        if (pools_first(spec->convolution + l))
            pool(net, l, &image);
        size = image.batch * image.channels * image.height * image.width;
        for (slong i = 0; i < size; i++)
            image.entries[i] = cst__net_activation(net, spec->convolution[l].activation, 1, image.entries[i]);
        if (!pools_first(spec->convolution + l))
            pool(net, l, &image);
    }
    size = image.channels * image.height * image.width;
    for (slong b = 0; b < batch; b++)
        for (slong r = 0; r < (dense ? spec->classes : size); r++)
        {
            cst_expr_t e = dense ? cst__net_zero(net) : image.entries[b * size + r];

            for (slong j = 0; dense && j < size; j++)
                e = cst__net_addmul(net, e, cst__net_entry(net, dense, r * size + j),
                                    image.entries[b * size + j]);
            outputs[b * (dense ? spec->classes : size) + r] =
                bias ? cst_expr_add(net->ctx, e, cst__net_entry(net, bias, r)) : e;
        }
    flint_free(image.entries);
}

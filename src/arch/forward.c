/* arch/forward.c -- the function of a network, written out; perceptrons and the small kinds. */
#include <string.h>

#include "arch/forward.h"

/* Networks beyond these sizes are not written out. */
#define MOST_PARAMETERS 100000
#define MOST_INPUTS 1000000

cst_expr_t *
cst__net_new(slong count)
{
    return flint_malloc((size_t) (count + 1) * sizeof(cst_expr_t));
}

const cst_arch_tensor_t *
cst__net_tensor(const cst__net_t *net, const char *name, slong number)
{
    slong t = cst__arch_find_numbered(net->arch, name, number);

    return t < 0 ? NULL : net->arch->tensors + t;
}

cst_expr_t
cst__net_entry(const cst__net_t *net, const cst_arch_tensor_t *tensor, slong index)
{
    return net->parameters[tensor->offset + index];
}

cst_expr_t
cst__net_zero(const cst__net_t *net)
{
    return cst_expr_integer(net->ctx, 0);
}

cst_expr_t
cst__net_addmul(const cst__net_t *net, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    return cst_expr_add(net->ctx, sum, cst_expr_mul(net->ctx, a, b));
}

void
cst__net_linear(cst_expr_t *y, const cst__net_t *net, const cst_arch_tensor_t *weight,
                const cst_arch_tensor_t *bias, const cst_expr_t *x, slong first, slong count)
{
    slong columns = weight->shape[1];

    for (slong r = 0; r < count; r++)
    {
        y[r] = cst__net_zero(net);
        for (slong j = 0; j < columns; j++)
            y[r] = cst__net_addmul(net, y[r], cst__net_entry(net, weight, (first + r) * columns + j), x[j]);
        if (bias)
            y[r] = cst_expr_add(net->ctx, y[r], cst__net_entry(net, bias, first + r));
    }
}

static cst_expr_t
rational(const cst__net_t *net, slong n, ulong d)
{
    fmpq_t q;
    cst_expr_t e;

    fmpq_init(q);
    fmpq_set_si(q, n, d);
    e = cst_expr_rational(net->ctx, q);
    fmpq_clear(q);
    return e;
}

/* x (1 + erf(x/sqrt 2))/2 */
static cst_expr_t
gelu(const cst__net_t *net, cst_expr_t x)
{
    cst_expr_t root = cst_expr_sqrt(net->ctx, rational(net, 1, 2));
    cst_expr_t e = cst_expr_function(net->ctx, CST_EXPR_ERF, cst_expr_mul(net->ctx, root, x));

    e = cst_expr_add(net->ctx, e, cst_expr_integer(net->ctx, 1));
    return cst_expr_mul(net->ctx, rational(net, 1, 2), cst_expr_mul(net->ctx, x, e));
}

static cst_expr_t
relu(const cst__net_t *net, cst_expr_t x)
{
    return cst_expr_function(net->ctx, CST_EXPR_RELU, x);
}

/* leak x + (1 - leak) relu(x) */
static cst_expr_t
leaky_relu(const cst__net_t *net, cst_expr_t x)
{
    cst_expr_t leak = cst_expr_rational(net->ctx, net->spec->leak);
    cst_expr_t rest = cst_expr_sub(net->ctx, cst_expr_integer(net->ctx, 1), leak);

    return cst__net_addmul(net, cst_expr_mul(net->ctx, leak, x), rest, relu(net, x));
}

cst_expr_t
cst__net_activation(const cst__net_t *net, cst_arch_activation_t activation, slong degree, cst_expr_t x)
{
    cst_expr_ctx_t ctx = net->ctx;

    switch (activation)
    {
    case CST_ARCH_RELU:
        return cst_expr_power_si(ctx, relu(net, x), degree);
    case CST_ARCH_LEAKY_RELU:
        return leaky_relu(net, x);
    case CST_ARCH_MONOMIAL:
        return cst_expr_power_si(ctx, x, degree);
    case CST_ARCH_TANH:
        return cst_expr_function(ctx, CST_EXPR_TANH, x);
    case CST_ARCH_SIN:
        return cst_expr_function(ctx, CST_EXPR_SIN, x);
    case CST_ARCH_SIGMOID:
        return cst_expr_function(ctx, CST_EXPR_SIGMOID, x);
    case CST_ARCH_GELU:
        return gelu(net, x);
    case CST_ARCH_SILU:
        return cst_expr_mul(ctx, x, cst_expr_function(ctx, CST_EXPR_SIGMOID, x));
    case CST_ARCH_SOFTPLUS:
        return cst_expr_function(ctx, CST_EXPR_SOFTPLUS, x);
    case CST_ARCH_EXP:
        return cst_expr_function(ctx, CST_EXPR_EXP, x);
    case CST_ARCH_RELU6:
        return cst_expr_sub(ctx, relu(net, x), relu(net, cst_expr_sub(ctx, x, cst_expr_integer(ctx, 6))));
    default:
        return x;
    }
}

cst_expr_t
cst__net_mean(const cst__net_t *net, const cst_expr_t *x, slong count)
{
    cst_expr_t sum = cst__net_zero(net);

    for (slong i = 0; i < count; i++)
        sum = cst_expr_add(net->ctx, sum, x[i]);
    return cst_expr_mul(net->ctx, rational(net, 1, (ulong) count), sum);
}

cst_expr_t
cst__net_reciprocal_norm(const cst__net_t *net, const cst_expr_t *x, slong count)
{
    cst_expr_t sum = cst__net_zero(net), e;
    fmpq_t exponent;

    for (slong i = 0; i < count; i++)
        sum = cst__net_addmul(net, sum, x[i], x[i]);
    sum = cst_expr_mul(net->ctx, rational(net, 1, (ulong) count), sum);
    sum = cst_expr_add(net->ctx, sum, cst_expr_rational(net->ctx, net->spec->epsilon));
    fmpq_init(exponent);
    fmpq_set_si(exponent, -1, 2);
    e = cst_expr_power(net->ctx, sum, exponent);
    fmpq_clear(exponent);
    return e;
}

void
cst__net_softmax(const cst__net_t *net, cst_expr_t *x, slong count)
{
    cst_expr_t sum = cst__net_zero(net);

    for (slong i = 0; i < count; i++)
    {
        x[i] = cst_expr_function(net->ctx, CST_EXPR_EXP, x[i]);
        sum = cst_expr_add(net->ctx, sum, x[i]);
    }
    sum = cst_expr_power_si(net->ctx, sum, -1);
    for (slong i = 0; i < count; i++)
        x[i] = cst_expr_mul(net->ctx, x[i], sum);
}

void
cst__net_normed_rows(cst_expr_t *weights, const cst__net_t *net, const cst_arch_tensor_t *weight,
                     const cst_arch_tensor_t *gain)
{
    slong rows = weight->shape[0], columns = weight->size / rows;

    for (slong r = 0; r < rows; r++)
    {
        cst_expr_t sum = cst__net_zero(net), factor;
        cst_expr_t *row = weights + r * columns;

        for (slong j = 0; j < columns; j++)
        {
            row[j] = cst__net_entry(net, weight, r * columns + j);
            sum = cst__net_addmul(net, sum, row[j], row[j]);
        }
        factor = cst_expr_power_si(net->ctx, cst_expr_sqrt(net->ctx, sum), -1);
        if (gain)
            factor = cst_expr_mul(net->ctx, factor, cst__net_entry(net, gain, r));
        for (slong j = 0; j < columns; j++)
            row[j] = cst_expr_mul(net->ctx, factor, row[j]);
    }
}

/* One layer of a perceptron, before its activation. */
static void
dense(cst_expr_t *y, const cst__net_t *net, slong l, const cst_expr_t *x)
{
    const cst_arch_spec_struct *spec = net->spec;
    const cst_arch_tensor_t *weight = cst__net_tensor(net, "w", l), *gain = cst__net_tensor(net, "g", l);
    const cst_arch_tensor_t *bias = cst__net_tensor(net, "b", l);
    slong rows = spec->widths[l], columns = spec->widths[l - 1];
    int unit = spec->kind == CST_ARCH_SCALE_INVARIANT && l < spec->depth;
    cst_expr_t *weights;

    if (weight && !unit)
    {
        cst__net_linear(y, net, weight, bias, x, 0, rows);
        return;
    }
    weights = cst__net_new(rows * columns);
    cst__net_normed_rows(weights, net, unit ? weight : cst__net_tensor(net, "v", l), gain);
    for (slong r = 0; r < rows; r++)
    {
        y[r] = bias ? cst__net_entry(net, bias, r) : cst__net_zero(net);
        for (slong j = 0; j < columns; j++)
            y[r] = cst__net_addmul(net, y[r], weights[r * columns + j], x[j]);
    }
    flint_free(weights);
}

static void
forward_mlp(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *inputs)
{
    const cst_arch_spec_struct *spec = net->spec;
    cst_expr_t *x = cst__net_new(spec->widths[0]), *y;

    memcpy(x, inputs, (size_t) spec->widths[0] * sizeof *x);
    for (slong l = 1; l <= spec->depth; l++)
    {
        y = cst__net_new(spec->widths[l]);
        dense(y, net, l, x);
        for (slong r = 0; l < spec->depth && r < spec->widths[l]; r++)
            y[r] = cst__net_activation(net, spec->activation, spec->degree, y[r]);
        flint_free(x);
        x = y;
    }
    for (slong r = 0; r < spec->widths[spec->depth]; r++)
        outputs[r] = spec->kind == CST_ARCH_MEAN_FIELD
                         ? cst_expr_mul(net->ctx, rational(net, 1, (ulong) spec->widths[1]), x[r])
                         : x[r];
    flint_free(x);
}

static void
forward_gate(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *x)
{
    const cst_arch_spec_struct *spec = net->spec;
    const cst_arch_tensor_t *gate = cst__net_tensor(net, "wg", -1), *experts = cst__net_tensor(net, "v", -1);
    slong d = spec->width, m = spec->value_width;
    cst_expr_t *p = cst__net_new(spec->experts), sum = cst__net_zero(net);

    cst__net_linear(p, net, gate, NULL, x, 0, spec->experts);
    if (!spec->sigmoid)
        cst__net_softmax(net, p, spec->experts);
    for (slong e = 0; e < spec->experts && spec->sigmoid; e++)
    {
        p[e] = cst_expr_function(net->ctx, CST_EXPR_SIGMOID, p[e]);
        sum = cst_expr_add(net->ctx, sum, p[e]);
    }
    for (slong r = 0; r < m; r++)
    {
        outputs[r] = cst__net_zero(net);
        for (slong e = 0; e < spec->experts; e++)
            for (slong j = 0; j < d; j++)
                outputs[r] = cst__net_addmul(
                    net, outputs[r], p[e],
                    cst_expr_mul(net->ctx, cst__net_entry(net, experts, (e * m + r) * d + j), x[j]));
        if (spec->sigmoid)
            outputs[r] = cst_expr_div(net->ctx, outputs[r], sum);
    }
    flint_free(p);
}

/* s_t = A s_(t-1) + B x_t, y_t = C s_t */
static void
forward_state_space(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *inputs)
{
    const cst_arch_spec_struct *spec = net->spec;
    const cst_arch_tensor_t *a = cst__net_tensor(net, "a", -1), *b = cst__net_tensor(net, "b", -1);
    slong n = spec->state;
    cst_expr_t *state = cst__net_new(n), *next = cst__net_new(n), *in = cst__net_new(n), *swap;

    for (slong i = 0; i < n; i++)
        state[i] = cst__net_zero(net);
    for (slong t = 0; t < spec->context; t++)
    {
        cst__net_linear(in, net, b, NULL, inputs + t * spec->width, 0, n);
        if (!spec->diagonal)
            cst__net_linear(next, net, a, NULL, state, 0, n);
        for (slong i = 0; i < n; i++)
        {
            if (spec->diagonal)
                next[i] = cst_expr_mul(net->ctx, cst__net_entry(net, a, i), state[i]);
            next[i] = cst_expr_add(net->ctx, next[i], in[i]);
        }
        cst__net_linear(outputs + t * spec->value_width, net, cst__net_tensor(net, "c", -1), NULL, next, 0,
                        spec->value_width);
        swap = state;
        state = next;
        next = swap;
    }
    flint_free(in);
    flint_free(next);
    flint_free(state);
}

slong
cst_arch_input_size(const cst_arch_t arch)
{
    const cst_arch_spec_struct *spec = arch->spec;

    switch (spec->kind)
    {
    case CST_ARCH_CNN:
        return spec->input[0] * spec->input[1] * spec->input[2];
    case CST_ARCH_TRANSFORMER:
        return spec->context;
    case CST_ARCH_ATTENTION:
    case CST_ARCH_STATE_SPACE:
        return spec->context * spec->width;
    case CST_ARCH_GATE:
        return spec->width;
    default:
        return spec->widths[0];
    }
}

slong
cst_arch_output_size(const cst_arch_t arch)
{
    const cst_arch_spec_struct *spec = arch->spec;
    slong size[2];

    switch (spec->kind)
    {
    case CST_ARCH_CNN:
        if (spec->classes > 0)
            return spec->classes;
        cst__cnn_size(size, spec);
        /* The last tensors are a convolution's: the first with four axes from the end has its channels. */
        for (slong t = arch->tensor_count - 1; t >= 0; t--)
            if (arch->tensors[t].axes == 4)
                return arch->tensors[t].shape[0] * size[0] * size[1];
        return 0;
    case CST_ARCH_TRANSFORMER:
        return spec->context * spec->output_vocabulary;
    case CST_ARCH_ATTENTION:
        return spec->context * spec->width;
    case CST_ARCH_STATE_SPACE:
        return spec->context * spec->value_width;
    case CST_ARCH_GATE:
        return spec->value_width;
    default:
        return spec->widths[spec->depth];
    }
}

/* Is the network small enough to be written out for this many inputs? */
static cst_status_t
check_size(const cst_arch_t arch, slong batch, cst_error_t *error)
{
    slong size = cst_arch_input_size(arch);

    if (arch->parameters > MOST_PARAMETERS || size > MOST_INPUTS / (batch + 1))
        return cst_error_set(error, CST_REFUSED,
                             "a network of %ld parameters with %ld inputs is too large to be "
                             "written out",
                             (long) arch->parameters, (long) size);
    return CST_OK;
}

static cst_status_t
check_tokens(const cst_arch_t arch, const fmpq *inputs, slong count, cst_error_t *error)
{
    for (slong i = 0; i < count && arch->spec->kind == CST_ARCH_TRANSFORMER; i++)
        if (!fmpz_is_one(fmpq_denref(inputs + i)) || fmpq_sgn(inputs + i) < 0 ||
            fmpz_cmp_si(fmpq_numref(inputs + i), arch->spec->vocabulary) >= 0)
            return cst_error_set(error, CST_BAD_INPUT, "input %ld is no token: expected 0 to %ld",
                                 (long) i + 1, (long) arch->spec->vocabulary - 1);
    return CST_OK;
}

/* The outputs for one open input, which is no token. x may be overwritten. */
static void
forward_vector(cst_expr_t *outputs, const cst__net_t *net, cst_expr_t *x)
{
    switch (net->spec->kind)
    {
    case CST_ARCH_TRANSFORMER:
        cst__forward_stream(outputs, net, x);
        break;
    case CST_ARCH_CNN:
        cst__forward_cnn(outputs, net, x, cst__arch_open_batch(net->arch));
        break;
    case CST_ARCH_ATTENTION:
        cst__forward_attention(outputs, net, x);
        break;
    case CST_ARCH_GATE:
        forward_gate(outputs, net, x);
        break;
    case CST_ARCH_STATE_SPACE:
        forward_state_space(outputs, net, x);
        break;
    default:
        forward_mlp(outputs, net, x);
    }
}

static void
forward(cst_expr_t *outputs, const cst__net_t *net, const fmpq *inputs, slong batch)
{
    slong in = cst_arch_input_size(net->arch), out = cst_arch_output_size(net->arch);
    cst_expr_t *x = cst__net_new(batch * in);

    for (slong i = 0; i < batch * in; i++)
        x[i] = cst_expr_rational(net->ctx, inputs + i);
    if (net->spec->kind == CST_ARCH_CNN)
        cst__forward_cnn(outputs, net, x, batch);
    for (slong b = 0; b < batch && net->spec->kind != CST_ARCH_CNN; b++)
        if (net->spec->kind == CST_ARCH_TRANSFORMER)
            cst__forward_transformer(outputs + b * out, net, inputs + b * in);
        else
            forward_vector(outputs + b * out, net, x + b * in);
    flint_free(x);
}

static cst_expr_t *
parameters_of(const cst_arch_t arch, cst_expr_ctx_t ctx, slong more)
{
    cst_expr_t *parameters = cst__net_new(arch->parameters + more);

    for (slong p = 0; p < arch->parameters; p++)
        parameters[p] = cst_arch_parameter(ctx, arch, p);
    return parameters;
}

cst_status_t
cst__arch_forward_open(cst_expr_t *outputs, cst_expr_t **inputs, cst_expr_ctx_t ctx, const cst_arch_t arch,
                       cst_error_t *error)
{
    slong count = arch->parameters, size = cst__arch_open_size(arch);
    cst_arch_spec_struct *spec;
    cst__net_t net = {ctx, arch, NULL, NULL};
    cst_expr_t *x;

    CST__TRY(check_size(arch, 1, error));
    net.spec = spec = flint_malloc(sizeof *spec);
    *spec = *arch->spec;
    spec->context = cst__arch_open_context(arch);
    net.parameters = parameters_of(arch, ctx, size);
    x = cst__net_new(size);
    for (slong i = 0; i < size; i++)
    {
        char name[32];

        snprintf(name, sizeof name, "input_%ld", (long) i + 1);
        x[i] = net.parameters[count + i] = cst_expr_variable(ctx, name);
    }
    forward_vector(outputs, &net, x);
    flint_free(x);
    flint_free(spec);
    *inputs = net.parameters;
    return CST_OK;
}

cst_status_t
cst_arch_forward(cst_expr_t *outputs, cst_expr_ctx_t ctx, const cst_arch_t arch, const fmpq *inputs,
                 slong batch, cst_error_t *error)
{
    cst__net_t net = {ctx, arch, arch->spec, NULL};

    CST__TRY(check_size(arch, batch, error));
    CST__TRY(check_tokens(arch, inputs, batch * cst_arch_input_size(arch), error));
    net.parameters = parameters_of(arch, ctx, 0);
    forward(outputs, &net, inputs, batch);
    flint_free(net.parameters);
    return CST_OK;
}

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"

void
build_begin(builder_t *b)
{
    b->head = b->length = 0;
    b->data = NULL;
    b->file = NULL;
}

double *
build_tensor(builder_t *b, const char *name, int rank, const slong *shape)
{
    size_t count = 1;

    b->head += (size_t) sprintf(b->header + b->head, "%s\"%s\":{\"dtype\":\"F64\",\"shape\":[",
                                b->head ? "," : "{", name);
    for (int i = 0; i < rank; i++)
    {
        b->head += (size_t) sprintf(b->header + b->head, "%s%ld", i ? "," : "", (long) shape[i]);
        count *= (size_t) shape[i];
    }
    b->head += (size_t) sprintf(b->header + b->head, "],\"data_offsets\":[%zu,%zu]}", 8 * b->length,
                                8 * (b->length + count));
    cr_assert_lt(b->head, sizeof b->header - 512);
    b->data = realloc(b->data, (b->length + count) * sizeof *b->data);
    b->length += count;
    return b->data + b->length - count;
}

void
build_end(builder_t *b, cst_io_checkpoint_t checkpoint)
{
    cst_error_t error;

    b->header[b->head++] = '}';
    b->file = malloc(8 + b->head + 8 * b->length);
    for (int i = 0; i < 8; i++)
        b->file[i] = (unsigned char) ((uint64_t) b->head >> (8 * i));
    memcpy(b->file + 8, b->header, b->head);
    memcpy(b->file + 8 + b->head, b->data, 8 * b->length);
    cr_assert_eq(cst_io_checkpoint_parse(checkpoint, "built", b->file, 8 + b->head + 8 * b->length, &error),
                 CST_OK, "%s", error.message);
}

void
build_clear(builder_t *b)
{
    free(b->data);
    free(b->file);
}

void
weights_read(weights_t *w, const cst_io_checkpoint_t c)
{
    w->length = 0;
    w->names = malloc((size_t) c->length * sizeof *w->names);
    w->rank = malloc((size_t) c->length * sizeof *w->rank);
    w->shape = malloc((size_t) c->length * sizeof *w->shape);
    w->x = malloc((size_t) c->length * sizeof *w->x);
    for (slong i = 0; i < c->length; i++)
    {
        cst_io_tensor_t t = c->tensors + i;
        slong k = w->length;

        if (t->type > CST_IO_BF16)
            continue;
        w->length++;
        w->names[k] = strcpy(malloc(strlen(t->name) + 1), t->name);
        w->rank[k] = t->rank;
        memcpy(w->shape[k], t->shape, sizeof *w->shape);
        w->x[k] = malloc((size_t) t->count * sizeof **w->x);
        cr_assert_eq(cst_io_tensor_read(w->x[k], t, 0, t->count), CST_TRUE);
    }
}

double *
weights_find(const weights_t *w, const char *name)
{
    for (slong k = 0; k < w->length; k++)
        if (strcmp(w->names[k], name) == 0)
            return w->x[k];
    cr_assert(0, "no %s", name);
    return NULL;
}

void
weights_build(builder_t *b, const weights_t *w, cst_io_checkpoint_t checkpoint)
{
    build_begin(b);
    for (slong k = 0; k < w->length; k++)
    {
        size_t count = 1;
        double *x = build_tensor(b, w->names[k], w->rank[k], w->shape[k]);

        for (int i = 0; i < w->rank[k]; i++)
            count *= (size_t) w->shape[k][i];
        memcpy(x, w->x[k], count * sizeof *x);
    }
    build_end(b, checkpoint);
}

void
weights_clear(weights_t *w)
{
    for (slong k = 0; k < w->length; k++)
    {
        free(w->names[k]);
        free(w->x[k]);
    }
    free(w->names);
    free(w->rank);
    free(w->shape);
    free(w->x);
}

void
open_data(cst_io_checkpoint_t checkpoint, const char *name)
{
    char path[1024];
    cst_error_t error;

    snprintf(path, sizeof path, "%s/tests/data/checkpoints/%s", getenv("top_srcdir"), name);
    cr_assert_eq(cst_io_checkpoint_open(checkpoint, path, &error), CST_OK, "%s: %s", path, error.message);
}

const cst_observation_t *
row_of(const cst_observe_table_t table, slong step, const char *layer, const char *observable)
{
    for (slong i = 0; i < table->length; i++)
    {
        const cst_observation_t *o = table->items + i;

        if (o->step == step && strcmp(o->layer, layer) == 0 && strcmp(o->observable, observable) == 0)
            return o;
    }
    cr_assert(0, "no %s of %s at %ld", observable, layer, (long) step);
    return NULL;
}

void
assert_row(const cst_observe_table_t table, slong step, const char *layer, const char *observable,
           double value, double tolerance, double relative)
{
    const cst_observation_t *o = row_of(table, step, layer, observable);

    cr_assert_leq(fabs(o->value - value), o->error + tolerance, "%s of %s is %.17g, not %.17g", observable,
                  layer, o->value, value);
    cr_assert_leq(o->error, relative * fabs(value), "%s of %s has error %g", observable, layer, o->error);
}

double
uniform(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return ((double) (*state >> 11) + 0.5) * 0x1p-53;
}

double
normal(uint64_t *state)
{
    double r = sqrt(-2 * log(uniform(state)));

    return r * cos(2 * 3.14159265358979 * uniform(state));
}

void
permutation(slong *p, slong n, uint64_t *state)
{
    for (slong i = 0; i < n; i++)
    {
        slong j = (slong) (uniform(state) * (double) (i + 1));

        p[i] = p[j];
        p[j] = i;
    }
}

cst_io_node_t
settings_of(cst_io_yaml_t yaml, const char *text)
{
    cst_error_t error;

    cr_assert_eq(cst_io_yaml_parse(yaml, "settings", text, strlen(text), &error), CST_OK, "%s",
                 error.message);
    return yaml->root;
}

void
observe_both(cst_observe_table_t table, const weights_t *w, const char *settings)
{
    cst_io_yaml_t yaml;
    cst_observe_run_t run = cst_observe_run_new(settings_of(yaml, settings));

    cst_observe_table_init(table);
    for (int k = 0; k < 2; k++)
    {
        builder_t builder;
        cst_io_checkpoint_t a;

        weights_build(&builder, w + k, a);
        cr_assert_eq(cst_observe_next(table, run, a, 10 * k, NULL), CST_OK);
        cst_io_checkpoint_clear(a);
        build_clear(&builder);
    }
    cst_observe_run_free(run);
    cst_io_yaml_clear(yaml);
}

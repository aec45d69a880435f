#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"

typedef struct
{
    const char *layer, *name;
    int invariant;
    slong length, room;
    double *step, *value, *error, *raw;
} curve_t;

typedef struct
{
    slong length, room;
    curve_t *items;
} curves_t;

static const char *
text_of(cst_io_node_t row, const char *key)
{
    cst_io_node_t value = cst_io_yaml_get(row, key);

    return value && value->kind == CST_IO_SCALAR ? value->text : NULL;
}

/* NaN for null. */
static double
number_of(cst_io_node_t row, const char *key)
{
    const char *text = text_of(row, key);
    char *end;
    double x = text ? strtod(text, &end) : (double) NAN;

    return text && end != text && !*end ? x : (double) NAN;
}

static curve_t *
find_curve(curves_t *curves, const char *layer, const char *name, int invariant)
{
    for (slong i = 0; i < curves->length; i++)
        if (strcmp(curves->items[i].layer, layer) == 0 && strcmp(curves->items[i].name, name) == 0)
            return curves->items + i;
    if (curves->length == curves->room)
    {
        curves->room = 2 * curves->room + 16;
        curves->items = flint_realloc(curves->items, (size_t) curves->room * sizeof *curves->items);
    }
    memset(curves->items + curves->length, 0, sizeof *curves->items);
    curves->items[curves->length].layer = layer;
    curves->items[curves->length].name = name;
    curves->items[curves->length].invariant = invariant;
    return curves->items + curves->length++;
}

static void
push(curve_t *c, double step, double value, double error, double raw)
{
    if (c->length == c->room)
    {
        c->room = 2 * c->room + 16;
        c->step = flint_realloc(c->step, (size_t) c->room * sizeof(double));
        c->value = flint_realloc(c->value, (size_t) c->room * sizeof(double));
        c->error = flint_realloc(c->error, (size_t) c->room * sizeof(double));
        c->raw = flint_realloc(c->raw, (size_t) c->room * sizeof(double));
    }
    c->step[c->length] = step;
    c->value[c->length] = value;
    c->error[c->length] = error;
    c->raw[c->length++] = raw;
}

static void
curves_clear(curves_t *curves)
{
    for (slong i = 0; i < curves->length; i++)
    {
        flint_free(curves->items[i].step);
        flint_free(curves->items[i].value);
        flint_free(curves->items[i].error);
        flint_free(curves->items[i].raw);
    }
    flint_free(curves->items);
}

static cst_status_t
read_curves(curves_t *curves, const cst_io_yaml_t yaml, cst_error_t *error)
{
    for (slong i = 0; i < yaml->root->length; i++)
    {
        cst_io_node_t row = yaml->root->items[i];
        const char *layer = text_of(row, "layer"), *name = text_of(row, "observable"),
                   *invariant = text_of(row, "invariant");
        double step = number_of(row, "step");

        if (!layer || !name)
        {
            cst_io_yaml_place(error, yaml, row, 0);
            return cst_error_set(error, CST_BAD_INPUT,
                                 "expected an observation, with 'layer', 'observable' and 'value'");
        }
        push(find_curve(curves, layer, name, invariant && strcmp(invariant, "true") == 0),
             isfinite(step) ? step : (double) i, number_of(row, "value"), number_of(row, "error"),
             number_of(row, "raw"));
    }
    return CST_OK;
}

/* ---- Pictures --------------------------------------------------------------------------------------- */

static void
extend(cst__plot_t *p, double x, double y)
{
    p->x0 = fmin(p->x0, x);
    p->x1 = fmax(p->x1, x);
    p->y0 = fmin(p->y0, y);
    p->y1 = fmax(p->y1, y);
}

/* Broken where a value is not defined. */
static void
draw_line(const cst__plot_t *p, const curve_t *c, const double *y, const char *class)
{
    int open = 0;

    for (slong i = 0; i < c->length; i++)
    {
        if (!isfinite(y[i]))
        {
            fputs(open ? "\"/>\n" : "", p->out);
            open = 0;
            continue;
        }
        if (!open)
            fprintf(p->out, "<polyline class=\"%s\" points=\"", class);
        open = 1;
        fprintf(p->out, "%.2f,%.2f ", cst__plot_x(p, c->step[i]), cst__plot_y(p, y[i]));
    }
    fputs(open ? "\"/>\n" : "", p->out);
}

static void
draw(FILE *out, const curve_t *c)
{
    double infinity = (double) INFINITY, worst = 0;
    cst__plot_t p = {out, infinity, -infinity, infinity, -infinity, 0};

    for (slong i = 0; i < c->length; i++)
    {
        if (isfinite(c->value[i]))
            extend(&p, c->step[i], c->value[i]);
        if (isfinite(c->raw[i]))
            extend(&p, c->step[i], c->raw[i]);
        if (isfinite(c->error[i]))
            worst = fmax(worst, c->error[i]);
    }
    fputs("<figure><figcaption>", out);
    cst__print_escaped(out, c->layer);
    fputs(": <b>", out);
    cst__print_escaped(out, c->name);
    fprintf(out, "</b>%s</figcaption>\n", c->invariant ? " *" : "");
    if (isfinite(p.x0) && c->length > 1)
    {
        p.logarithmic = p.y0 > 0 && p.y1 > 100 * p.y0;
        cst__plot_begin(&p);
        draw_line(&p, c, c->raw, "r");
        draw_line(&p, c, c->value, "v");
        cst__plot_end(&p);
    }
    for (slong i = 0; i < c->length && c->length == 1; i++)
        fprintf(out, "<p>%.12g \xc2\xb1 %.2g</p>\n", c->value[i], c->error[i]);
    fprintf(out, "<p class=\"s\">proved error at most %.2g</p></figure>\n", worst);
}

cst_status_t
cst__report_observations(FILE *out, const char *path, cst_error_t *error)
{
    cst_io_yaml_t yaml;
    curves_t curves = {0, 0, NULL};
    cst_status_t status = cst_io_yaml_read(yaml, path, error);

    if (status != CST_OK)
        return status;
    status = cst_io_yaml_expect(yaml, yaml->root, CST_IO_SEQUENCE, error);
    if (status == CST_OK)
        status = read_curves(&curves, yaml, error);
    if (status == CST_OK)
    {
        fputs("<h1>Observables</h1>\n<p>* respects all symmetries of the network that are known. Solid: the "
              "observable; dashed: the same of the raw weights, where it differs.</p>\n<div class=\"m\">\n",
              out);
        for (slong i = 0; i < curves.length; i++)
            draw(out, curves.items + i);
        fputs("</div>\n", out);
    }
    curves_clear(&curves);
    cst_io_yaml_clear(yaml);
    return status;
}

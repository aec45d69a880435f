#include "config.h"

#include <caustic/certificate.h>

#include "cli/report.h"

#define MOST_PICTURED 200000 /* boxes */

/* ---- What is claimed ------------------------------------------------------------------------------ */

static void
print_row(FILE *out, const char *key, const char *value)
{
    fprintf(out, "<tr><th>%s</th><td><code>", key);
    cst__print_escaped(out, value);
    fputs("</code></td></tr>\n", out);
}

static void
print_exact(FILE *out, const char *key, const fmpq_t value)
{
    char *s = fmpq_get_str(NULL, 10, value);

    print_row(out, key, s);
    flint_free(s);
}

static void
print_claim(FILE *out, const cst_certificate_t c)
{
    fprintf(out, "<p class=\"claim\">%.17g \xe2\x89\xa4 t*", fmpq_get_d(c->lower));
    if (c->has_upper)
        fprintf(out, " \xe2\x89\xa4 %.17g", fmpq_get_d(c->upper));
    else
        fputs(" (no shock until then)", out);
    fputs("</p>\n<p>These decimals are rounded; the claim is exact:</p>\n<table>\n", out);
    print_exact(out, "lower bound", c->lower);
    if (c->has_upper)
        print_exact(out, "upper bound", c->upper);
    else
        print_row(out, "upper bound", "none");
    for (slong i = 0; i < c->line_count; i++)
        print_row(out, c->lines[i].keyword, c->lines[i].text);
    fputs("</table>\n", out);
}

/* ---- The cover -------------------------------------------------------------------------------------- */

static void
draw_box(const cst__plot_t *plot, const cst_certificate_t c, slong node, const char *class)
{
    fmpq *low = _fmpq_vec_init(c->dimension), *high = _fmpq_vec_init(c->dimension);
    double x, y;
    int flat = c->dimension == 1;

    cst_certificate_box(low, high, c, node);
    x = cst__plot_x(plot, fmpq_get_d(low));
    y = cst__plot_y(plot, flat ? 1 : fmpq_get_d(high + 1));
    fprintf(plot->out, "<rect class=\"%s\" x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\"/>\n", class,
            x, y, cst__plot_x(plot, fmpq_get_d(high)) - x,
            cst__plot_y(plot, flat ? 0 : fmpq_get_d(low + 1)) - y);
    _fmpq_vec_clear(low, c->dimension);
    _fmpq_vec_clear(high, c->dimension);
}

static void
draw_cover(FILE *out, const cst_certificate_t c)
{
    int flat = c->dimension == 1;
    cst__plot_t plot = {out,
                        fmpq_get_d(c->low),
                        fmpq_get_d(c->high),
                        flat ? 0 : fmpq_get_d(c->low + 1),
                        flat ? 1 : fmpq_get_d(c->high + 1),
                        0};

    cst__plot_begin(&plot);
    for (slong i = 0; i < c->node_count && i < MOST_PICTURED; i++)
        switch (c->nodes[i].kind)
        {
        case CST_CERTIFICATE_STATIC:
            draw_box(&plot, c, i, "a");
            break;
        case CST_CERTIFICATE_FLOW:
            draw_box(&plot, c, i, "b");
            break;
        case CST_CERTIFICATE_POSITIVE:
            draw_box(&plot, c, i, "p");
            break;
        default:
            break;
        }
    if (c->has_upper)
        fprintf(out, "<circle class=\"w\" cx=\"%.3f\" cy=\"%.3f\" r=\"4\"/>\n",
                cst__plot_x(&plot, fmpq_get_d(c->point)),
                cst__plot_y(&plot, flat ? 0.5 : fmpq_get_d(c->point + 1)));
    cst__plot_end(&plot);
}

static slong
count_kind(const cst_certificate_t c, cst_certificate_kind_t kind)
{
    slong n = 0;

    for (slong i = 0; i < c->node_count; i++)
        n += c->nodes[i].kind == kind;
    return n;
}

static void
print_evidence(FILE *out, const cst_certificate_t c)
{
    fputs("<h2>The cover</h2>\n", out);
    if (c->dimension <= 2)
        draw_cover(out, c);
    fprintf(out,
            "<p>%ld boxes with constant momenta, %ld with a verified flow, in %ld parts, each proved free of "
            "focal "
            "points up to the lower bound.",
            (long) count_kind(c, CST_CERTIFICATE_STATIC), (long) count_kind(c, CST_CERTIFICATE_FLOW),
            (long) count_kind(c, CST_CERTIFICATE_POSITIVE));
    if (c->dimension > 2)
        fputs(" They are pictured in one and two dimensions only.", out);
    if (c->has_upper)
    {
        fputs(" The circle: the first shock begins before the upper bound at ", out);
        for (slong i = 0; i < c->dimension; i++)
            fprintf(out, "%s%s = %.10g", i ? ", " : "", c->names[i], fmpq_get_d(c->point + i));
        fputc('.', out);
    }
    fputs("</p>\n", out);
}

void
cst__report_certificate(FILE *out, const cst_certificate_t c)
{
    fputs("<h1>", out);
    cst__print_escaped(out, c->title);
    fputs("</h1>\n", out);
    print_claim(out, c);
    print_evidence(out, c);
    fprintf(out,
            "<p>The seal %s the text (sha256 <code>%s</code>). This page shows what the certificate says and "
            "proves nothing: <code>caustic-check</code> does.</p>\n",
            c->sealed ? "matches" : "does not match", c->sha256);
}

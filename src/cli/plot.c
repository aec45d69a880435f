#include "config.h"

#include <math.h>

#include "cli/report.h"

#define LEFT 70.0
#define TOP 8.0
#define WIDTH 330.0
#define HEIGHT 180.0

void
cst__print_escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text)
        {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static double
scale(const cst__plot_t *p, double y)
{
    return p->logarithmic ? log10(y) : y;
}

double
cst__plot_x(const cst__plot_t *p, double x)
{
    return LEFT + WIDTH * (x - p->x0) / (p->x1 - p->x0);
}

double
cst__plot_y(const cst__plot_t *p, double y)
{
    return TOP + HEIGHT * (scale(p, p->y1) - scale(p, y)) / (scale(p, p->y1) - scale(p, p->y0));
}

/* 1, 2 or 5 times a power of ten, about a fifth of the range. */
static double
tick_step(double range)
{
    double unit = pow(10, floor(log10(range / 5))), times = range / 5 / unit;

    return unit * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}

static void
tick_x(const cst__plot_t *p, double x)
{
    double at = cst__plot_x(p, x);

    fprintf(p->out, "<line class=\"g\" x1=\"%.2f\" x2=\"%.2f\" y1=\"%.2f\" y2=\"%.2f\"/>", at, at, TOP,
            TOP + HEIGHT);
    fprintf(p->out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">%.6g</text>\n", at, TOP + HEIGHT + 14,
            x);
}

static void
tick_y(const cst__plot_t *p, double y)
{
    double at = cst__plot_y(p, y);

    fprintf(p->out, "<line class=\"g\" x1=\"%.2f\" x2=\"%.2f\" y1=\"%.2f\" y2=\"%.2f\"/>", LEFT, LEFT + WIDTH,
            at, at);
    fprintf(p->out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">%.6g</text>\n", LEFT - 5, at + 4, y);
}

static void
ticks(const cst__plot_t *p)
{
    double step = tick_step(p->x1 - p->x0);

    for (double k = ceil(p->x0 / step); k * step <= p->x1; k++)
        tick_x(p, k * step);
    if (p->logarithmic)
    {
        double first = ceil(log10(p->y0)), count = floor(log10(p->y1)) - first,
               every = fmax(1, ceil(count / 5));

        for (double k = 0; k <= count; k += every)
            tick_y(p, pow(10, first + k));
        return;
    }
    step = tick_step(p->y1 - p->y0);
    for (double k = ceil(p->y0 / step); k * step <= p->y1; k++)
        tick_y(p, k * step);
}

static void
widen(double *low, double *high)
{
    double by = fmax(fabs(*low), fabs(*high));

    if (*high - *low > 1e-13 * by)
        return;
    by = by > 0 ? by / 20 : 1;
    *low -= by;
    *high += by;
}

void
cst__plot_begin(cst__plot_t *p)
{
    widen(&p->x0, &p->x1);
    if (p->logarithmic && !(p->y1 > 1.1 * p->y0 && p->y0 > 0))
        p->logarithmic = 0;
    if (!p->logarithmic)
        widen(&p->y0, &p->y1);
    fprintf(p->out, "<svg width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n",
            LEFT + WIDTH + 20, TOP + HEIGHT + 22, LEFT + WIDTH + 20, TOP + HEIGHT + 22);
    ticks(p);
    fprintf(p->out, "<rect class=\"f\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n", LEFT, TOP,
            WIDTH, HEIGHT);
}

void
cst__plot_end(const cst__plot_t *p)
{
    fputs("</svg>\n", p->out);
}

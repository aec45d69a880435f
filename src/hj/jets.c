/* hj/jets.c -- the jets of a function and of its gradient: names, places, total derivatives. */
#include <string.h>

#include "expr/pool.h"
#include "hj/jets.h"

/* Names ------------------------------------------------------------------- */

typedef enum
{
    LETTERS, /* u_xy */
    WORDS,   /* u_z1_z2 */
    NUMBERS  /* u_1_2 */
} style_t;

static style_t
style_of(const cst_expr_t *coordinates, slong n)
{
    style_t style = LETTERS;

    for (slong i = 0; i < n; i++)
    {
        const char *name = cst_expr_name(coordinates[i]);

        if (strchr(name, '_') || strcmp(name, "t") == 0)
            return NUMBERS;
        if (name[1])
            style = WORDS;
    }
    return style;
}

/* The letter, doubled until no coordinate is called so, or so with something behind a '_'. */
static void
choose_base(char base[16], char letter, const cst_expr_t *coordinates, slong n)
{
    size_t length = 1;

    for (slong i = 0; i < n; i++)
    {
        const char *name = cst_expr_name(coordinates[i]);

        if (length < 14 && strspn(name, (char[2]){letter, '\0'}) == length &&
            (name[length] == '_' || name[length] == '\0'))
        {
            length++;
            i = -1;
        }
    }
    memset(base, letter, length);
    base[length] = '\0';
}

static void
add_index(cst__text_t *name, style_t style, const cst_expr_t *coordinates, slong i)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%ld", (long) i + 1);
    cst__text_puts(name, style == NUMBERS ? digits : cst_expr_name(coordinates[i]));
}

/* u_xy, u_tx; and v_x_y, v_x_t */
static cst_expr_t
jet_variable(const cst_hj_jets_t jets, const cst_hj_jet_t *jet, const char *base, style_t style, int gradient)
{
    cst__text_t name;
    cst_expr_t e;

    cst__text_init(&name);
    cst__text_puts(&name, base);
    if (gradient)
    {
        cst__text_puts(&name, "_");
        add_index(&name, style, jets->coordinates, jet->index[0]);
    }
    for (int k = gradient ? 1 - jet->time : -jet->time; k < jet->order; k++)
    {
        int first = k == (gradient ? 1 - jet->time : -jet->time), time = first && jet->time;

        cst__text_puts(&name, first || style != LETTERS ? "_" : "");
        if (time)
            cst__text_puts(&name, "t");
        else
            add_index(&name, style, jets->coordinates, jet->index[k]);
    }
    e = cst_expr_variable(jets->ctx, name.text);
    flint_free(name.text);
    return e;
}

/* Places ------------------------------------------------------------------ */

static void
add_jet(cst_hj_jets_t jets, int time, int order, slong i, slong j, slong k)
{
    cst_hj_jet_t *jet = jets->jets + jets->length++;

    *jet = (cst_hj_jet_t){time, order, {i, j, k}, NULL, NULL};
}

static void
add_all(cst_hj_jets_t jets)
{
    slong n = jets->dimension;

    add_jet(jets, 0, 0, 0, 0, 0);
    add_jet(jets, 1, 0, 0, 0, 0);
    for (slong i = 0; i < n; i++)
        add_jet(jets, 0, 1, i, 0, 0);
    for (slong i = 0; i < n; i++)
        add_jet(jets, 1, 1, i, 0, 0);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            add_jet(jets, 0, 2, i, j, 0);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            for (slong k = j; k < n; k++)
                add_jet(jets, 0, 3, i, j, k);
}

void
cst_hj_jets_init(cst_hj_jets_t jets, cst_expr_ctx_t ctx, const cst_expr_t *coordinates, slong n)
{
    style_t style = style_of(coordinates, n);
    char u[16], v[16], nu[24] = "nu";

    jets->ctx = ctx;
    jets->dimension = n;
    jets->coordinates = coordinates;
    jets->length = 0;
    jets->jets =
        flint_malloc((size_t) (2 + 2 * n + n * (n + 1) / 2 + n * (n + 1) * (n + 2) / 6) * sizeof *jets->jets);
    for (slong i = 0; i < n; i++)
        if (strcmp(cst_expr_name(coordinates[i]), nu) == 0)
        {
            strcat(nu, "u");
            i = strlen(nu) < 20 ? -1 : n;
        }
    jets->viscosity = cst_expr_variable(ctx, nu);
    choose_base(u, 'u', coordinates, n);
    choose_base(v, 'v', coordinates, n);
    add_all(jets);
    for (slong p = 0; p < jets->length; p++)
    {
        cst_hj_jet_t *jet = jets->jets + p;

        jet->of_u = jet_variable(jets, jet, u, style, 0);
        if (jet->order > 0)
            jet->of_v = jet_variable(jets, jet, v, style, 1);
    }
}

void
cst_hj_jets_clear(cst_hj_jets_t jets)
{
    flint_free(jets->jets);
}

slong
cst_hj_jet_find(const cst_hj_jets_t jets, int time, const slong *index, int order)
{
    slong sorted[3] = {0, 0, 0};

    if (order > 3)
        return -1;
    for (int k = 0; k < order; k++)
    {
        int p = k;

        for (; p > 0 && sorted[p - 1] > index[k]; p--)
            sorted[p] = sorted[p - 1];
        sorted[p] = index[k];
    }
    for (slong p = 0; p < jets->length; p++)
        if (jets->jets[p].time == time && jets->jets[p].order == order &&
            memcmp(jets->jets[p].index, sorted, sizeof sorted) == 0)
            return p;
    return -1;
}

cst_expr_t
cst__jets_u(const cst_hj_jets_t jets, int time, const slong *index, int order)
{
    return jets->jets[cst_hj_jet_find(jets, time, index, order)].of_u;
}

cst_expr_t
cst__jets_short(const cst_lie_chart_t *chart, cst_expr_t e)
{
    cst_expr_t normal = cst_expr_simplify(chart->ctx, e, chart->positive, chart->positive_length);
    char *a = cst_expr_print(chart->ctx, e), *b = cst_expr_print(chart->ctx, normal);

    if (!a || (b && strlen(b) <= strlen(a)))
        e = normal;
    flint_free(a);
    flint_free(b);
    return e;
}

/* Calculus ---------------------------------------------------------------- */

cst_expr_t
cst__jets_add_product(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b, cst_expr_t c)
{
    if (cst_expr_is_integer_value(b, 0) || cst_expr_is_integer_value(c, 0))
        return a;
    return cst_expr_add(ctx, a, cst_expr_mul(ctx, b, c));
}

cst_expr_t
cst_hj_total_derivative(const cst_hj_jets_t jets, cst_expr_t e, slong k)
{
    cst_expr_t sum = cst_expr_derivative(jets->ctx, e, jets->coordinates[k]);

    for (slong p = 0; p < jets->length; p++)
    {
        const cst_hj_jet_t *jet = jets->jets + p;
        slong index[4] = {jet->index[0], jet->index[1], jet->index[2], 0}, next;
        cst_expr_t d = cst_expr_derivative(jets->ctx, e, jet->of_u);

        if (cst_expr_is_integer_value(d, 0))
            continue;
        index[jet->order] = k;
        next = cst_hj_jet_find(jets, jet->time, index, jet->order + 1);
        if (next < 0)
            return NULL;
        sum = cst__jets_add_product(jets->ctx, sum, d, jets->jets[next].of_u);
    }
    return sum;
}

cst_expr_t
cst_hj_in_gradient(const cst_hj_jets_t jets, cst_expr_t e)
{
    cst_expr_t *of_u = flint_malloc((size_t) jets->length * sizeof *of_u), *of_v;
    slong count = 0;

    of_v = flint_malloc((size_t) jets->length * sizeof *of_v);
    for (slong p = 0; p < jets->length; p++)
        if (jets->jets[p].of_v)
        {
            of_u[count] = jets->jets[p].of_u;
            of_v[count++] = jets->jets[p].of_v;
        }
    e = cst_expr_substitute(jets->ctx, e, of_u, of_v, count);
    flint_free(of_u);
    flint_free(of_v);
    return e;
}

char *
cst_hj_jet_latex(const cst_hj_jets_t jets, slong place, int gradient)
{
    const cst_hj_jet_t *jet = jets->jets + place;
    cst__text_t text;

    cst__text_init(&text);
    if (jet->time)
        cst__text_puts(&text, "\\partial_t ");
    for (int k = gradient ? 1 : 0, times; k < jet->order; k += times)
    {
        for (times = 1; k + times < jet->order && jet->index[k + times] == jet->index[k]; times++)
            ;
        cst__text_puts(&text, "\\partial_{");
        cst__text_latex_name(&text, cst_expr_name(jets->coordinates[jet->index[k]]));
        cst__text_puts(&text, times == 1 ? "} " : times == 2 ? "}^{2} " : "}^{3} ");
    }
    cst__text_puts(&text, gradient ? "v_{" : "u");
    if (gradient)
    {
        cst__text_latex_name(&text, cst_expr_name(jets->coordinates[jet->index[0]]));
        cst__text_puts(&text, "}");
    }
    return text.text;
}

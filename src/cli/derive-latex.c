/* cli/derive-latex.c -- a derivation as an article, for pdflatex with amsmath. */
#include <string.h>

#include "cli/derive.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)
#define WIDTH 78 /* of a line, in symbols, about */

typedef struct
{
    FILE *out;
    const cst_derivation_struct *d;
    cst_expr_ctx_t ctx;
    int column;
    cst_expr_t *named; /* the jets, and how they are written */
    char **texts;
    slong named_length;
} writer_t;

/* Formulas ------------------------------------------------------------------- */

static char *
latex_of(const writer_t *w, cst_expr_t e)
{
    return cst_expr_print_latex_named(w->ctx, e, w->named, (const char *const *) w->texts, w->named_length);
}

/* About how many symbols a text shows: a command counts as one. */
static int
width_of(const char *text)
{
    int width = 0;

    while (*text)
        if (*text == '\\')
        {
            size_t word = strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

            width += strncmp(text, "\\left", 5) != 0 && strncmp(text, "\\right", 6) != 0 &&
                     strncmp(text, "\\frac", 5) != 0;
            text += word ? word + 1 : 2;
        }
        else
            width += !strchr("{}^_ ", *text++);
    return width;
}

static void
put(writer_t *w, const char *text)
{
    int width = width_of(text);

    if (w->column > 4 && w->column + width > WIDTH)
    {
        fputs("\\\\\n&\\qquad{}", w->out);
        w->column = 4;
    }
    fputs(text, w->out);
    w->column += width;
}

/* A term with its sign. "(\partial_x u)" at the end needs no parentheses. */
static void
put_term(writer_t *w, const char *sign, const char *term)
{
    size_t length = strlen(sign) + strlen(term);
    char *text = strcat(strcpy(flint_malloc(length + 1), sign), term), *open = strstr(text, "(\\partial"),
         *next;

    while (open && (next = strstr(open + 1, "(\\partial")))
        open = next;
    if (open && open[strcspn(open, ")")] && open + strcspn(open, ")") == text + length - 1)
    {
        text[length - 1] = '\0';
        memmove(open, open + 1, strlen(open));
    }
    put(w, text);
    flint_free(text);
}

static void put_sum(writer_t *w, cst_expr_t e, int first);

/* The longest sum among the factors of a product, or NULL; *rest is the product of the others. */
static cst_expr_t
longest_sum(const writer_t *w, cst_expr_t e, cst_expr_t *rest)
{
    cst_expr_t best = NULL, factor;
    size_t most = 0;

    *rest = cst_expr_integer(w->ctx, 1);
    for (int more = 1; more;)
    {
        char *text;

        more = cst_expr_kind(e) == CST_EXPR_MUL;
        factor = more ? cst_expr_argument(e, 0) : e;
        e = more ? cst_expr_argument(e, 1) : e;
        text = cst_expr_kind(factor) == CST_EXPR_ADD ? cst_expr_print(w->ctx, factor) : NULL;
        if (text && strlen(text) > most)
        {
            most = strlen(text);
            *rest = best ? cst_expr_mul(w->ctx, *rest, best) : *rest;
            best = factor;
        }
        else
            *rest = cst_expr_mul(w->ctx, *rest, factor);
        flint_free(text);
    }
    return best;
}

static void
put_product(writer_t *w, const char *sign, cst_expr_t e)
{
    char *text = latex_of(w, e);
    cst_expr_t rest, sum = text && width_of(text) <= WIDTH - 4 ? NULL : longest_sum(w, e, &rest);

    if (!sum)
        put_term(w, sign, text ? text : "\\cdots");
    else
    {
        char *before = cst_expr_is_integer_value(rest, 1) ? NULL : latex_of(w, rest);

        put_term(w, sign, before ? before : "");
        put(w, "\\bigl(");
        put_sum(w, sum, 1);
        put(w, "\\bigr)");
        flint_free(before);
    }
    flint_free(text);
}

/* The terms of a sum, each with its sign. */
static void
put_sum(writer_t *w, cst_expr_t e, int first)
{
    char *text;
    int minus;

    while (cst_expr_kind(e) == CST_EXPR_ADD)
    {
        put_sum(w, cst_expr_argument(e, 0), first);
        e = cst_expr_argument(e, 1);
        first = 0;
    }
    text = latex_of(w, e);
    minus = text && *text == '-';
    put_product(w, minus ? "-" : first ? "" : "+", minus ? cst_expr_neg(w->ctx, e) : e);
    flint_free(text);
}

static void
begin(writer_t *w)
{
    fputs("\\begin{align*}\n", w->out);
}

static void
line(writer_t *w, int first)
{
    fputs(first ? "&" : "\\\\\n&", w->out);
    w->column = 0;
}

static void
end(writer_t *w)
{
    fputs("\n\\end{align*}\n", w->out);
}

static void
put_labelled(writer_t *w, const char *label, cst_expr_t e)
{
    begin(w);
    line(w, 1);
    put(w, label);
    put_sum(w, e, 1);
    end(w);
}

/* The name of a coordinate, in LaTeX; the caller frees it. */
static char *
name_of(const writer_t *w, slong i)
{
    return cst_expr_print_latex(w->ctx, w->d->chart.coordinates[i]);
}

/* Sections ------------------------------------------------------------------- */

static void
put_components(writer_t *w, const cst_lie_chart_t *chart, const cst_expr_t *field, int is_map)
{
    int first = 1;

    for (slong a = 0; a < chart->dimension; a++)
    {
        char *name, *text;

        if (is_map ? field[a] == chart->coordinates[a] : cst_expr_is_integer_value(field[a], 0))
            continue;
        name = cst_expr_print_latex(w->ctx, chart->coordinates[a]);
        text = latex_of(w, field[a]);
        if (is_map)
        {
            put(w, first ? "" : ",\\ ");
            put(w, name);
            put(w, "\\mapsto ");
            put_product(w, "", field[a]);
        }
        else if (cst_expr_kind(field[a]) == CST_EXPR_ADD)
        {
            put(w, first ? "\\bigl(" : "+\\bigl(");
            put_sum(w, field[a], 1);
            put(w, "\\bigr)");
        }
        else
        {
            int minus = text && *text == '-';
            cst_expr_t e = minus ? cst_expr_neg(w->ctx, field[a]) : field[a];

            put(w, minus ? "-" : first ? "" : "+");
            if (!cst_expr_is_integer_value(e, 1))
                put_product(w, "", e);
        }
        if (!is_map)
        {
            put(w, "\\,\\partial_{");
            put(w, name);
            put(w, "}");
        }
        flint_free(name);
        flint_free(text);
        first = 0;
    }
    if (first)
        put(w, is_map ? "\\mathrm{id}" : "0");
}

static void
put_group(writer_t *w, const cst_problem_total_t *total)
{
    char label[64];

    fprintf(w->out, "\\section{Group}\nThe parameters are $");
    for (slong a = 0; a < total->chart.dimension; a++)
    {
        char *name = cst_expr_print_latex(w->ctx, total->chart.coordinates[a]);

        fprintf(w->out, "%s%s", a ? "$, $" : "", name);
        flint_free(name);
    }
    if (total->construction == CST_PROBLEM_BALANCED)
    {
        char *level = cst_expr_print_latex(w->ctx, total->level);

        fprintf(w->out, "$. The quotient is that of the balanced slice of level $%s$", level);
        flint_free(level);
    }
    else
        fputs("$. The metric is invariant under the group", w->out);
    fputs(total->generator_count + total->discrete_count ? ", which is given by\n" : ".\n", w->out);
    if (total->generator_count + total->discrete_count == 0)
        return;
    begin(w);
    for (slong i = 0; i < total->generator_count; i++)
    {
        line(w, i == 0);
        snprintf(label, sizeof label, "\\xi_{%ld}=", (long) i + 1);
        put(w, label);
        put_components(w, &total->chart, total->generators[i], 0);
    }
    for (slong i = 0; i < total->discrete_count; i++)
    {
        line(w, i == 0 && total->generator_count == 0);
        snprintf(label, sizeof label, "h_{%ld}\\colon ", (long) i + 1);
        put(w, label);
        put_components(w, &total->chart, total->discrete[i], 1);
    }
    end(w);
}

static void
put_quotient(writer_t *w, const cst_problem_total_t *total)
{
    fprintf(w->out, "\\section{Quotient}\nIts dimension is $%ld$, and its coordinates are the invariants\n",
            (long) w->d->chart.dimension);
    begin(w);
    for (slong i = 0; i < w->d->chart.dimension; i++)
    {
        char *name = name_of(w, i);

        line(w, i == 0);
        put(w, name);
        put(w, "=");
        put_sum(w, total->invariants[i], 1);
        flint_free(name);
    }
    end(w);
}

/* The entries that are not zero, of the upper triangle. */
static void
put_matrix(writer_t *w, const char *title, const char *letter, const cst_geom_matrix_struct *m)
{
    int first = 1;

    fprintf(w->out, "%s\n", title);
    begin(w);
    for (slong i = 0; i < m->rows; i++)
        for (slong j = i; j < m->columns; j++)
        {
            char *a = name_of(w, i), *b = name_of(w, j);

            if (!cst_expr_is_integer_value(AT(m, i, j), 0))
            {
                line(w, first);
                put(w, letter);
                put(w, "{");
                put(w, a);
                put(w, b);
                put(w, "}=");
                put_sum(w, AT(m, i, j), 1);
                first = 0;
            }
            flint_free(a);
            flint_free(b);
        }
    end(w);
}

static void
put_christoffel(writer_t *w)
{
    slong n = w->d->chart.dimension;
    int shown = 0;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = j; k < n; k++)
            {
                cst_expr_t e = w->d->christoffel[(i * n + j) * n + k];
                char *a, *b, *c;

                if (cst_expr_is_integer_value(e, 0))
                    continue;
                if (!shown)
                {
                    fputs("The Christoffel symbols that do not vanish are\n", w->out);
                    begin(w);
                }
                line(w, !shown++);
                a = name_of(w, i), b = name_of(w, j), c = name_of(w, k);
                put(w, "\\Gamma^{");
                put(w, a);
                put(w, "}_{");
                put(w, b);
                put(w, c);
                put(w, "}=");
                put_sum(w, e, 1);
                flint_free(a);
                flint_free(b);
                flint_free(c);
            }
    if (shown)
        end(w);
    else
        fputs("All Christoffel symbols vanish.\n", w->out);
}

static void
put_geometry(writer_t *w)
{
    const cst_derivation_struct *d = w->d;

    fputs("\\section{Metric}\n", w->out);
    put_matrix(w, "The co-metric has the entries (those not shown vanish)", "g^", d->cometric);
    put_matrix(w, "and the metric", "g_", d->metric);
    fputs("with\n", w->out);
    put_labelled(w, "\\det g=", d->determinant);
    if (d->christoffel)
    {
        put_christoffel(w);
        fputs("The scalar curvature is\n", w->out);
        put_labelled(w, "R=", d->scalar_curvature);
    }
    else
        fputs("The curvature is too large to be written.\n", w->out);
    if (!d->problem->total)
        return;
    if (d->orbit_volume)
    {
        fputs("and the volume of the orbits, up to a factor,\n", w->out);
        put_labelled(w, "V=", d->orbit_volume);
    }
    if (d->is_unimodular == CST_FALSE)
        fputs("The group is not unimodular: $\\mathcal L$ below is the projected Laplacian, which is not the "
              "Laplacian "
              "with the drift $\\nabla\\log V$.\n",
              w->out);
}

static void
put_equation(writer_t *w, slong k, int first)
{
    cst__sides_t sides = cst__derive_sides(w->d, k);
    char *text = latex_of(w, sides.time), *nu = latex_of(w, w->d->jets->viscosity);

    line(w, first);
    put_term(w, "", text);
    if (!cst_expr_is_integer_value(sides.transport, 0))
        put_sum(w, sides.transport, 0);
    if (cst_expr_is_integer_value(sides.viscous, 0))
        put(w, "=0");
    else
    {
        line(w, 0);
        put(w, "\\qquad=");
        put(w, nu);
        put(w, "\\,\\bigl(");
        put_sum(w, sides.viscous, 1);
        put(w, "\\bigr)");
    }
    flint_free(text);
    flint_free(nu);
}

static void
put_equations(writer_t *w)
{
    const cst_derivation_struct *d = w->d;

    fputs("\\section{Hamiltonian}\n", w->out);
    put_labelled(w, "H=", d->hamiltonian);
    if (d->has_metric)
        fputs("\\section{Viscous Hamilton--Jacobi equation}\n"
              "This is $\\partial_tu+\\tfrac12g^{ij}\\partial_iu\\,\\partial_ju=\\nu\\,\\mathcal Lu$ with "
              "the generator "
              "$\\mathcal L=\\Delta_g+\\langle\\nabla\\log V,\\nabla\\,\\cdot\\,\\rangle$ "
              "(the projection of the Laplacian upstairs):\n",
              w->out);
    else
        fputs("\\section{Hamilton--Jacobi equation}\nNo metric is given, so viscosity is not defined.\n",
              w->out);
    begin(w);
    put_equation(w, -1, 1);
    end(w);
    fputs("\\section{Burgers equation}\nFor $v=du$, which is closed, so that "
          "$\\partial_iv_j=\\partial_jv_i$:\n",
          w->out);
    begin(w);
    for (slong k = 0; k < d->chart.dimension; k++)
        put_equation(w, k, k == 0);
    end(w);
    if (d->has_metric)
        fputs("Covariantly, with $X=\\nabla\\log V$ (in general, what $\\mathcal L$ adds to $\\Delta_g$),\n"
              "\\begin{align*}\n&\\partial_tv+\\nabla_vv=\\nu\\bigl(\\Delta_Bv+\\nabla_Xv-\\operatorname{Ric}"
              "(v)"
              "+(\\nabla X)^{\\mathsf T}v\\bigr).\n\\end{align*}\n",
              w->out);
    if (d->conserved_count == 0)
        return;
    fputs("\\section{Conserved quantities}\nGradient flow of the loss upstairs conserves\n", w->out);
    begin(w);
    for (slong k = 0; k < d->conserved_count; k++)
    {
        line(w, k == 0);
        put_sum(w, d->conserved[k], 1);
    }
    end(w);
}

static void
put_checks(writer_t *w)
{
    static const char *const words[] = {
        [CST_FALSE] = "Not so", [CST_TRUE] = "Proved", [CST_UNKNOWN] = "Undecided"};

    fputs("\\section{Verified identities}\nEach was decided by an exact test of expressions, identically in "
          "the "
          "coordinates and in the derivatives of $u$.\n\\begin{enumerate}\n",
          w->out);
    for (slong k = 0; k < w->d->check_count; k++)
    {
        fprintf(w->out, "\\item %s: ", words[w->d->checks[k].holds]);
        cst__print_latex_text(w->out, w->d->checks[k].identity);
        fputs(".\n", w->out);
    }
    fputs("\\end{enumerate}\n", w->out);
}

/* (\partial_x u), v_x, (\partial_y v_x) */
static char *
jet_text(const cst_hj_jets_t jets, slong place, int gradient)
{
    char *bare = cst_hj_jet_latex(jets, place, gradient), *text = flint_malloc(strlen(bare) + 3);

    strcpy(text, *bare == '\\' ? "(" : "");
    strcat(text, bare);
    strcat(text, *bare == '\\' ? ")" : "");
    flint_free(bare);
    return text;
}

static void
name_jets(writer_t *w)
{
    const cst_hj_jets_struct *jets = w->d->jets;

    w->named = flint_malloc((size_t) (2 * jets->length) * sizeof *w->named);
    w->texts = flint_malloc((size_t) (2 * jets->length) * sizeof *w->texts);
    for (slong p = 0; p < jets->length; p++)
    {
        w->named[w->named_length] = jets->jets[p].of_u;
        w->texts[w->named_length++] = jet_text(jets, p, 0);
        if (!jets->jets[p].of_v)
            continue;
        w->named[w->named_length] = jets->jets[p].of_v;
        w->texts[w->named_length++] = jet_text(jets, p, 1);
    }
}

void
cst__derive_latex(FILE *out, const cst_derivation_t d)
{
    writer_t w = {.out = out, .d = d, .ctx = d->chart.ctx};

    name_jets(&w);
    fputs("\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}"
          "\n\\allowdisplaybreaks\n"
          "\\setcounter{secnumdepth}{0}\n\\title{",
          out);
    cst__print_latex_text(out, d->problem->title[0] ? d->problem->title : "A derivation");
    fputs("}\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle\n", out);
    if (d->problem->total)
    {
        put_group(&w, d->problem->total);
        put_quotient(&w, d->problem->total);
    }
    if (d->has_metric)
        put_geometry(&w);
    put_equations(&w);
    put_checks(&w);
    fputs("\\end{document}\n", out);
    for (slong i = 0; i < w.named_length; i++)
        flint_free(w.texts[i]);
    flint_free(w.texts);
    flint_free(w.named);
}

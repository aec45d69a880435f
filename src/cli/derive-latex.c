/* cli/derive-latex.c -- a derivation as an article, for pdflatex with amsmath. */
#include <string.h>

#include "cli/derive.h"
#include "cli/formula.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* The name of a coordinate, in LaTeX; the caller frees it. */
static char *
name_of(const cst_derivation_struct *d, slong i)
{
    return cst_expr_print_latex(d->chart.ctx, d->chart.coordinates[i]);
}

static void
put_components(cst__formula_t *w, const cst_lie_chart_t *chart, const cst_expr_t *field, int is_map)
{
    int first = 1;

    for (slong a = 0; a < chart->dimension; a++)
    {
        char *name, *text;

        if (is_map ? field[a] == chart->coordinates[a] : cst_expr_is_integer_value(field[a], 0))
            continue;
        name = cst_expr_print_latex(w->ctx, chart->coordinates[a]);
        text = cst__formula_text(w, field[a]);
        if (is_map)
        {
            cst__formula_put(w, first ? "" : ",\\ ");
            cst__formula_put(w, name);
            cst__formula_put(w, "\\mapsto ");
            cst__formula_put_product(w, "", field[a]);
        }
        else if (cst_expr_kind(field[a]) == CST_EXPR_ADD)
        {
            cst__formula_put(w, first ? "\\bigl(" : "+\\bigl(");
            cst__formula_put_sum(w, field[a], 1);
            cst__formula_put(w, "\\bigr)");
        }
        else
        {
            int minus = text && *text == '-';
            cst_expr_t e = minus ? cst_expr_neg(w->ctx, field[a]) : field[a];

            cst__formula_put(w, minus ? "-" : first ? "" : "+");
            if (!cst_expr_is_integer_value(e, 1))
                cst__formula_put_product(w, "", e);
        }
        if (!is_map)
        {
            cst__formula_put(w, "\\,\\partial_{");
            cst__formula_put(w, name);
            cst__formula_put(w, "}");
        }
        flint_free(name);
        flint_free(text);
        first = 0;
    }
    if (first)
        cst__formula_put(w, is_map ? "\\mathrm{id}" : "0");
}

static void
put_group(cst__formula_t *w, const cst_problem_total_t *total)
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
    cst__formula_begin(w);
    for (slong i = 0; i < total->generator_count; i++)
    {
        cst__formula_line(w, i == 0);
        snprintf(label, sizeof label, "\\xi_{%ld}=", (long) i + 1);
        cst__formula_put(w, label);
        put_components(w, &total->chart, total->generators[i], 0);
    }
    for (slong i = 0; i < total->discrete_count; i++)
    {
        cst__formula_line(w, i == 0 && total->generator_count == 0);
        snprintf(label, sizeof label, "h_{%ld}\\colon ", (long) i + 1);
        cst__formula_put(w, label);
        put_components(w, &total->chart, total->discrete[i], 1);
    }
    cst__formula_end(w);
}

static void
put_quotient(cst__formula_t *w, const cst_derivation_struct *d, const cst_problem_total_t *total)
{
    fprintf(w->out, "\\section{Quotient}\nIts dimension is $%ld$, and its coordinates are the invariants\n",
            (long) d->chart.dimension);
    cst__formula_begin(w);
    for (slong i = 0; i < d->chart.dimension; i++)
    {
        char *name = name_of(d, i);

        cst__formula_line(w, i == 0);
        cst__formula_put(w, name);
        cst__formula_put(w, "=");
        cst__formula_put_sum(w, total->invariants[i], 1);
        flint_free(name);
    }
    cst__formula_end(w);
}

/* The entries that are not zero, of the upper triangle. */
static void
put_matrix(cst__formula_t *w, const cst_derivation_struct *d, const char *title, const char *letter,
           const cst_geom_matrix_struct *m)
{
    int first = 1;

    fprintf(w->out, "%s\n", title);
    cst__formula_begin(w);
    for (slong i = 0; i < m->rows; i++)
        for (slong j = i; j < m->columns; j++)
        {
            char *a = name_of(d, i), *b = name_of(d, j);

            if (!cst_expr_is_integer_value(AT(m, i, j), 0))
            {
                cst__formula_line(w, first);
                cst__formula_put(w, letter);
                cst__formula_put(w, "{");
                cst__formula_put(w, a);
                cst__formula_put(w, b);
                cst__formula_put(w, "}=");
                cst__formula_put_sum(w, AT(m, i, j), 1);
                first = 0;
            }
            flint_free(a);
            flint_free(b);
        }
    cst__formula_end(w);
}

static void
put_christoffel(cst__formula_t *w, const cst_derivation_struct *d)
{
    slong n = d->chart.dimension;
    int shown = 0;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = j; k < n; k++)
            {
                cst_expr_t e = d->christoffel[(i * n + j) * n + k];
                char *a, *b, *c;

                if (cst_expr_is_integer_value(e, 0))
                    continue;
                if (!shown)
                {
                    fputs("The Christoffel symbols that do not vanish are\n", w->out);
                    cst__formula_begin(w);
                }
                cst__formula_line(w, !shown++);
                a = name_of(d, i), b = name_of(d, j), c = name_of(d, k);
                cst__formula_put(w, "\\Gamma^{");
                cst__formula_put(w, a);
                cst__formula_put(w, "}_{");
                cst__formula_put(w, b);
                cst__formula_put(w, c);
                cst__formula_put(w, "}=");
                cst__formula_put_sum(w, e, 1);
                flint_free(a);
                flint_free(b);
                flint_free(c);
            }
    if (shown)
        cst__formula_end(w);
    else
        fputs("All Christoffel symbols vanish.\n", w->out);
}

static void
put_geometry(cst__formula_t *w, const cst_derivation_struct *d)
{
    fputs("\\section{Metric}\n", w->out);
    put_matrix(w, d, "The co-metric has the entries (those not shown vanish)", "g^", d->cometric);
    put_matrix(w, d, "and the metric", "g_", d->metric);
    fputs("with\n", w->out);
    cst__formula_put_labelled(w, "\\det g=", d->determinant);
    if (d->christoffel)
    {
        put_christoffel(w, d);
        fputs("The scalar curvature is\n", w->out);
        cst__formula_put_labelled(w, "R=", d->scalar_curvature);
    }
    else
        fputs("The curvature is too large to be written.\n", w->out);
    if (!d->problem->total)
        return;
    if (d->orbit_volume)
    {
        fputs("and the volume of the orbits, up to a factor,\n", w->out);
        cst__formula_put_labelled(w, "V=", d->orbit_volume);
    }
    if (d->is_unimodular == CST_FALSE)
        fputs("The group is not unimodular: $\\mathcal L$ below is the projected Laplacian, which is not the "
              "Laplacian "
              "with the drift $\\nabla\\log V$.\n",
              w->out);
}

static void
put_equation(cst__formula_t *w, const cst_derivation_struct *d, slong k, int first)
{
    cst__sides_t sides = cst__derive_sides(d, k);
    char *text = cst__formula_text(w, sides.time), *nu = cst__formula_text(w, d->jets->viscosity);

    cst__formula_line(w, first);
    cst__formula_put_term(w, "", text);
    if (!cst_expr_is_integer_value(sides.transport, 0))
        cst__formula_put_sum(w, sides.transport, 0);
    if (cst_expr_is_integer_value(sides.viscous, 0))
        cst__formula_put(w, "=0");
    else
    {
        cst__formula_line(w, 0);
        cst__formula_put(w, "\\qquad=");
        cst__formula_put(w, nu);
        cst__formula_put(w, "\\,\\bigl(");
        cst__formula_put_sum(w, sides.viscous, 1);
        cst__formula_put(w, "\\bigr)");
    }
    flint_free(text);
    flint_free(nu);
}

static void
put_equations(cst__formula_t *w, const cst_derivation_struct *d)
{
    fputs("\\section{Hamiltonian}\n", w->out);
    cst__formula_put_labelled(w, "H=", d->hamiltonian);
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
    cst__formula_begin(w);
    put_equation(w, d, -1, 1);
    cst__formula_end(w);
    fputs("\\section{Burgers equation}\nFor $v=du$, which is closed, so that "
          "$\\partial_iv_j=\\partial_jv_i$:\n",
          w->out);
    cst__formula_begin(w);
    for (slong k = 0; k < d->chart.dimension; k++)
        put_equation(w, d, k, k == 0);
    cst__formula_end(w);
    if (d->has_metric)
        fputs("Covariantly, with $X=\\nabla\\log V$ (in general, what $\\mathcal L$ adds to $\\Delta_g$),\n"
              "\\begin{align*}\n&\\partial_tv+\\nabla_vv=\\nu\\bigl(\\Delta_Bv+\\nabla_Xv-\\operatorname{Ric}"
              "(v)"
              "+(\\nabla X)^{\\mathsf T}v\\bigr).\n\\end{align*}\n",
              w->out);
    if (d->conserved_count == 0)
        return;
    fputs("\\section{Conserved quantities}\nGradient flow of the loss upstairs conserves\n", w->out);
    cst__formula_begin(w);
    for (slong k = 0; k < d->conserved_count; k++)
    {
        cst__formula_line(w, k == 0);
        cst__formula_put_sum(w, d->conserved[k], 1);
    }
    cst__formula_end(w);
}

static void
put_checks(cst__formula_t *w, const cst_derivation_struct *d)
{
    static const char *const words[] = {
        [CST_FALSE] = "Not so", [CST_TRUE] = "Proved", [CST_UNKNOWN] = "Undecided"};

    fputs("\\section{Verified identities}\nEach was decided by an exact test of expressions, identically in "
          "the "
          "coordinates and in the derivatives of $u$.\n\\begin{enumerate}\n",
          w->out);
    for (slong k = 0; k < d->check_count; k++)
    {
        fprintf(w->out, "\\item %s: ", words[d->checks[k].holds]);
        cst__print_latex_text(w->out, d->checks[k].identity);
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
name_jets(cst__formula_t *w, const cst_derivation_struct *d)
{
    const cst_hj_jets_struct *jets = d->jets;

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
    cst__formula_t w = {.out = out, .ctx = d->chart.ctx};

    name_jets(&w, d);
    fputs("\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}"
          "\n\\allowdisplaybreaks\n"
          "\\setcounter{secnumdepth}{0}\n\\title{",
          out);
    cst__print_latex_text(out, d->problem->title[0] ? d->problem->title : "A derivation");
    fputs("}\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle\n", out);
    if (d->problem->total)
    {
        put_group(&w, d->problem->total);
        put_quotient(&w, d, d->problem->total);
    }
    if (d->has_metric)
        put_geometry(&w, d);
    put_equations(&w, d);
    put_checks(&w, d);
    fputs("\\end{document}\n", out);
    for (slong i = 0; i < w.named_length; i++)
        flint_free(w.texts[i]);
    flint_free(w.texts);
    flint_free(w.named);
}

/* cli/derive-text.c -- a derivation to read on a terminal. */
#include <string.h>

#include "cli/derive.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static const char *
name_of(const cst_derivation_t d, slong i)
{
    return cst_expr_name(d->chart.coordinates[i]);
}

static void
print_group(FILE *out, const cst_problem_total_t *total)
{
    fputs("group\n  on the parameters", out);
    for (slong a = 0; a < total->chart.dimension; a++)
        fprintf(out, "%s %s", a ? "," : "", cst_expr_name(total->chart.coordinates[a]));
    fputs(total->construction == CST_PROBLEM_BALANCED ? "; balanced slice" : "; invariant metric", out);
    if (total->construction == CST_PROBLEM_BALANCED)
    {
        char *level = cst_expr_print(total->chart.ctx, total->level);

        fprintf(out, " of level %s", level);
        flint_free(level);
    }
    fputc('\n', out);
    for (slong i = 0; i < total->generator_count; i++)
    {
        fprintf(out, "  xi_%ld = ", (long) i + 1);
        cst__print_field(out, &total->chart, total->generators[i]);
        fputc('\n', out);
    }
    for (slong i = 0; i < total->discrete_count; i++)
    {
        fprintf(out, "  h_%ld: ", (long) i + 1);
        cst__print_map(out, &total->chart, total->discrete[i]);
        fputc('\n', out);
    }
}

static void
print_quotient(FILE *out, const cst_derivation_t d, const cst_problem_total_t *total)
{
    char label[300];

    fprintf(out, "quotient of dimension %ld\n", (long) d->chart.dimension);
    for (slong i = 0; i < d->chart.dimension; i++)
    {
        snprintf(label, sizeof label, "%s = ", name_of(d, i));
        cst__print_formula(out, label, d->chart.ctx, total->invariants[i], "");
    }
}

static void
print_matrix(FILE *out, const cst_derivation_t d, const char *title, const char *letter,
             const cst_geom_matrix_t m)
{
    char label[600];

    fprintf(out, "%s\n", title);
    for (slong i = 0; i < m->rows; i++)
        for (slong j = i; j < m->columns; j++)
        {
            snprintf(label, sizeof label, "%s(%s,%s) = ", letter, name_of(d, i), name_of(d, j));
            cst__print_formula(out, label, d->chart.ctx, AT(m, i, j), "");
        }
}

static void
print_christoffel(FILE *out, const cst_derivation_t d)
{
    slong n = d->chart.dimension, shown = 0;
    char label[900];

    fputs("Christoffel symbols that are not zero\n", out);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = j; k < n; k++)
            {
                cst_expr_t e = d->christoffel[(i * n + j) * n + k];

                if (cst_expr_is_integer_value(e, 0))
                    continue;
                snprintf(label, sizeof label, "Gamma^%s_(%s,%s) = ", name_of(d, i), name_of(d, j),
                         name_of(d, k));
                cst__print_formula(out, label, d->chart.ctx, e, "");
                shown++;
            }
    if (!shown)
        fputs("  none\n", out);
}

static void
print_geometry(FILE *out, const cst_derivation_t d)
{
    print_matrix(out, d, "co-metric", "g^", d->cometric);
    print_matrix(out, d, "metric", "g_", d->metric);
    cst__print_formula(out, "det g = ", d->chart.ctx, d->determinant, "");
    if (d->christoffel)
        print_christoffel(out, d);
    fputs("curvature\n", out);
    if (d->christoffel)
        cst__print_formula(out, "scalar R = ", d->chart.ctx, d->scalar_curvature, "");
    else
        fputs("  too large to be written\n", out);
    if (!d->problem->total)
        return;
    fputs("orbits\n", out);
    if (d->orbit_volume)
        cst__print_formula(out, "volume V = ", d->chart.ctx, d->orbit_volume, "");
    else
        fputs("  the volume was not found\n", out);
    if (d->is_unimodular != CST_TRUE)
        fputs(d->is_unimodular == CST_FALSE ? "  the group is not unimodular: L is the projected Laplacian, "
                                              "no Laplacian with grad log V\n"
                                            : "  it could not be decided whether the group is unimodular\n",
              out);
}

static void
print_equation(FILE *out, const cst_derivation_t d, slong k)
{
    cst__sides_t sides = cst__derive_sides(d, k);
    char label[700];

    snprintf(label, sizeof label, "%s + ", cst_expr_name(sides.time));
    cst__print_formula(out, label, d->chart.ctx, sides.transport,
                       cst_expr_is_integer_value(sides.viscous, 0) ? " = 0" : "");
    if (cst_expr_is_integer_value(sides.viscous, 0))
        return;
    snprintf(label, sizeof label, "  = %s*(", cst_expr_name(d->jets->viscosity));
    cst__print_formula(out, label, d->chart.ctx, sides.viscous, ")");
}

static void
print_check(FILE *out, const cst_derivation_t d, const cst_derivation_check_t *check)
{
    static const char *const words[] = {
        [CST_FALSE] = "no       ", [CST_TRUE] = "proved   ", [CST_UNKNOWN] = "undecided"};
    char *remainder = check->holds == CST_UNKNOWN && check->remainder
                          ? cst_expr_print(d->chart.ctx, check->remainder)
                          : NULL;

    fprintf(out, "  %s  %s", words[check->holds], check->identity);
    if (remainder)
        fprintf(out, ": is this 0? %.300s%s", remainder, strlen(remainder) > 300 ? "..." : "");
    fputc('\n', out);
    flint_free(remainder);
}

void
cst__derive_text(FILE *out, const cst_derivation_t d)
{
    const cst_problem_total_t *total = d->problem->total;

    if (d->problem->title[0])
        fprintf(out, "%s\n", d->problem->title);
    if (total)
    {
        print_group(out, total);
        print_quotient(out, d, total);
    }
    if (d->has_metric)
        print_geometry(out, d);
    else
        fputs("no metric is given: curvature, orbit volume, viscosity and Cole-Hopf are not defined\n", out);
    fputs("Hamiltonian\n", out);
    cst__print_formula(out, "H = ", d->chart.ctx, d->hamiltonian, "");
    fputs(d->has_metric ? "viscous Hamilton-Jacobi equation\n" : "Hamilton-Jacobi equation\n", out);
    print_equation(out, d, -1);
    fprintf(out, "Burgers equation of v = du (v is closed: each derivative has one name)\n");
    for (slong k = 0; k < d->chart.dimension; k++)
        print_equation(out, d, k);
    if (d->conserved_count)
        fputs("conserved by gradient flow upstairs\n", out);
    for (slong k = 0; k < d->conserved_count; k++)
        cst__print_formula(out, "", d->chart.ctx, d->conserved[k], "");
    fputs("verified\n", out);
    for (slong k = 0; k < d->check_count; k++)
        print_check(out, d, d->checks + k);
}

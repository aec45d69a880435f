/* cli/fields.c -- vector fields, maps and formulas as people and scripts read them. */
#include <string.h>

#include "cli/cli.h"

#define WIDTH 100

void
cst__json_expression(cst_io_json_t json, cst_expr_ctx_t ctx, cst_expr_t e)
{
    char *text = e ? cst_expr_print(ctx, e) : NULL;

    cst_io_json_string(json, text);
    flint_free(text);
}

void
cst__json_expressions(cst_io_json_t json, cst_expr_ctx_t ctx, const cst_expr_t *e, slong length)
{
    cst_io_json_begin_array(json);
    for (slong i = 0; i < length; i++)
        cst__json_expression(json, ctx, e[i]);
    cst_io_json_end_array(json);
}

void
cst__json_truth(cst_io_json_t json, cst_truth_t truth)
{
    if (truth == CST_UNKNOWN)
        cst_io_json_null(json);
    else
        cst_io_json_boolean(json, truth == CST_TRUE);
}

void
cst__json_components(cst_io_json_t json, const cst_lie_chart_t *chart, const cst_expr_t *field, int is_map)
{
    cst_io_json_begin_object(json);
    for (slong a = 0; a < chart->dimension; a++)
        if (is_map ? field[a] != chart->coordinates[a] : !cst_expr_is_integer_value(field[a], 0))
        {
            cst_io_json_key(json, cst_expr_name(chart->coordinates[a]));
            cst__json_expression(json, chart->ctx, field[a]);
        }
    cst_io_json_end_object(json);
}

static int
is_sum(cst_expr_t e)
{
    return cst_expr_kind(e) == CST_EXPR_ADD;
}

void
cst__print_field(FILE *out, const cst_lie_chart_t *chart, const cst_expr_t *field)
{
    int first = 1;

    for (slong a = 0; a < chart->dimension; a++)
    {
        cst_expr_t e = field[a];
        char *text;
        int minus;

        if (cst_expr_is_integer_value(e, 0))
            continue;
        text = cst_expr_print(chart->ctx, e);
        minus = !is_sum(e) && text && *text == '-';
        fputs(minus ? (first ? "-" : " - ") : first ? "" : " + ", out);
        if (is_sum(e))
            fprintf(out, "(%s) ", text ? text : "...");
        else if (text && strcmp(text + minus, "1") != 0)
            fprintf(out, "%s ", text + minus);
        fprintf(out, "d/d%s", cst_expr_name(chart->coordinates[a]));
        flint_free(text);
        first = 0;
    }
    if (first)
        fputs("0", out);
}

void
cst__print_map(FILE *out, const cst_lie_chart_t *chart, const cst_expr_t *map)
{
    int first = 1;

    for (slong a = 0; a < chart->dimension; a++)
    {
        char *text;

        if (map[a] == chart->coordinates[a])
            continue;
        text = cst_expr_print(chart->ctx, map[a]);
        fprintf(out, "%s%s -> %s", first ? "" : ", ", cst_expr_name(chart->coordinates[a]),
                text ? text : "...");
        flint_free(text);
        first = 0;
    }
    if (first)
        fputs("the identity", out);
}

/* Breaks before " + " and " - ". */
void
cst__print_formula(FILE *out, const char *label, cst_expr_ctx_t ctx, cst_expr_t e, const char *after)
{
    char *text = e ? cst_expr_print(ctx, e) : NULL;
    const char *t = text ? text : "(too long to print)";
    size_t column = strlen(label) + 2;

    fprintf(out, "  %s", label);
    while (*t)
    {
        size_t piece = 1;

        while (t[piece] &&
               !(t[piece] == ' ' && (t[piece + 1] == '+' || t[piece + 1] == '-') && t[piece + 2] == ' '))
            piece++;
        if (column + piece > WIDTH && *t == ' ')
        {
            fputs("\n     ", out);
            column = 5;
        }
        fwrite(t, 1, piece, out);
        column += piece;
        t += piece;
    }
    fprintf(out, "%s\n", after);
    flint_free(text);
}

/* cli/integrate-print.c -- the result of an integration as text and as JSON. */
#include "config.h"

#include <string.h>

#include "cli/integrate.h"

/* As many digits as the ball is known to, and three more. */
static int
digits_of(const arb_t x, slong precision)
{
    slong most = precision + 64, bits = arb_is_exact(x) ? most : FLINT_MIN(arb_rel_accuracy_bits(x), most);
    double digits = 3 + 0.30103 * (double) bits;

    return digits < 3 ? 3 : digits > 1e6 ? 1000000 : (int) digits;
}

/* The ends, rounded outwards; NULL where there is none. The caller frees them with flint_free. */
static void
ends_of(char *ends[2], const arb_t x, slong precision)
{
    int digits = digits_of(x, precision);
    fmpq_t q;
    arf_t a;

    ends[0] = ends[1] = NULL;
    if (!arb_is_finite(x))
        return;
    fmpq_init(q);
    arf_init(a);
    for (int k = 0; k < 2; k++)
    {
        if (k == 0)
            arb_get_lbound_arf(a, x, ARF_PREC_EXACT);
        else
            arb_get_ubound_arf(a, x, ARF_PREC_EXACT);
        arf_get_fmpq(q, a);
        ends[k] = cst_io_decimal(q, digits, k == 0 ? -1 : 1);
    }
    fmpq_clear(q);
    arf_clear(a);
}

static void
time_ends(char *ends[2], const cst__integrate_result_t *result)
{
    arb_t t, high;

    if (fmpq_equal(result->low, result->high))
    {
        ends[0] = cst_io_decimal(result->low, 17, -1);
        ends[1] = cst_io_decimal(result->high, 17, 1);
        return;
    }
    arb_init(t);
    arb_init(high);
    arb_set_fmpq(t, result->low, result->precision + 64);
    arb_set_fmpq(high, result->high, result->precision + 64);
    arb_union(t, t, high, result->precision + 64);
    ends_of(ends, t, result->precision);
    arb_clear(t);
    arb_clear(high);
}

static void
free_ends(char *ends[2])
{
    flint_free(ends[0]);
    flint_free(ends[1]);
}

/* Text -------------------------------------------------------------------- */

static void
put_ends(FILE *out, char *ends[2])
{
    if (!ends[0])
        fputs("not known", out);
    else if (strcmp(ends[0], ends[1]) == 0)
        fprintf(out, "= %s", ends[0]);
    else
        fprintf(out, "in [%s, %s]", ends[0], ends[1]);
}

static void
put_ball(FILE *out, const char *name, const char *more, const arb_t x, slong precision)
{
    char *ends[2];

    ends_of(ends, x, precision);
    fprintf(out, "  %s%s ", name, more);
    put_ends(out, ends);
    fputc('\n', out);
    free_ends(ends);
}

static void
put_tangent(FILE *out, const cst_system_t system, const cst__integrate_result_t *r)
{
    const cst_expr_t *from = system->charts[system->initial_chart].variables,
                     *to = system->charts[r->chart].variables;
    char words[600];

    fputs("derivatives by the initial values\n", out);
    for (slong i = 0; i < r->n; i++)
        for (slong j = 0; j < r->n; j++)
        {
            snprintf(words, sizeof words, "%.250s by %.250s", cst_expr_name(to[i]), cst_expr_name(from[j]));
            put_ball(out, words, "", arb_mat_entry(r->tangent, i, j), r->precision);
        }
}

static void
put_second(FILE *out, const cst_system_t system, const cst__integrate_result_t *r)
{
    const cst_expr_t *v = system->charts->variables;
    char words[800];

    fputs("second derivatives by the initial values\n", out);
    for (slong i = 0; i < r->n; i++)
        for (slong j = 0; j < r->n; j++)
            for (slong k = j; k < r->n; k++)
            {
                snprintf(words, sizeof words, "%.250s by %.250s %.250s", cst_expr_name(v[i]),
                         cst_expr_name(v[j]), cst_expr_name(v[k]));
                put_ball(out, words, "", arb_mat_entry(r->second, i, j * r->n + k), r->precision);
            }
}

void
cst__integrate_text(FILE *out, const cst__integrate_request_t *request, const cst_system_t system,
                    const cst__integrate_result_t *r)
{
    const cst_system_chart_t *chart = system->charts + r->chart;
    char *ends[2];

    fprintf(out, "%s\n", system->title);
    time_ends(ends, r);
    if (r->has_event)
        fputs("first event: ", out);
    fputs("t ", out);
    put_ends(out, ends);
    if (r->wants_event && !r->has_event && r->status == CST_OK)
        fputs("; proved: no event before", out);
    fputc('\n', out);
    free_ends(ends);
    if (chart->name)
        fprintf(out, "chart %s\n", chart->name);
    for (slong i = 0; i < r->n; i++)
        put_ball(out, cst_expr_name(chart->variables[i]), "", r->x + i, r->precision);
    if (request->tangent)
        put_tangent(out, system, r);
    if (request->second)
        put_second(out, system, r);
    if (chart->energy)
    {
        fputs("conserved\n", out);
        put_ball(out, "energy", " at the start", r->first_energy, r->precision);
        put_ball(out, "energy", " at the end", r->energy, r->precision);
    }
    fprintf(out, "%ld step%s, %ld bits, %.2f s\n", (long) r->steps, r->steps == 1 ? "" : "s",
            (long) r->precision, r->seconds);
    if (r->status != CST_OK)
        fprintf(out, "stopped: %s\n", r->reason);
}

/* JSON -------------------------------------------------------------------- */

static void
json_ends(cst_io_json_t json, char *ends[2])
{
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "lower");
    cst_io_json_string(json, ends[0]);
    cst_io_json_key(json, "upper");
    cst_io_json_string(json, ends[1]);
    cst_io_json_end_object(json);
}

static void
json_ball(cst_io_json_t json, const arb_t x, slong precision)
{
    char *ends[2];

    ends_of(ends, x, precision);
    json_ends(json, ends);
    free_ends(ends);
}

static void
json_box(cst_io_json_t json, const cst_system_chart_t *chart, const cst__integrate_result_t *r)
{
    cst_io_json_key(json, "box");
    cst_io_json_begin_object(json);
    for (slong i = 0; i < r->n; i++)
    {
        cst_io_json_key(json, cst_expr_name(chart->variables[i]));
        json_ball(json, r->x + i, r->precision);
    }
    cst_io_json_end_object(json);
}

static void
json_tangent(cst_io_json_t json, int wanted, const cst__integrate_result_t *r)
{
    cst_io_json_key(json, "tangent");
    if (!wanted)
    {
        cst_io_json_null(json);
        return;
    }
    cst_io_json_begin_array(json);
    for (slong i = 0; i < r->n; i++)
    {
        cst_io_json_begin_array(json);
        for (slong j = 0; j < r->n; j++)
            json_ball(json, arb_mat_entry(r->tangent, i, j), r->precision);
        cst_io_json_end_array(json);
    }
    cst_io_json_end_array(json);
}

static void
json_second(cst_io_json_t json, int wanted, const cst__integrate_result_t *r)
{
    cst_io_json_key(json, "second");
    if (!wanted)
    {
        cst_io_json_null(json);
        return;
    }
    cst_io_json_begin_array(json);
    for (slong i = 0; i < r->n; i++)
    {
        cst_io_json_begin_array(json);
        for (slong j = 0; j < r->n; j++)
        {
            cst_io_json_begin_array(json);
            for (slong k = 0; k < r->n; k++)
                json_ball(json, arb_mat_entry(r->second, i, j * r->n + k), r->precision);
            cst_io_json_end_array(json);
        }
        cst_io_json_end_array(json);
    }
    cst_io_json_end_array(json);
}

static void
json_energy(cst_io_json_t json, const cst_system_chart_t *chart, const cst__integrate_result_t *r)
{
    cst_io_json_key(json, "energy");
    if (!chart->energy)
    {
        cst_io_json_null(json);
        return;
    }
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "start");
    json_ball(json, r->first_energy, r->precision);
    cst_io_json_key(json, "end");
    json_ball(json, r->energy, r->precision);
    cst_io_json_end_object(json);
}

void
cst__integrate_json(FILE *out, const cst__integrate_request_t *request, const cst_system_t system,
                    const cst__integrate_result_t *r)
{
    const cst_system_chart_t *chart = system->charts + r->chart;
    char *ends[2], seconds[40];
    cst_io_json_t json;

    cst_io_json_init(json);
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "title");
    cst_io_json_string(json, system->title);
    cst_io_json_key(json, "status");
    cst_io_json_string(json, r->status == CST_OK ? "certified" : "partial");
    cst_io_json_key(json, "reason");
    cst_io_json_string(json, r->reason[0] ? r->reason : NULL);
    cst_io_json_key(json, "chart");
    cst_io_json_string(json, chart->name);
    time_ends(ends, r);
    cst_io_json_key(json, "time");
    json_ends(json, ends);
    free_ends(ends);
    cst_io_json_key(json, "event");
    if (r->wants_event && (r->has_event || r->status == CST_OK))
        cst_io_json_boolean(json, r->has_event);
    else
        cst_io_json_null(json);
    json_box(json, chart, r);
    json_tangent(json, request->tangent, r);
    json_second(json, request->second, r);
    json_energy(json, chart, r);
    cst_io_json_key(json, "steps");
    cst_io_json_integer(json, r->steps);
    cst_io_json_key(json, "precision_bits");
    cst_io_json_integer(json, r->precision);
    cst_io_json_key(json, "seconds");
    snprintf(seconds, sizeof seconds, "%.3f", r->seconds);
    cst_io_json_number(json, seconds);
    cst_io_json_end_object(json);
    fprintf(out, "%s\n", json->text);
    cst_io_json_clear(json);
}

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const char usage[] =
    "Usage: caustic entropy [OPTION]... PROBLEM\n"
    "Encloses the coarse-grained loss u (local entropy), its gradient and Hessian at a point.\n\n"
    "      --viscosity NU,...  one or more\n"
    "      --time T,...        one or more\n"
    "      --at NAME=VALUE,... the point: exact numbers; what is not named is 0\n"
    "      --tolerance E       of the integrals, relative (default 1e-9)\n"
    "      --time-limit SECONDS for each enclosure\n"
    "      --json              print one JSON object\n"
    "  -o, --output FILE       write there\n"
    "      --quiet             nothing on standard error but errors\n"
    "      --help, --version\n\n"
    "Exit status: 0 enclosed, 1 time or boxes ran out (the enclosures hold), 2 bad input or a refused "
    "problem,\n"
    "3 an internal failure.\n";

#define MOST_VALUES 64

/* Exact positive numbers of a list, and their words. */
typedef struct
{
    slong length;
    fmpq values[MOST_VALUES];
    char *words[MOST_VALUES];
} list_t;

typedef struct
{
    const char *problem, *output, *at;
    int json, quiet;
    list_t viscosities, times;
    fmpq_t tolerance;
    double time_limit;
} request_t;

static void
request_init(request_t *request)
{
    memset(request, 0, sizeof *request);
    fmpq_init(request->tolerance);
}

static void
list_clear(list_t *list)
{
    for (slong i = 0; i < list->length; i++)
    {
        fmpq_clear(list->values + i);
        flint_free(list->words[i]);
    }
    list->length = 0;
}

static void
request_clear(request_t *request)
{
    list_clear(&request->viscosities);
    list_clear(&request->times);
    fmpq_clear(request->tolerance);
}

/* The next item of a list with commas; NULL at its end. The caller frees it. */
static char *
next_item(const char **text)
{
    size_t length = strcspn(*text, ",");
    char *item;

    if (**text == 0)
        return NULL;
    item = flint_malloc(length + 1);
    memcpy(item, *text, length);
    item[length] = 0;
    *text += length + ((*text)[length] == ',');
    return item;
}

static int
read_list(list_t *list, const char *text)
{
    char *item;

    list_clear(list);
    while (list->length < MOST_VALUES && (item = next_item(&text)))
    {
        fmpq_init(list->values + list->length);
        list->words[list->length] = item;
        if (!cst__read_positive(list->values + list->length++, item))
            return 0;
    }
    return list->length > 0 && *text == 0;
}

/* -1: go on; otherwise the exit code. */
static int
read_options(request_t *request, int argc, char **argv)
{
    const char *viscosities = NULL, *times = NULL;
    const cst__option_t options[] = {
        {"output", CST__OPTION_TEXT, &request->output, 0, 0},
        {"json", CST__OPTION_FLAG, &request->json, 0, 0},
        {"viscosity", CST__OPTION_TEXT, &viscosities, 0, 0},
        {"time", CST__OPTION_TEXT, &times, 0, 0},
        {"at", CST__OPTION_TEXT, &request->at, 0, 0},
        {"tolerance", CST__OPTION_POSITIVE, request->tolerance, 0, 0},
        {"time-limit", CST__OPTION_SECONDS, &request->time_limit, 0, 0},
        {"quiet", CST__OPTION_FLAG, &request->quiet, 0, 0},
    };
    int code = cst__read_options(options, sizeof options / sizeof *options, "entropy", usage, argc, argv);

    if (code >= 0)
        return code;
    if (!viscosities || !times)
        return cst__report_usage("entropy", "--viscosity and --time are needed");
    if (!read_list(&request->viscosities, viscosities))
        return cst__report_usage("entropy", "--viscosity: '%s' is not a list of positive numbers",
                                 viscosities);
    if (!read_list(&request->times, times))
        return cst__report_usage("entropy", "--time: '%s' is not a list of positive numbers", times);
    return cst__read_problem_name(&request->problem, "entropy", argc, argv);
}

/* "x=1/2" into its place in the point; 0 if it names nothing, or the value is no exact number. */
static int
read_coordinate(fmpq *point, const cst_coarse_t coarse, const char *item)
{
    cst_expr_ctx_t ctx = coarse->problem->ctx;
    cst_expr_scope_t none = {NULL, NULL, 0};
    const char *equals = strchr(item, '=');
    cst_expr_t e;

    for (slong i = 0; equals && i < coarse->variables; i++)
    {
        const char *name = cst_expr_name(coarse->coordinates[i]);

        if (strlen(name) == (size_t) (equals - item) && strncmp(name, item, strlen(name)) == 0 &&
            cst_expr_parse(&e, ctx, equals + 1, &none, NULL) == CST_OK &&
            cst_expr_kind(e) == CST_EXPR_RATIONAL)
        {
            fmpq_set(point + i, cst_expr_rational_value(e));
            return 1;
        }
    }
    return 0;
}

static cst_status_t
read_point(fmpq *point, const request_t *request, const cst_coarse_t coarse, cst_error_t *error)
{
    const char *rest = request->at ? request->at : "";
    cst_status_t status = CST_OK;
    char *item;

    while (status == CST_OK && (item = next_item(&rest)))
    {
        if (!read_coordinate(point, coarse, item))
            status = cst_error_set(error, CST_USAGE,
                                   "--at: '%s' is not NAME=NUMBER with a coordinate of the problem", item);
        flint_free(item);
    }
    return status;
}

/* Both bounds, outwards; NaN as "null". */
static void
ends(char **lower, char **upper, const arb_t x)
{
    arf_t a;
    fmpq_t q;

    *lower = *upper = NULL;
    if (!arb_is_finite(x))
        return;
    arf_init(a);
    fmpq_init(q);
    arb_get_lbound_arf(a, x, 128);
    arf_get_fmpq(q, a);
    *lower = cst_io_decimal(q, 15, -1);
    arb_get_ubound_arf(a, x, 128);
    arf_get_fmpq(q, a);
    *upper = cst_io_decimal(q, 15, 1);
    arf_clear(a);
    fmpq_clear(q);
}

static void
print_interval(FILE *out, const char *label, const arb_t x)
{
    char *lower, *upper;

    ends(&lower, &upper, x);
    if (lower)
        fprintf(out, "  %s in [%s, %s]\n", label, lower, upper);
    else
        fprintf(out, "  %s: not bounded\n", label);
    flint_free(lower);
    flint_free(upper);
}

static void
json_interval(cst_io_json_t json, const arb_t x)
{
    char *lower, *upper;

    ends(&lower, &upper, x);
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "lower");
    cst_io_json_number(json, lower);
    cst_io_json_key(json, "upper");
    cst_io_json_number(json, upper);
    cst_io_json_end_object(json);
    flint_free(lower);
    flint_free(upper);
}

/* A kink with jump D of the slope has lambda = -D^2/(8 nu) and the thickness 8 nu/D = sqrt(8 nu/|lambda|).
   One is spoken of where the slope is steeper than 1/t. */
static int
thickness(arb_t width, const cst_entropy_t entropy, const fmpq_t nu, const fmpq_t time)
{
    arb_set_fmpq(width, time, 64);
    arb_mul(width, width, entropy->least, 64);
    arb_add_ui(width, width, 1, 64);
    if (!arb_is_negative(width))
        return 0;
    arb_set_fmpq(width, nu, 64);
    arb_div(width, width, entropy->least, 64);
    arb_mul_2exp_si(width, width, 3);
    arb_neg(width, width);
    arb_sqrt(width, width, 64);
    return 1;
}

static const char *
name_of(const cst_coarse_t coarse, slong i)
{
    static const char *const frame[] = {"e_1", "e_2"};

    return coarse->kind == CST_COARSE_SPHERE || coarse->kind == CST_COARSE_CONE
               ? frame[i]
               : cst_expr_name(coarse->coordinates[i]);
}

static void
print_text(FILE *out, const cst_coarse_t coarse, const cst_entropy_t e, const char *nu_word,
           const char *time_word, const fmpq_t nu, const fmpq_t time)
{
    char label[200];
    arb_t width;

    arb_init(width);
    fprintf(out, "nu = %s, t = %s\n", nu_word, time_word);
    print_interval(out, "u", e->value);
    for (slong i = 0; i < e->dimension; i++)
    {
        snprintf(label, sizeof label, "u_%s", name_of(coarse, i));
        print_interval(out, label, e->gradient + i);
    }
    for (slong i = 0; i < e->dimension; i++)
        for (slong j = i; j < e->dimension; j++)
        {
            snprintf(label, sizeof label, "(Hess u)_(%s,%s)", name_of(coarse, i), name_of(coarse, j));
            print_interval(out, label, arb_mat_entry(e->hessian, i, j));
        }
    print_interval(out, "least eigenvalue of Hess u", e->least);
    if (thickness(width, e, nu, time))
        print_interval(out, "thickness of a kink with this eigenvalue", width);
    arb_clear(width);
}

static void
print_json(cst_io_json_t json, const cst_entropy_t e, const char *nu_word, const char *time_word,
           const fmpq_t nu, const fmpq_t time)
{
    arb_t width;

    arb_init(width);
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "viscosity");
    cst_io_json_string(json, nu_word);
    cst_io_json_key(json, "time");
    cst_io_json_string(json, time_word);
    cst_io_json_key(json, "value");
    json_interval(json, e->value);
    cst_io_json_key(json, "gradient");
    cst_io_json_begin_array(json);
    for (slong i = 0; i < e->dimension; i++)
        json_interval(json, e->gradient + i);
    cst_io_json_end_array(json);
    cst_io_json_key(json, "hessian");
    cst_io_json_begin_array(json);
    for (slong i = 0; i < e->dimension; i++)
    {
        cst_io_json_begin_array(json);
        for (slong j = 0; j < e->dimension; j++)
            json_interval(json, arb_mat_entry(e->hessian, i, j));
        cst_io_json_end_array(json);
    }
    cst_io_json_end_array(json);
    cst_io_json_key(json, "least_eigenvalue");
    json_interval(json, e->least);
    cst_io_json_key(json, "thickness");
    if (thickness(width, e, nu, time))
        json_interval(json, width);
    else
        cst_io_json_null(json);
    cst_io_json_key(json, "boxes");
    cst_io_json_integer(json, e->boxes);
    cst_io_json_end_object(json);
    arb_clear(width);
}

static double
as_double(const fmpq_t q)
{
    arb_t x;
    double d;

    arb_init(x);
    arb_set_fmpq(x, q, 53);
    d = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    arb_clear(x);
    return d;
}

/* Every pair of a viscosity and a time. The worst status is the answer; a refusal ends the list. */
static cst_status_t
enclose_all(FILE *out, cst_io_json_t json, const request_t *request, const cst_coarse_t coarse,
            const fmpq *point, cst_error_t *error)
{
    cst_entropy_options_t options = {as_double(request->tolerance), 0, request->time_limit};
    cst_status_t worst = CST_OK;
    cst_entropy_t e;

    cst_entropy_init(e, coarse->dimension);
    for (slong i = 0; i < request->times.length; i++)
        for (slong k = 0; k < request->viscosities.length; k++)
        {
            const fmpq *nu = request->viscosities.values + k;
            cst_status_t status =
                cst_coarse_enclose(e, coarse, nu, request->times.values + i, point, &options, error);

            if (status != CST_OK)
                worst = status;
            if (status != CST_OK && status != CST_PARTIAL)
                goto done;
            if (out)
                print_text(out, coarse, e, request->viscosities.words[k], request->times.words[i], nu,
                           request->times.values + i);
            else
                print_json(json, e, request->viscosities.words[k], request->times.words[i], nu,
                           request->times.values + i);
        }
done:
    cst_entropy_clear(e);
    return worst;
}

static cst_status_t
answer(const request_t *request, const cst_problem_t problem, cst_error_t *error)
{
    cst__memory_t memory;
    cst_io_json_t json;
    cst_coarse_t coarse;
    cst_status_t status = cst_coarse_init(coarse, problem, error), written;
    fmpq *point;

    if (status != CST_OK)
        return status;
    point = _fmpq_vec_init(coarse->variables);
    status = read_point(point, request, coarse, error);
    if (status == CST_OK)
    {
        cst__memory_open(&memory);
        cst_io_json_init(json);
        if (request->json)
        {
            cst_io_json_begin_object(json);
            cst_io_json_key(json, "title");
            cst_io_json_string(json, problem->title);
            cst_io_json_key(json, "semigroup");
            cst_io_json_string(json, cst_coarse_words(coarse));
            cst_io_json_key(json, "enclosures");
            cst_io_json_begin_array(json);
        }
        else
            fprintf(memory.stream, "%s\ncoarse-grained by %s\n", problem->title, cst_coarse_words(coarse));
        status = enclose_all(request->json ? NULL : memory.stream, json, request, coarse, point, error);
        if (request->json)
        {
            cst_io_json_end_array(json);
            cst_io_json_end_object(json);
            fprintf(memory.stream, "%s\n", json->text);
        }
        if (status == CST_OK || status == CST_PARTIAL)
        {
            written = cst__memory_write(&memory, request->output, error);
            status = written == CST_OK ? status : written;
        }
        else
        {
            fclose(memory.stream);
            free(memory.text);
        }
        cst_io_json_clear(json);
    }
    _fmpq_vec_clear(point, coarse->variables);
    cst_coarse_clear(coarse);
    return status;
}

int
cst__verb_entropy(int argc, char **argv)
{
    request_t request;
    cst_problem_t problem;
    cst_error_t error;
    cst_status_t status;
    int code;

    request_init(&request);
    code = read_options(&request, argc, argv);
    if (code < 0)
    {
        cst_error_clear(&error);
        status = cst_problem_read_for(problem, CST_PROBLEM_DERIVE, request.problem, &error);
        if (status == CST_OK)
        {
            status = answer(&request, problem, &error);
            cst_problem_clear(problem);
        }
        code = cst__report_proofs(status, &error, request.problem, request.quiet);
    }
    request_clear(&request);
    return code;
}

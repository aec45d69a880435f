#include "config.h"

#include <string.h>

#include "cli/cli.h"

static const char usage[] =
    "Usage: caustic symmetries [OPTION]... PROBLEM | CHECKPOINT\n"
    "Verifies the symmetries that a problem file gives, or finds all affine ones if "
    "it gives none; then prints their\n"
    "algebra, orbits, invariants, and what gradient flow conserves.\n"
    "Of a checkpoint (or the folder of a run): all symmetries of its network, with "
    "their dimensions.\n\n"
    "      --discover          look for symmetries even if some are given\n"
    "      --architecture FILE of a checkpoint: what its names do not say\n"
    "      --batchnorm MODE    of a checkpoint: with the statistics of the batch (training,\n"
    "                          the default) or the running ones (evaluation)\n"
    "      --prove             of a checkpoint: certify the count by a rank\n"
    "      --every             of a checkpoint: equal layers are not joined\n"
    "      --json              print one JSON object\n"
    "  -o, --output FILE       write there\n"
    "      --time-limit S      stop after S seconds, with nothing printed but how far\n"
    "                          --prove is\n"
    "      --quiet             nothing on standard error but errors\n"
    "      --help, --version\n\n"
    "Exit status: 0 verified, or all found, 1 it is not proved that all were found, "
    "2 bad input or a refused\n"
    "problem, 3 an internal failure.\n";

typedef struct
{
    const char *problem;
    const char *output, *architecture, *batchnorm;
    int json, quiet, discover, prove, every;
    double time_limit; /* 0: none */
} request_t;

/* -1: go on; otherwise the exit code. */
static int
read_options(request_t *request, int argc, char **argv)
{
    const cst__option_t options[] = {
        {"output", CST__OPTION_TEXT, &request->output, 0, 0},
        {"json", CST__OPTION_FLAG, &request->json, 0, 0},
        {"discover", CST__OPTION_FLAG, &request->discover, 0, 0},
        {"architecture", CST__OPTION_TEXT, &request->architecture, 0, 0},
        {"batchnorm", CST__OPTION_TEXT, &request->batchnorm, 0, 0},
        {"prove", CST__OPTION_FLAG, &request->prove, 0, 0},
        {"every", CST__OPTION_FLAG, &request->every, 0, 0},
        {"time-limit", CST__OPTION_SECONDS, &request->time_limit, 0, 0},
        {"quiet", CST__OPTION_FLAG, &request->quiet, 0, 0},
    };
    int code = cst__read_options(options, sizeof options / sizeof *options, "symmetries", usage, argc, argv);

    return code >= 0 ? code : cst__read_problem_name(&request->problem, "symmetries", argc, argv);
}

/* Text --------------------------------------------------------------------- */

static void
print_generators(FILE *out, const cst_symmetries_t s)
{
    if (!s->discovered)
        fprintf(out, "generators, given and verified\n");
    else
        fprintf(out, "affine symmetries of %s%s%s, found%s\n",
                s->loss                  ? "the loss"
                : s->invariant_count > 0 ? "the invariants"
                                         : "",
                s->metric && (s->loss || s->invariant_count > 0) ? " and " : "",
                s->metric ? "the metric" : "",
                s->complete == CST_TRUE ? "; proved: there are no others" : "; not proved to be all");
    for (slong i = 0; i < s->generator_count; i++)
    {
        fprintf(out, "  xi_%ld = ", (long) i + 1);
        cst__print_field(out, &s->chart, s->generators[i]);
        fputc('\n', out);
    }
    if (s->generator_count == 0)
        fputs("  none\n", out);
}

static void
print_bracket(FILE *out, const fmpq *c, slong i, slong j, slong n)
{
    int first = 1;

    for (slong k = 0; k < n; k++)
    {
        char *text;
        int minus = fmpq_sgn(c + k) < 0;

        if (fmpq_is_zero(c + k))
            continue;
        if (first)
            fprintf(out, "  [xi_%ld, xi_%ld] = ", (long) i + 1, (long) j + 1);
        text = fmpq_get_str(NULL, 10, c + k);
        fputs(minus ? (first ? "-" : " - ") : first ? "" : " + ", out);
        if (strcmp(text + minus, "1") != 0)
            fprintf(out, "%s ", text + minus);
        fprintf(out, "xi_%ld", (long) k + 1);
        flint_free(text);
        first = 0;
    }
    if (!first)
        fputc('\n', out);
}

static void
print_algebra(FILE *out, const cst_symmetries_t s)
{
    slong n = s->generator_count;

    if (n == 0)
        return;
    fprintf(out, "algebra\n  dimension %s%ld", s->has_type ? "" : "at most ", (long) n);
    if (s->has_type)
        fprintf(out, ": %s, %s%sunimodular", s->type->name,
                s->type->abelian      ? "abelian, "
                : s->type->nilpotent  ? "nilpotent, "
                : s->type->solvable   ? "solvable, "
                : s->type->semisimple ? "semisimple, "
                : s->type->reductive  ? "reductive, "
                                      : "",
                s->type->unimodular ? "" : "not ");
    else
        fputs("; the generators are linearly dependent, or the algebra was not found", out);
    fputc('\n', out);
    for (slong i = 0; i < n; i++)
        for (slong j = i + 1; j < n; j++)
            print_bracket(out, s->constants + (i * n + j) * n, i, j, n);
}

static void
print_orbits(FILE *out, const cst_symmetries_t s)
{
    const cst_lie_orbits_struct *o = s->orbits;

    fprintf(out, "orbits\n  dimension %ld at a generic point%s\n", (long) o->rank,
            o->proved == CST_TRUE ? "" : ", at least");
    for (slong i = 0; i < o->strata; i++)
    {
        fputs(i == 0 ? "  smaller where " : "        or where ", out);
        for (slong k = o->start[i]; k < o->start[i + 1]; k++)
        {
            char *text = cst_expr_print(s->chart.ctx, o->equations[k]);

            fprintf(out, "%s%s = 0", k > o->start[i] ? ", " : "", text ? text : "...");
            flint_free(text);
        }
        fputc('\n', out);
    }
    if (s->generator_count > 0 && (o->strata_proved != CST_TRUE || o->strata == 0))
        fputs(o->strata_proved == CST_TRUE ? "  nowhere smaller\n" : "  where it is smaller was not found\n",
              out);
}

static void
print_invariants(FILE *out, const cst_symmetries_t s)
{
    char label[300];

    fputs(s->invariants_given ? "invariants, given and verified" : "invariants, found", out);
    fputs(s->invariants_complete == CST_TRUE ? "; every invariant is locally a function of these\n" : "\n",
          out);
    for (slong i = 0; i < s->invariant_count; i++)
    {
        *label = '\0';
        if (s->invariants_given)
            snprintf(label, sizeof label, "%s = ", cst_expr_name(s->problem->coordinates[i]));
        cst__print_formula(out, label, s->chart.ctx, s->invariants[i], "");
    }
    if (s->invariant_count == 0)
        fputs("  none\n", out);
}

static void
print_laws(FILE *out, const cst_symmetries_t s)
{
    if (!s->has_laws)
        return;
    fputs("conserved by the gradient flow of every loss of the invariants", out);
    fputs(s->laws->complete == CST_TRUE ? "; there is no further law\n" : "\n", out);
    for (slong i = 0; i < s->laws->count; i++)
        cst__print_formula(out, "", s->chart.ctx, s->laws->functions[i], "");
    if (s->laws->count == 0)
        fputs(s->laws->complete == CST_TRUE ? "  nothing\n" : "  no polynomial of degree 1 or 2\n", out);
    if (s->laws->complete != CST_TRUE)
        fprintf(out, "  at most %ld independent of any kind\n", (long) (s->chart.dimension - s->laws->trace));
}

static void
print_discrete_heading(FILE *out, const cst_symmetries_t s)
{
    if (!s->discrete_found)
    {
        fputs("discrete symmetries, given and verified\n", out);
        return;
    }
    fputs("signed permutations, found", out);
    if (s->discrete_complete == CST_TRUE)
    {
        char *order = fmpz_get_str(NULL, 10, s->found_discrete->order);

        fprintf(out, "; they generate a group of order %s; proved: there are no others\n", order);
        flint_free(order);
    }
    else
        fputs("; not proved to be all\n", out);
    if (s->discrete_count == 0)
        fputs("  none but the identity\n", out);
}

static void
print_text(FILE *out, const cst_symmetries_t s)
{
    if (s->problem->title[0])
        fprintf(out, "%s\n", s->problem->title);
    print_generators(out, s);
    print_algebra(out, s);
    print_orbits(out, s);
    if (s->discrete_count || s->discrete_found)
        print_discrete_heading(out, s);
    for (slong i = 0; i < s->discrete_count; i++)
    {
        fprintf(out, "  h_%ld: ", (long) i + 1);
        cst__print_map(out, &s->chart, s->discrete[i]);
        fputc('\n', out);
    }
    if (s->generator_count > 0)
        print_invariants(out, s);
    print_laws(out, s);
    fprintf(out, "redundancy\n  %s%ld of %ld parameters\n",
            s->orbits->proved != CST_TRUE || (s->discovered && s->complete != CST_TRUE) ? "at least " : "",
            (long) s->orbits->rank, (long) s->chart.dimension);
}

/* JSON --------------------------------------------------------------------- */

static void
put_truth(cst_io_json_t json, const char *key, cst_truth_t truth)
{
    cst_io_json_key(json, key);
    cst__json_truth(json, truth);
}

static void
put_fields(cst_io_json_t json, const char *key, const cst_symmetries_t s, const cst_expr_t *const *fields,
           slong count, int maps)
{
    cst_io_json_key(json, key);
    cst_io_json_begin_array(json);
    for (slong i = 0; i < count; i++)
        cst__json_components(json, &s->chart, fields[i], maps);
    cst_io_json_end_array(json);
}

static void
put_functions(cst_io_json_t json, const char *key, const cst_symmetries_t s, const cst_expr_t *e, slong count)
{
    cst_io_json_key(json, key);
    cst__json_expressions(json, s->chart.ctx, e, count);
}

/* [i, j, k, "c_ij^k"] for i < j, from 1 */
static void
put_constants(cst_io_json_t json, const cst_symmetries_t s)
{
    slong n = s->generator_count;

    cst_io_json_key(json, "structure_constants");
    cst_io_json_begin_array(json);
    for (slong i = 0; i < n; i++)
        for (slong j = i + 1; j < n; j++)
            for (slong k = 0; k < n; k++)
            {
                const fmpq *c = s->constants + (i * n + j) * n + k;
                char *text;

                if (fmpq_is_zero(c))
                    continue;
                text = fmpq_get_str(NULL, 10, c);
                cst_io_json_begin_array(json);
                cst_io_json_integer(json, i + 1);
                cst_io_json_integer(json, j + 1);
                cst_io_json_integer(json, k + 1);
                cst_io_json_string(json, text);
                cst_io_json_end_array(json);
                flint_free(text);
            }
    cst_io_json_end_array(json);
}

static void
put_algebra(cst_io_json_t json, const cst_symmetries_t s)
{
    cst_io_json_key(json, "algebra");
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "dimension");
    if (s->has_type || s->generator_count == 0)
        cst_io_json_integer(json, s->generator_count);
    else
        cst_io_json_null(json);
    put_constants(json, s);
    cst_io_json_key(json, "type");
    cst_io_json_string(json, s->has_type ? s->type->name : NULL);
    cst_io_json_key(json, "unimodular");
    if (s->has_type)
        cst_io_json_boolean(json, s->type->unimodular);
    else
        cst_io_json_null(json);
    cst_io_json_end_object(json);
}

static void
put_orbits(cst_io_json_t json, const cst_symmetries_t s)
{
    const cst_lie_orbits_struct *o = s->orbits;

    cst_io_json_key(json, "orbits");
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "dimension");
    cst_io_json_integer(json, o->rank);
    put_truth(json, "proved", o->proved);
    cst_io_json_key(json, "strata");
    if (o->strata_proved == CST_TRUE)
    {
        cst_io_json_begin_array(json);
        for (slong i = 0; i < o->strata; i++)
            cst__json_expressions(json, s->chart.ctx, o->equations + o->start[i],
                                  o->start[i + 1] - o->start[i]);
        cst_io_json_end_array(json);
    }
    else
        cst_io_json_null(json);
    cst_io_json_end_object(json);
}

static void
print_json(FILE *out, const cst_symmetries_t s)
{
    cst_io_json_t json;

    cst_io_json_init(json);
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "title");
    cst_io_json_string(json, s->problem->title);
    cst_io_json_key(json, "parameters");
    cst_io_json_integer(json, s->chart.dimension);
    put_functions(json, "names", s, s->chart.coordinates, s->chart.dimension);
    cst_io_json_key(json, "discovered");
    cst_io_json_boolean(json, s->discovered);
    put_truth(json, "complete", s->complete);
    put_fields(json, "generators", s, s->generators, s->generator_count, 0);
    put_algebra(json, s);
    put_orbits(json, s);
    put_fields(json, "discrete", s, s->discrete, s->discrete_count, 1);
    put_truth(json, "discrete_complete", s->discrete_found ? s->discrete_complete : CST_UNKNOWN);
    put_functions(json, "invariants", s, s->invariants, s->invariant_count);
    put_truth(json, "invariants_complete", s->invariants_complete);
    cst_io_json_key(json, "conserved");
    if (s->has_laws)
        cst__json_expressions(json, s->chart.ctx, s->laws->functions, s->laws->count);
    else
        cst_io_json_null(json);
    put_truth(json, "conserved_complete", s->has_laws ? s->laws->complete : CST_UNKNOWN);
    cst_io_json_key(json, "redundancy");
    cst_io_json_integer(json, s->orbits->rank);
    cst_io_json_end_object(json);
    fwrite(json->text, 1, json->length, out);
    fputc('\n', out);
    cst_io_json_clear(json);
}

/* The verb ------------------------------------------------------------------- */

static cst_status_t
answer(const request_t *request, const cst_problem_t problem, cst_error_t *error)
{
    cst_symmetries_t s;
    cst_status_t status = cst_symmetries_init(s, problem, request->discover, error), written;
    cst__memory_t out;

    if (status != CST_OK && status != CST_UNDECIDED)
        return status;
    cst__memory_open(&out);
    (request->json ? print_json : print_text)(out.stream, s);
    cst_symmetries_clear(s);
    written = cst__memory_write(&out, request->output, error);
    return written == CST_OK ? status : written;
}

int
cst__verb_symmetries(int argc, char **argv)
{
    request_t request;
    cst__census_request_t census;
    cst_problem_t problem;
    cst_error_t error;
    cst_status_t status;
    int code;

    memset(&request, 0, sizeof request);
    code = read_options(&request, argc, argv);
    if (code >= 0)
        return code;
    cst__limit_time(request.time_limit, request.quiet);
    census = (cst__census_request_t){request.problem,   request.output, request.architecture,
                                     request.batchnorm, request.json,   request.quiet,
                                     request.prove,     request.every,  request.time_limit};
    if (cst__is_checkpoint(request.problem))
        return cst__census(&census);
    if (cst__census_of_problem(&code, &census))
        return code;
    cst_error_clear(&error);
    status = cst_problem_read_for(problem, CST_PROBLEM_SYMMETRIES, request.problem, &error);
    if (status == CST_OK)
    {
        status = answer(&request, problem, &error);
        cst_problem_clear(problem);
    }
    return cst__report_proofs(status, &error, request.problem, request.quiet);
}

#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- Waiting ------------------------------------------------------------------------------------ */

typedef struct
{
    double start, shown, limit; /* seconds; limit 0: none */
    int silent;
} wait_t;

static double
clock_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* One line on a terminal, rewritten in place. Stops a little early, so that what is known is printed. */
static int
show_progress(void *data, const cst_arch_progress_t *p)
{
    wait_t *wait = data;
    double now = clock_seconds();

    if (!wait->silent && now > wait->shown + 0.2)
    {
        fprintf(stderr, "\r\033[K%5.1f s  %ld of %ld rows, rank %ld of at most %ld", now - wait->start,
                (long) p->rows, (long) p->all_rows, (long) p->rank, (long) p->most);
        fflush(stderr);
        wait->shown = now;
    }
    return wait->limit > 0 && now - wait->start > 0.95 * wait->limit;
}

/* ---- The answer --------------------------------------------------------------------------------- */

/* What --prove asks for: at the weights of a checkpoint, or for a problem at a random point. */
typedef struct
{
    const double *weights; /* NULL: there are none */
    cst_arch_check_t check;
    cst_arch_proof_t proof;
} proof_t;

static slong
rank_of(const proof_t *p)
{
    return p->weights ? p->proof.rank : p->check.rank;
}

static slong
independent_of(const proof_t *p)
{
    return p->weights ? p->proof.independent : p->check.independent;
}

static cst_truth_t
truth_of(const proof_t *p)
{
    return p->weights ? p->proof.proved : p->check.proved;
}

/* What the ranks say of the census. */
static const char *
verdict(const cst_arch_t arch, const proof_t *p)
{
    cst_truth_t invariant = p->weights ? p->proof.invariant : p->check.invariant;
    int generic = fmpz_equal_si(arch->redundancy, independent_of(p));

    if (truth_of(p) == CST_TRUE)
        return !p->weights ? "proved: there are no other continuous symmetries"
               : generic   ? "proved: there are no other continuous symmetries at these weights"
                           : "proved: there are no other continuous symmetries, but the orbit is smaller at "
                             "these weights";
    if (p->weights && p->proof.stopped)
        return "not proved: the time limit is reached";
    return truth_of(p) == CST_FALSE ? "refuted: the count of the catalogue is wrong"
           : invariant != CST_TRUE  ? "not proved: a generator could not be verified"
           : rank_of(p) + independent_of(p) < arch->parameters
               ? "not proved: the rank found leaves room for more symmetries"
               : "not proved";
}

static void
print_rank(FILE *out, const char *where, slong rank, cst_arch_proof_method_t method, ulong prime)
{
    static const char *const ways[] = {"as modulo", "certified in doubles", "certified in balls"};

    fprintf(out, "rank of the function's Jacobian at %s: at least %ld, %s", where, (long) rank, ways[method]);
    if (prime)
        fprintf(out, " %lu", (unsigned long) prime);
    fputc('\n', out);
}

static void
print_check(FILE *out, const cst_arch_check_t *check)
{
    print_rank(out, "a random rational point", check->rank, check->method, check->prime);
    fprintf(out,
            "independent generators, tested on the function modulo random primes: %ld (error\n"
            "probability about degree/2^61)\n",
            (long) check->independent);
}

static void
print_proof(FILE *out, const cst_arch_t arch, const cst_arch_proof_t *proof)
{
    print_rank(out, "these weights", proof->rank, proof->method, proof->prime);
    fprintf(out, "independent generators at these weights: %ld\n", (long) proof->independent);
    if (proof->prime)
        fprintf(out,
                "tested on the function: %ld random sums of them on %ld rows (error probability about "
                "1/%lu^%ld)\n",
                (long) proof->tangents, (long) proof->rows, (unsigned long) proof->prime,
                (long) proof->tangents);
    else
        fprintf(out, "tested on the function modulo random primes (error probability about degree/2^61)\n");
    if (proof->stopped)
        fprintf(out, "stopped after %ld rows\n", (long) proof->rows);
    else if (proof->proved != CST_TRUE)
        fprintf(out, "room for more: %ld dimensions; %ld parameters moved none of the outputs tried\n",
                (long) (arch->parameters - proof->rank - proof->independent), (long) proof->idle);
}

/* The statistics that BatchNorm is taken with, as a word; NULL if there is none. */
static const char *
batchnorm_of(const cst_arch_t arch)
{
    const cst_arch_spec_struct *spec = arch->spec;

    for (slong l = 0; spec->kind == CST_ARCH_CNN && l < spec->convolutions; l++)
        if (spec->convolution[l].norm == CST_ARCH_NORM_BATCH)
            return spec->running ? "evaluation" : "training";
    return NULL;
}

static void
print_batchnorm(FILE *out, const char *mode)
{
    if (mode && strcmp(mode, "training") == 0)
        fputs("BatchNorm in training mode, with the statistics of the batch; --batchnorm evaluation counts "
              "with "
              "the running ones\n",
              out);
    else if (mode)
        fputs("BatchNorm in evaluation mode; running means and variances are constants, not counted as "
              "parameters\n",
              out);
}

static void
print_text(FILE *out, const cst__census_request_t *request, const cst_arch_t arch, const char *note,
           const proof_t *proof)
{
    fprintf(out, "%s: %s\n", request->path, cst_arch_kind_word(arch->spec->kind));
    cst_arch_census_print(out, arch, request->every);
    print_batchnorm(out, batchnorm_of(arch));
    if (note)
        fprintf(out, "%s\n", note);
    if (!proof)
        return;
    if (proof->weights)
        print_proof(out, arch, &proof->proof);
    else
        print_check(out, &proof->check);
    fprintf(out, "%s\n", verdict(arch, proof));
}

static void
put_integer(cst_io_json_t json, const char *key, slong value)
{
    cst_io_json_key(json, key);
    cst_io_json_integer(json, value);
}

static void
put_proof(cst_io_json_t json, const cst_arch_t arch, const proof_t *p)
{
    cst_io_json_begin_object(json);
    put_integer(json, "rank", rank_of(p));
    put_integer(json, "independent", independent_of(p));
    cst_io_json_key(json, "at_weights");
    cst_io_json_boolean(json, p->weights != NULL);
    if (p->weights)
    {
        put_integer(json, "rows", p->proof.rows);
        put_integer(json, "idle_parameters", p->proof.idle);
        put_integer(json, "tangents", p->proof.tangents);
        put_integer(json, "prime", (slong) p->proof.prime);
        cst_io_json_key(json, "stopped");
        cst_io_json_boolean(json, p->proof.stopped);
        cst_io_json_key(json, "method");
        cst_io_json_string(json, p->proof.method == CST_ARCH_PROOF_FIELD     ? "field"
                                 : p->proof.method == CST_ARCH_PROOF_DOUBLES ? "doubles"
                                                                             : "balls");
    }
    cst_io_json_key(json, "proved");
    cst__json_truth(json, truth_of(p));
    cst_io_json_key(json, "verdict");
    cst_io_json_string(json, verdict(arch, p));
    cst_io_json_end_object(json);
}

static void
print_json(FILE *out, const cst_arch_t arch, const char *note, const proof_t *proof)
{
    cst_io_json_t json;

    cst_io_json_init(json);
    cst_io_json_begin_object(json);
    cst_arch_census_members(json, arch);
    cst_io_json_key(json, "batchnorm");
    cst_io_json_string(json, batchnorm_of(arch));
    cst_io_json_key(json, "note");
    cst_io_json_string(json, note);
    cst_io_json_key(json, "proof");
    if (proof)
        put_proof(json, arch, proof);
    else
        cst_io_json_null(json);
    cst_io_json_end_object(json);
    fwrite(json->text, 1, json->length, out);
    fputc('\n', out);
    cst_io_json_clear(json);
}

static cst_status_t
write_answer(const cst__census_request_t *request, const cst_arch_t arch, const char *note,
             const proof_t *proof, cst_error_t *error)
{
    cst__memory_t out;
    cst_status_t status;

    cst__memory_open(&out);
    if (request->json)
        print_json(out.stream, arch, note, proof);
    else
        print_text(out.stream, request, arch, note, proof);
    status = cst__memory_write(&out, request->output, error);
    if (status != CST_OK || !proof)
        return status;
    status = truth_of(proof) == CST_FALSE     ? CST_INTERNAL
             : truth_of(proof) == CST_UNKNOWN ? CST_UNDECIDED
                                              : CST_OK;
    if (status == CST_UNDECIDED)
        cst_error_set(error, status, "%s", verdict(arch, proof));
    return status;
}

/* --batchnorm overrides what the architecture says. */
static cst_status_t
set_batchnorm(cst_arch_spec_t spec, const char *mode, cst_error_t *error)
{
    if (mode && strcmp(mode, "training") != 0 && strcmp(mode, "evaluation") != 0)
        return cst_error_set(error, CST_BAD_INPUT,
                             "--batchnorm: expected training or evaluation, found '%.60s'", mode);
    if (mode)
        spec->running = strcmp(mode, "evaluation") == 0;
    return CST_OK;
}

/* The numbers of a checkpoint that the function depends on. */
static cst_status_t
read_numbers(double *weights, cst_arch_t arch, const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
             cst_error_t *error)
{
    cst_status_t status = cst_monitor_weights(weights, arch, checkpoint, settings, error);

    if (status == CST_OK && arch->spec->running)
        status = cst_monitor_statistics(arch, checkpoint, settings, error);
    return status;
}

/* checkpoint: NULL if there is none. */
static cst_status_t
answer(const cst__census_request_t *request, const cst_arch_spec_t spec, const char *note,
       const cst_io_checkpoint_struct *checkpoint, cst_io_node_t settings, cst_error_t *error)
{
    cst_arch_t arch;
    proof_t proof = {0};
    double *weights = NULL;
    wait_t wait = {clock_seconds(), clock_seconds(), request->time_limit,
                   request->quiet || !isatty(STDERR_FILENO)};
    cst_status_t status = cst_arch_init(arch, spec, error);

    if (status != CST_OK)
        return status;
    if (request->prove && checkpoint)
    {
        proof.weights = weights = flint_malloc((size_t) (arch->parameters + 1) * sizeof *weights);
        status = read_numbers(weights, arch, checkpoint, settings, error);
        if (status == CST_OK)
            status = cst_arch_prove(&proof.proof, arch, weights, 1, &(cst_arch_watch_t){show_progress, &wait},
                                    error);
        if (!wait.silent)
            fputs("\r\033[K", stderr);
    }
    else if (request->prove)
        status = cst_arch_verify(&proof.check, arch, 1, error);
    if (status == CST_OK)
        status = write_answer(request, arch, note, request->prove ? &proof : NULL, error);
    flint_free(weights);
    cst_arch_clear(arch);
    return status;
}

/* Of the checkpoint at this path. */
static cst_status_t
answer_checkpoint(const cst__census_request_t *request, const char *path, cst_io_node_t settings,
                  cst_error_t *error)
{
    cst_io_checkpoint_t checkpoint;
    cst_arch_spec_t spec;
    const char *note;
    cst_status_t status = cst_io_checkpoint_open(checkpoint, path, error);

    if (status != CST_OK)
        return status;
    status = cst_monitor_architecture(spec, &note, checkpoint, settings, error);
    if (status == CST_OK)
    {
        status = set_batchnorm(spec, request->batchnorm, error);
        if (status == CST_OK)
            status = answer(request, spec, note, checkpoint, settings, error);
        cst_arch_spec_clear(spec);
    }
    cst_io_checkpoint_clear(checkpoint);
    return status;
}

int
cst__census(const cst__census_request_t *request)
{
    cst__run_list_t list = {0, NULL};
    cst_io_yaml_t settings;
    cst_error_t error;
    const char *path = request->path;
    cst_status_t status;

    cst_error_clear(&error);
    cst__run_list(&list, &path, 1);
    status = cst__run_settings(settings, request->architecture, &list, &error);
    if (status == CST_OK)
    {
        status = answer_checkpoint(request, list.paths[list.length - 1], settings->root, &error);
        if (settings->root)
            cst_io_yaml_clear(settings);
    }
    cst__run_list_clear(&list);
    return cst__report_proofs(status, &error, request->path, request->quiet);
}

int
cst__census_of_problem(int *code, const cst__census_request_t *request)
{
    cst_io_yaml_t yaml;
    cst_io_node_t node;
    cst_arch_spec_t spec;
    cst_error_t error;
    cst_status_t status;

    cst_error_clear(&error);
    if (cst_io_yaml_read(yaml, request->path, &error) != CST_OK)
        return 0; /* whoever reads the problem says why */
    node = cst_io_yaml_get(yaml->root, "architecture");
    if (!node || cst_io_yaml_get(yaml->root, "data"))
    {
        cst_io_yaml_clear(yaml);
        return 0;
    }
    status = cst_arch_spec_read(spec, yaml, node, &error);
    if (status == CST_OK)
    {
        status = set_batchnorm(spec, request->batchnorm, &error);
        if (status == CST_OK)
            status = answer(request, spec, NULL, NULL, NULL, &error);
        if (status != CST_OK && error.line == 0)
            cst_io_yaml_place(&error, yaml, node, 0);
        cst_arch_spec_clear(spec);
    }
    cst_io_yaml_clear(yaml);
    *code = cst__report_proofs(status, &error, request->path, request->quiet);
    return 1;
}

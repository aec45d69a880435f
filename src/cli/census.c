#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* What a certified rank of a network says of the census. */
static const char *
verdict(const cst_arch_t arch, const cst_arch_check_t *check)
{
    return check->proved == CST_TRUE      ? "proved: there are no other continuous symmetries"
           : check->proved == CST_FALSE   ? "refuted: the count of the catalogue is wrong"
           : check->invariant != CST_TRUE ? "not proved: a generator could not be verified"
           : check->rank + check->independent < arch->parameters
               ? "not proved: the rank found leaves room for more symmetries"
               : "not proved";
}

static void
print_text(FILE *out, const cst__census_request_t *request, const cst_arch_t arch, const char *note,
           const cst_arch_check_t *check)
{
    fprintf(out, "%s: %s\n", request->path, cst_arch_kind_word(arch->spec->kind));
    cst_arch_census_print(out, arch, request->every);
    if (note)
        fprintf(out, "%s\n", note);
    if (!check)
        return;
    fprintf(out,
            "rank of the function's Jacobian at a random rational point: at least %ld, certified in balls\n",
            (long) check->rank);
    fprintf(out,
            "independent generators, each tested on the function modulo random primes: %ld (error\n"
            "probability about degree/2^61)\n",
            (long) check->independent);
    fprintf(out, "%s\n", verdict(arch, check));
}

static void
print_json(FILE *out, const cst_arch_t arch, const char *note, const cst_arch_check_t *check)
{
    cst_io_json_t json;

    cst_io_json_init(json);
    cst_io_json_begin_object(json);
    cst_arch_census_members(json, arch);
    cst_io_json_key(json, "note");
    cst_io_json_string(json, note);
    cst_io_json_key(json, "proof");
    if (check)
    {
        cst_io_json_begin_object(json);
        cst_io_json_key(json, "rank");
        cst_io_json_integer(json, check->rank);
        cst_io_json_key(json, "independent");
        cst_io_json_integer(json, check->independent);
        cst_io_json_key(json, "proved");
        if (check->proved == CST_UNKNOWN)
            cst_io_json_null(json);
        else
            cst_io_json_boolean(json, check->proved == CST_TRUE);
        cst_io_json_key(json, "verdict");
        cst_io_json_string(json, verdict(arch, check));
        cst_io_json_end_object(json);
    }
    else
        cst_io_json_null(json);
    cst_io_json_end_object(json);
    fwrite(json->text, 1, json->length, out);
    fputc('\n', out);
    cst_io_json_clear(json);
}

static cst_status_t
answer(const cst__census_request_t *request, const cst_arch_spec_t spec, const char *note, cst_error_t *error)
{
    cst_arch_t arch;
    cst_arch_check_t check;
    cst__memory_t out;
    cst_status_t status = cst_arch_init(arch, spec, error), written;

    if (status != CST_OK)
        return status;
    if (request->prove)
        status = cst_arch_verify(&check, arch, 1, error);
    if (status == CST_OK)
    {
        cst__memory_open(&out);
        if (request->json)
            print_json(out.stream, arch, note, request->prove ? &check : NULL);
        else
            print_text(out.stream, request, arch, note, request->prove ? &check : NULL);
        written = cst__memory_write(&out, request->output, error);
        status = written != CST_OK                               ? written
                 : request->prove && check.proved == CST_FALSE   ? CST_INTERNAL
                 : request->prove && check.proved == CST_UNKNOWN ? CST_UNDECIDED
                                                                 : CST_OK;
        if (status == CST_UNDECIDED)
            cst_error_set(error, status, "%s", verdict(arch, &check));
    }
    cst_arch_clear(arch);
    return status;
}

int
cst__census(const cst__census_request_t *request)
{
    cst__run_list_t list = {0, NULL};
    cst_io_yaml_t settings;
    cst_io_checkpoint_t checkpoint;
    cst_arch_spec_t spec;
    cst_error_t error;
    const char *note;
    const char *path = request->path;
    cst_status_t status;

    cst_error_clear(&error);
    cst__run_list(&list, &path, 1);
    status = cst__run_settings(settings, request->architecture, &list, &error);
    if (status == CST_OK)
    {
        status = cst_io_checkpoint_open(checkpoint, list.paths[list.length - 1], &error);
        if (status == CST_OK)
        {
            status = cst_monitor_architecture(spec, &note, checkpoint, settings->root, &error);
            cst_io_checkpoint_clear(checkpoint);
        }
        if (status == CST_OK)
        {
            status = answer(request, spec, note, &error);
            cst_arch_spec_clear(spec);
        }
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
        status = answer(request, spec, NULL, &error);
        if (status != CST_OK && error.line == 0)
            cst_io_yaml_place(&error, yaml, node, 0);
        cst_arch_spec_clear(spec);
    }
    cst_io_yaml_clear(yaml);
    *code = cst__report_proofs(status, &error, request->path, request->quiet);
    return 1;
}

#include "config.h"

#include <getopt.h>
#include <stdlib.h>

#include "cli/prove.h"

static const char usage[] =
    "Usage: caustic prove CERTIFICATE [-o FILE.v]\n"
    "Exports the claim of a certificate as a Coq file: a theorem about real functions and their "
    "derivatives,\n"
    "with a proof that coqc accepts against the library that `make coq` compiles.\n\n"
    "  -o, --output FILE         write there (default: standard output)\n"
    "      --help, --version\n\n"
    "Exit status: 0 done, 2 bad input or not exported yet (the reason is given), 3 an internal failure.\n";

/* Half the second derivatives of a metric or the second derivatives of a Hamiltonian, if these are rational
   constants: 1; otherwise 0. */
static int
constant_matrix(fmpq_mat_t M, const cst__claim_t *claim, cst_expr_t e, const cst_expr_t *v, slong denominator)
{
    cst_expr_t rest = e;

    for (slong i = 0; i < claim->n; i++)
        for (slong j = 0; j < claim->n; j++)
        {
            cst_expr_t d = cst_expr_derivative(claim->ctx, e, v[i]), term;

            d = cst_expr_simplify(claim->ctx, cst_expr_derivative(claim->ctx, d, v[j]), NULL, 0);
            if (cst_expr_kind(d) != CST_EXPR_RATIONAL)
                return 0;
            fmpq_div_fmpz(fmpq_mat_entry(M, i, j), cst_expr_rational_value(d), (fmpz[]){denominator});
            term = cst_expr_mul(claim->ctx, d, cst_expr_mul(claim->ctx, v[i], v[j]));
            rest = cst_expr_sub(claim->ctx, rest,
                                cst_expr_div(claim->ctx, term, cst_expr_integer(claim->ctx, 2)));
        }
    return cst_expr_is_zero(claim->ctx, rest, NULL, 0) == CST_TRUE;
}

/* The constant matrix A of H = A p.p/2: 1; 0 if it is not constant, or the metric is degenerate. */
static int
flat_matrix(fmpq_mat_t A, const cst__claim_t *claim)
{
    if (claim->metric)
        return constant_matrix(A, claim, claim->metric, claim->dq, 2) && fmpq_mat_inv(A, A);
    return constant_matrix(A, claim, claim->hamiltonian, claim->p, 1);
}

static cst_status_t
prove_surface(FILE *out, const cst__claim_t *claim)
{
    cst_expr_t A[3];
    fmpq_t kappa;
    cst_status_t status;

    fmpq_init(kappa);
    status = cst__claim_surface(A, kappa, claim);
    if (status == CST_OK)
        status = cst__prove_surface(out, claim, A, kappa);
    fmpq_clear(kappa);
    return status;
}

static cst_status_t
prove(FILE *out, const char *path, cst_error_t *error)
{
    cst__claim_t claim;
    fmpq_mat_t A;
    cst_status_t status = cst__claim_init(&claim, path, error);

    if (status != CST_OK)
        return status;
    fmpq_mat_init(A, claim.n, claim.n);
    status = flat_matrix(A, &claim) ? cst__prove_flat(out, &claim, A) : prove_surface(out, &claim);
    fmpq_mat_clear(A);
    cst__claim_clear(&claim);
    return status;
}

int
cst__verb_prove(int argc, char **argv)
{
    const char *input = NULL, *output = NULL;
    const cst__option_t options[] = {{"output", CST__OPTION_TEXT, &output, 0, 0}};
    cst__memory_t memory;
    cst_error_t error;
    cst_status_t status;
    int code = cst__read_options(options, 1, "prove", usage, argc, argv);

    if (code >= 0)
        return code;
    if (optind + 1 != argc)
        return cst__report_usage("prove",
                                 optind == argc ? "which certificate?" : "one certificate at a time");
    input = argv[optind];
    cst_error_clear(&error);
    cst__memory_open(&memory);
    status = prove(memory.stream, input, &error);
    if (status == CST_OK)
        status = cst__memory_write(&memory, output, &error);
    else
    {
        fclose(memory.stream);
        free(memory.text);
    }
    return status == CST_OK ? 0 : cst__report_error(status, &error);
}

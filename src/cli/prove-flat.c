#include "config.h"

#include "cli/prove.h"

/* Bits and degree of the Taylor models, and the depth of the search: they decide whether coqc finds the
   proof, not what it proves. */
#define EXTRA_BITS 6
#define DEGREE 12
#define DEPTH 60

/* Phi_t = q + t A grad u0 */
static void
print_flow(FILE *out, const cst__claim_t *claim, const fmpq_mat_t A)
{
    const char *x = cst_expr_name(claim->q[0]), *y = claim->n > 1 ? cst_expr_name(claim->q[1]) : "";

    for (slong i = 0; i < claim->n; i++)
    {
        const char *z = i ? y : x;

        fprintf(out, claim->n == 1 ? "Definition Phi (t" : "Definition Phi%ld (t", (long) i + 1);
        cst__prove_names(out, claim);
        fprintf(out, " : R) : R :=\n  %s%s + t * (", z, cst__prove_suffix(z));
        cst__coq_real(out, fmpq_mat_entry(A, i, 0));
        if (claim->n == 1)
            fprintf(out, " * Derive u0 %s%s).\n", x, cst__prove_suffix(x));
        else
        {
            fprintf(out, " * Derive (fun s => u0 s %s%s) %s%s + ", y, cst__prove_suffix(y), x,
                    cst__prove_suffix(x));
            cst__coq_real(out, fmpq_mat_entry(A, i, 1));
            fprintf(out, " * Derive (fun s => u0 %s%s s) %s%s).\n", x, cst__prove_suffix(x), y,
                    cst__prove_suffix(y));
        }
    }
}

static void
print_statement(FILE *out, const cst__claim_t *claim)
{
    const char *many = claim->n > 1 ? "jacobian (Phi1 t) (Phi2 t)" : "is_derive (Phi t)";

    fputs("\n(* ", out);
    cst__prove_comment(out, claim->certificate->title);
    fprintf(out, ":\n   no focal time in [0, T1]%s *)\nTheorem first_focal_time :\n  (forall",
            claim->certificate->has_upper ? ", and one in (0, T2]" : "");
    cst__prove_names(out, claim);
    fputs(", ", out);
    cst__prove_domain(out, claim);
    fprintf(out, " ->\n   forall t, 0 <= t <= T1 -> exists D, %s", many);
    cst__prove_names(out, claim);
    fputs(" D /\\ 0 < D)", out);
    if (claim->certificate->has_upper)
    {
        fputs(" /\\\n  (exists", out);
        cst__prove_names(out, claim);
        fputs(", (", out);
        cst__prove_domain(out, claim);
        fprintf(out, ") /\\\n   exists t, 0 < t <= T2 /\\ %s", many);
        cst__prove_names(out, claim);
        fputs(" 0)", out);
    }
    fputs(".\n", out);
}

/* Entries of a symmetric matrix, from the upper triangle. */
static void
print_entries(FILE *out, const cst__claim_t *claim, const fmpq_mat_t M)
{
    for (slong i = 0; i < claim->n; i++)
        for (slong j = i; j < claim->n; j++)
        {
            fputc(' ', out);
            cst__coq_real(out, fmpq_mat_entry(M, i, j));
        }
}

/* The parameters of leaf1, leaf2, witness1 and witness2, before the time. */
static void
print_parameters(FILE *out, const cst__claim_t *claim)
{
    fprintf(out, "u0_term %ld %d %s", (long) (claim->bits + EXTRA_BITS), DEGREE,
            claim->n > 1 ? "G1 G2 G3" : "G");
}

static void
print_checks(FILE *out, const cst__claim_t *claim)
{
    fprintf(out, "Lemma covered : cover (leaf%ld ", (long) claim->n);
    print_parameters(out, claim);
    fprintf(out, " L) %d domain = true.\nProof. vm_cast_no_check (eq_refl true). Qed.\n", DEPTH);
    if (!claim->certificate->has_upper)
        return;
    fprintf(out, "Lemma witnessed : witness%ld ", (long) claim->n);
    print_parameters(out, claim);
    fputs(claim->n > 1 ? " U P1 P2" : " U P", out);
    for (slong i = 0; claim->n > 1 && i < claim->n; i++)
    {
        char *s = fmpz_get_str(NULL, 10, claim->certificate->direction + i);

        fprintf(out, " (%s)%%Z", s);
        flint_free(s);
    }
    fputs(" = true.\nProof. vm_cast_no_check (eq_refl true). Qed.\n", out);
}

static void
print_proof(FILE *out, const cst__claim_t *claim, const fmpq_mat_t A)
{
    int two = claim->n > 1;
    const char *side = two ? "; try (split; numbers)" : "";

    fputs("Proof.\n", out);
    fputs(claim->certificate->has_upper ? "  split.\n  - " : "  ", out);
    fputs("intros", out);
    cst__prove_names(out, claim);
    fprintf(out, " H t Ht. eapply (lower%ld u0 u0_term u0_value %ld %d %s", (long) claim->n,
            (long) (claim->bits + EXTRA_BITS), DEGREE, two ? "G1 G2 G3" : "G");
    print_entries(out, claim, A);
    fprintf(out, ") with (L := L) (fuel := %d%%nat); try exact covered; try numbers%s.\n", DEPTH, side);
    fprintf(out, "    %sthe_box.\n", "");
    if (!claim->certificate->has_upper)
    {
        fputs("Qed.\n", out);
        return;
    }
    fprintf(
        out,
        "  - exists (ratioR P%s)%s. split; [numbers|].\n    eapply (upper%ld u0 u0_term u0_value %ld %d %s",
        two ? "1" : "", two ? ", (ratioR P2)" : "", (long) claim->n, (long) (claim->bits + EXTRA_BITS),
        DEGREE, two ? "G1 G2 G3" : "G");
    print_entries(out, claim, A);
    fprintf(out, ") with (T := U); try eexact witnessed; try numbers%s.\nQed.\n", side);
}

cst_status_t
cst__prove_flat(FILE *out, const cst__claim_t *claim, const fmpq_mat_t A)
{
    fmpq_mat_t G;
    cst_status_t status;
    int two = claim->n > 1;
    cst_expr_t kink;

    if (cst__coq_kinks(&kink, 1, claim->initial))
        return cst__claim_fail(claim, CST_REFUSED,
                               "a relu and a constant metric are not exported to Coq yet");
    fprintf(
        out,
        "(* Made by caustic prove. Compile with coqc -R coq Caustic, against the library of `make coq`. *)\n"
        "From Coq Require Import Reals Lra ZArith List.\nFrom Coquelicot Require Import Coquelicot.\n"
        "From Caustic Require Import Expr Cover Flat%s.\n"
        "Import ListNotations.\nOpen Scope R_scope.\n\n",
        two ? " Flat2" : "");
    status = cst__prove_function(out, claim, "u0", claim->initial, "the initial function");
    if (status != CST_OK)
        return status;
    fputs(
        "(* The characteristics are straight lines; a focal time is a zero of the derivative of Phi_t. *)\n",
        out);
    print_flow(out, claim, A);
    cst__prove_time(out, "T1", claim->certificate->lower);
    if (claim->certificate->has_upper)
        cst__prove_time(out, "T2", claim->certificate->upper);
    fputs("\n", out);
    fmpq_mat_init(G, claim->n, claim->n);
    if (!fmpq_mat_inv(G, A))
    {
        fmpq_mat_clear(G);
        return cst__claim_fail(claim, CST_BAD_INPUT, "the Hamiltonian is degenerate");
    }
    cst__prove_ratio(out, two ? "G1" : "G", fmpq_mat_entry(G, 0, 0));
    if (two)
    {
        cst__prove_ratio(out, "G2", fmpq_mat_entry(G, 0, 1));
        cst__prove_ratio(out, "G3", fmpq_mat_entry(G, 1, 1));
    }
    fmpq_mat_clear(G);
    cst__prove_ratio(out, "L", claim->certificate->lower);
    if (claim->certificate->has_upper)
    {
        cst__prove_ratio(out, "U", claim->certificate->upper);
        cst__prove_ratio(out, two ? "P1" : "P", claim->certificate->point);
        if (two)
            cst__prove_ratio(out, "P2", claim->certificate->point + 1);
    }
    cst__prove_box(out, "domain", claim->certificate->low, claim->certificate->high, claim->n);
    print_checks(out, claim);
    fprintf(out,
            "\nLtac numbers := unfold ratioR, L, %sT1%s, %s in *; cbn [fst snd] in *; lra.\n"
            "Ltac the_box := cbn [within domain env%ld]; repeat split; lra.\n",
            claim->certificate->has_upper ? (two ? "U, P1, P2, " : "U, P, ") : "",
            claim->certificate->has_upper ? ", T2" : "", two ? "G1, G2, G3" : "G", (long) claim->n);
    print_statement(out, claim);
    print_proof(out, claim, A);
    fputs("Print Assumptions first_focal_time.\n", out);
    return CST_OK;
}

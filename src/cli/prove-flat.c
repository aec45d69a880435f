#include "config.h"

#include "cli/prove.h"

/* Bits and degree of the Taylor models, and the depth of the search: they decide whether coqc finds the
   proof, not what it proves. */
#define EXTRA_BITS 6
#define DEGREE 12
#define DEPTH 60

static const char *
suffix(const char *name)
{
    return cst__coq_reserved(name) ? "_" : "";
}

/* Each name with a space before it; the first one only if asked for. */
static void
print_list(FILE *out, const cst__claim_t *claim, int spaced)
{
    for (slong i = 0; i < claim->n; i++)
        fprintf(out, "%s%s%s", i || spaced ? " " : "", cst_expr_name(claim->q[i]),
                suffix(cst_expr_name(claim->q[i])));
}

static void
print_names(FILE *out, const cst__claim_t *claim)
{
    print_list(out, claim, 1);
}

/* A title may hold what ends a comment, or opens a string in it. */
static void
print_comment(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == '*' || *text == '"' || (unsigned char) *text < ' ' ? ' ' : *text, out);
}

static cst_status_t
print_initial(FILE *out, const cst__claim_t *claim)
{
    const char *wrong;
    char cause[200];

    fputs("Definition u0 (", out);
    print_list(out, claim, 0);
    fputs(" : R) : R :=\n  ", out);
    wrong = cst__coq_expr(out, claim->initial, claim->q, claim->n, 0);
    fputs(".\nDefinition u0_term : expr :=\n  ", out);
    wrong = wrong ? wrong : cst__coq_expr(out, claim->initial, claim->q, claim->n, 1);
    fprintf(out, ".\nLemma u0_value");
    print_names(out, claim);
    fputs(" : u0", out);
    print_names(out, claim);
    fprintf(out, " = ev u0_term (env%ld", (long) claim->n);
    print_names(out, claim);
    fputs(").\nProof. reflexivity. Qed.\n\n", out);
    if (!wrong)
        return CST_OK;
    snprintf(cause, sizeof cause, "%s in the initial function is not exported to Coq yet", wrong);
    return cst__claim_fail(claim, CST_REFUSED, cause);
}

/* "name(lo <= x <= hi) /\ ..." */
static void
print_domain(FILE *out, const cst__claim_t *claim)
{
    for (slong i = 0; i < claim->n; i++)
    {
        const char *x = cst_expr_name(claim->q[i]);

        fputs(i ? " /\\ " : "", out);
        cst__coq_real(out, claim->certificate->low + i);
        fprintf(out, " <= %s%s <= ", x, suffix(x));
        cst__coq_real(out, claim->certificate->high + i);
    }
}

/* The domain as a box of coq/Cover.v: the ends over one denominator */
static void
print_box(FILE *out, const cst__claim_t *claim)
{
    fmpz_t d, a, b;

    fmpz_init(d);
    fmpz_init(a);
    fmpz_init(b);
    fputs("Definition domain : box :=\n  [", out);
    for (slong i = 0; i < claim->n; i++)
    {
        const fmpq *lo = claim->certificate->low + i, *hi = claim->certificate->high + i;
        char *s;

        fmpz_lcm(d, fmpq_denref(lo), fmpq_denref(hi));
        fmpz_divexact(a, d, fmpq_denref(lo));
        fmpz_mul(a, a, fmpq_numref(lo));
        fmpz_divexact(b, d, fmpq_denref(hi));
        fmpz_mul(b, b, fmpq_numref(hi));
        fputs(i ? "; ((" : "((", out);
        for (int k = 0; k < 3; k++)
        {
            s = fmpz_get_str(NULL, 10, k == 0 ? a : k == 1 ? b : d);
            fprintf(out, k == 2 ? ", %s%%positive)" : k == 1 ? ", %s)%%Z" : "%s", s);
            flint_free(s);
        }
    }
    fputs("].\n", out);
    fmpz_clear(d);
    fmpz_clear(a);
    fmpz_clear(b);
}

static void
print_definition(FILE *out, const char *name, const fmpq_t x)
{
    fprintf(out, "Definition %s : ratio := ", name);
    cst__coq_ratio(out, x);
    fputs(".\n", out);
}

static void
print_time(FILE *out, const char *name, const fmpq_t x)
{
    fprintf(out, "Definition %s : R := ", name);
    cst__coq_real(out, x);
    fputs(".\n", out);
}

/* Phi_t = q + t A grad u0 */
static void
print_flow(FILE *out, const cst__claim_t *claim, const fmpq_mat_t A)
{
    const char *x = cst_expr_name(claim->q[0]), *y = claim->n > 1 ? cst_expr_name(claim->q[1]) : "";

    for (slong i = 0; i < claim->n; i++)
    {
        const char *z = i ? y : x;

        fprintf(out, claim->n == 1 ? "Definition Phi (t" : "Definition Phi%ld (t", (long) i + 1);
        print_names(out, claim);
        fprintf(out, " : R) : R :=\n  %s%s + t * (", z, suffix(z));
        cst__coq_real(out, fmpq_mat_entry(A, i, 0));
        if (claim->n == 1)
            fprintf(out, " * Derive u0 %s%s).\n", x, suffix(x));
        else
        {
            fprintf(out, " * Derive (fun s => u0 s %s%s) %s%s + ", y, suffix(y), x, suffix(x));
            cst__coq_real(out, fmpq_mat_entry(A, i, 1));
            fprintf(out, " * Derive (fun s => u0 %s%s s) %s%s).\n", x, suffix(x), y, suffix(y));
        }
    }
}

static void
print_statement(FILE *out, const cst__claim_t *claim)
{
    const char *many = claim->n > 1 ? "jacobian (Phi1 t) (Phi2 t)" : "is_derive (Phi t)";

    fputs("\n(* ", out);
    print_comment(out, claim->certificate->title);
    fprintf(out, ":\n   no focal time in [0, T1]%s *)\nTheorem first_focal_time :\n  (forall",
            claim->certificate->has_upper ? ", and one in (0, T2]" : "");
    print_names(out, claim);
    fputs(", ", out);
    print_domain(out, claim);
    fprintf(out, " ->\n   forall t, 0 <= t <= T1 -> exists D, %s", many);
    print_names(out, claim);
    fputs(" D /\\ 0 < D)", out);
    if (claim->certificate->has_upper)
    {
        fputs(" /\\\n  (exists", out);
        print_names(out, claim);
        fputs(", (", out);
        print_domain(out, claim);
        fprintf(out, ") /\\\n   exists t, 0 < t <= T2 /\\ %s", many);
        print_names(out, claim);
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
    print_names(out, claim);
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

    fprintf(
        out,
        "(* Made by caustic prove. Compile with coqc -R coq Caustic, against the library of `make coq`. *)\n"
        "From Coq Require Import Reals Lra ZArith List.\nFrom Coquelicot Require Import Coquelicot.\n"
        "From Caustic Require Import Expr Cover Flat%s.\n"
        "Import ListNotations.\nOpen Scope R_scope.\n\n",
        two ? " Flat2" : "");
    status = print_initial(out, claim);
    if (status != CST_OK)
        return status;
    fputs(
        "(* The characteristics are straight lines; a focal time is a zero of the derivative of Phi_t. *)\n",
        out);
    print_flow(out, claim, A);
    print_time(out, "T1", claim->certificate->lower);
    if (claim->certificate->has_upper)
        print_time(out, "T2", claim->certificate->upper);
    fputs("\n", out);
    fmpq_mat_init(G, claim->n, claim->n);
    if (!fmpq_mat_inv(G, A))
    {
        fmpq_mat_clear(G);
        return cst__claim_fail(claim, CST_BAD_INPUT, "the Hamiltonian is degenerate");
    }
    print_definition(out, two ? "G1" : "G", fmpq_mat_entry(G, 0, 0));
    if (two)
    {
        print_definition(out, "G2", fmpq_mat_entry(G, 0, 1));
        print_definition(out, "G3", fmpq_mat_entry(G, 1, 1));
    }
    fmpq_mat_clear(G);
    print_definition(out, "L", claim->certificate->lower);
    if (claim->certificate->has_upper)
    {
        print_definition(out, "U", claim->certificate->upper);
        print_definition(out, two ? "P1" : "P", claim->certificate->point);
        if (two)
            print_definition(out, "P2", claim->certificate->point + 1);
    }
    print_box(out, claim);
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

#include "config.h"

#include "cli/prove.h"

#define AT cst_geom_matrix_entry

static cst__coq_scope_t
scope_of(const cst__claim_t *claim)
{
    return (cst__coq_scope_t){claim->total->x, claim->total->d, NULL, NULL, claim};
}

/* "let w1 := point 0%nat in ..." */
static void
print_names(FILE *out, const cst__total_t *X)
{
    fputs(" ", out);
    for (slong a = 0; a < X->d; a++)
        fprintf(out, " let %s%s := point %ld%%nat in", cst_expr_name(X->x[a]),
                cst__prove_suffix(cst_expr_name(X->x[a])), (long) a);
    fputc('\n', out);
}

/* A function of the parameters, its term, and that they agree. */
static const char *
print_scalar(FILE *out, const cst__claim_t *claim, const char *name, cst_expr_t e)
{
    cst__coq_scope_t scope = scope_of(claim);
    cst_expr_t kinks[CST__PROVE_KINKS + 1];
    slong count = cst__coq_kinks(kinks, CST__PROVE_KINKS + 1, e);
    const char *wrong;

    fprintf(out, "Definition %s (point : nat -> R) : R :=\n", name);
    print_names(out, claim->total);
    fputs("  ", out);
    wrong = count > CST__PROVE_KINKS ? "a function with more than a thousand kinks"
                                     : cst__coq_expr(out, e, &scope, 0);
    fprintf(out, ".\nDefinition %s_term : expr :=\n  ", name);
    wrong = wrong ? wrong : cst__coq_expr(out, e, &scope, 1);
    fputs(".\n", out);
    wrong = wrong ? wrong : cst__prove_signs(out, &scope, name, kinks, count);
    fprintf(out, "Lemma %s_value point : ", name);
    if (count)
        fprintf(out, "List.Forall (fun s => 0 < ev s point) %s_signs -> ", name);
    fprintf(out, "%s point = ev %s_term point.\n", name, name);
    if (count)
        cst__prove_kinks(out, name);
    else
        fputs("Proof. reflexivity. Qed.\n", out);
    return wrong;
}

/* One case of a match: the entry (i, j) of a matrix, or (i) of a vector if j < 0. */
static const char *
print_case(FILE *out, const cst__coq_scope_t *scope, slong i, slong j, cst_expr_t e, int as_term)
{
    const char *wrong;

    fprintf(out, "\n  | %ld%%nat", (long) i);
    if (j >= 0)
        fprintf(out, ", %ld%%nat", (long) j);
    fputs(" => ", out);
    wrong = cst__coq_expr(out, e, scope, as_term);
    return wrong;
}

/* A vector (columns = 0) or a matrix of functions of the parameters; entries that are not there are 0. */
static const char *
print_array(FILE *out, const cst__claim_t *claim, const char *name, const cst_expr_t *entries, slong columns)
{
    cst__coq_scope_t scope = scope_of(claim);
    slong d = claim->total->d;
    const char *wrong = NULL, *index = columns ? "i j" : "i";

    for (int term = 0; term < 2; term++)
    {
        fprintf(out,
                term ? "Definition %s_term (%s : nat) : expr :=\n"
                     : "Definition %s (%s : nat) (point : nat -> R) : R :=\n",
                name, index);
        if (!term)
            print_names(out, claim->total);
        fputs(columns ? "  match i, j with" : "  match i with", out);
        for (slong i = 0; i < d; i++)
            for (slong j = 0; j < FLINT_MAX(columns, 1); j++)
            {
                cst_expr_t e = entries[columns ? i * columns + j : i];

                if (!wrong && !cst_expr_is_integer_value(e, 0))
                    wrong = print_case(out, &scope, i, columns ? j : -1, e, term);
            }
        fprintf(out, "\n  | %s => %s\n  end.\n", columns ? "_, _" : "_", term ? "Int 0" : "0");
    }
    fprintf(out, "Lemma %s_value %s point : %s %s point = ev (%s_term %s) point.\nProof. ", name, index, name,
            index, name, index);
    if (columns)
        fprintf(out,
                "do %ld (destruct i as [|i]; [do %ld (destruct j as [|j]; [reflexivity|]); reflexivity|]); ",
                (long) d, (long) d);
    else
        fprintf(out, "do %ld (destruct i as [|i]; [reflexivity|]); ", (long) d);
    fputs("reflexivity. Qed.\n", out);
    return wrong;
}

/* assumed, by its formulas, and the list of its terms */
static const char *
print_assumptions(FILE *out, const cst__claim_t *claim)
{
    const cst__total_t *X = claim->total;
    cst__coq_scope_t scope = scope_of(claim);
    const char *wrong = NULL;

    fputs("Definition assumed (point : nat -> R) : Prop :=\n", out);
    print_names(out, X);
    fputs("  True", out);
    for (slong i = 0; i < X->assumed && !wrong; i++)
    {
        fputs(" /\\ 0 < ", out);
        wrong = cst__coq_expr(out, X->positive[i], &scope, 0);
    }
    fputs(".\nDefinition assumed_terms : list expr := [", out);
    for (slong i = 0; i < X->assumed && !wrong; i++)
    {
        fputs(i ? "; " : "", out);
        wrong = cst__coq_expr(out, X->positive[i], &scope, 1);
    }
    fputs("].\nLemma assumed_value point : List.Forall (fun s => 0 < ev s point) assumed_terms -> assumed "
          "point.\n"
          "Proof.\n  intro H. repeat (apply List.Forall_cons_iff in H; let K := fresh in destruct H as [K "
          "H]).\n"
          "  cbn [ev] in *. unfold assumed. cbv zeta. repeat split; assumption.\nQed.\n",
          out);
    return wrong;
}

/* The section, as a vector in the coordinates */
static const char *
print_section(FILE *out, const cst__claim_t *claim)
{
    cst__coq_scope_t scope = cst__prove_scope(claim);
    const cst__total_t *X = claim->total;
    const char *wrong = NULL;

    for (int term = 0; term < 2; term++)
    {
        fputs(term ? "Definition sigma_term (i : nat) : expr :=\n  match i with" : "Definition sigma (", out);
        if (!term)
        {
            cst__prove_list(out, claim, 0);
            fputs(" : R) (i : nat) : R :=\n  match i with", out);
        }
        for (slong a = 0; a < X->d && !wrong; a++)
            wrong = print_case(out, &scope, a, -1, X->section[a], term);
        fprintf(out, "\n  | _ => %s\n  end.\n", term ? "Int 0" : "0");
    }
    fprintf(out,
            "Lemma sigma_value q1 q2 i : sigma q1 q2 i = ev (sigma_term i) (env2 q1 q2).\n"
            "Proof. do %ld (destruct i as [|i]; [reflexivity|]); reflexivity. Qed.\n",
            (long) X->d);
    return wrong;
}

/* u0 = L on the section */
static void
print_restriction(FILE *out, const cst__claim_t *claim)
{
    fputs("Definition u0 (", out);
    cst__prove_list(out, claim, 0);
    fputs(" : R) : R := loss (sigma", out);
    cst__prove_names(out, claim);
    fprintf(out,
            ").\nDefinition u0_term : expr := subst sigma_term loss_term.\n"
            "Definition u0_signs : list expr := map (subst sigma_term) loss_signs.\n"
            "Lemma u0_value q1 q2 : List.Forall (fun s => 0 < ev s (env2 q1 q2)) u0_signs ->\n"
            "  u0 q1 q2 = ev u0_term (env2 q1 q2).\n"
            "Proof.\n  apply (on_section loss loss_term loss_signs sigma_term (sigma q1 q2) (env2 q1 q2)); "
            "[apply sigma_value | %s].\nQed.\n\n",
            "intros; now apply loss_value");
}

static const char *
print_parts(FILE *out, const cst__claim_t *claim, const cst_geom_matrix_t G, const cst_geom_matrix_t V)
{
    const cst__total_t *X = claim->total;
    const char *wrong = print_array(out, claim, "G", G->entries, X->d);
    char name[32];

    wrong = wrong ? wrong : print_array(out, claim, "V", V->entries, X->d);
    for (slong k = 0; k < X->fields && !wrong; k++)
    {
        snprintf(name, sizeof name, "xi%ld", (long) k + 1);
        wrong = print_array(out, claim, name, X->field[k], 0);
    }
    for (slong i = 0; i < claim->n && !wrong; i++)
    {
        snprintf(name, sizeof name, "I%ld", (long) i + 1);
        wrong = print_scalar(out, claim, name, X->invariant[i]);
    }
    wrong = wrong ? wrong : print_assumptions(out, claim);
    wrong = wrong ? wrong : print_section(out, claim);
    return !wrong && X->loss ? print_scalar(out, claim, "loss", X->loss) : wrong;
}

cst_status_t
cst__prove_total(FILE *out, const cst__claim_t *claim)
{
    const cst__total_t *X = claim->total;
    cst_lie_chart_t chart = {claim->ctx, X->d, X->x, X->positive, X->assumed};
    cst_geom_matrix_t G, V;
    cst_expr_t pivots[CST__PROVE_PARAMETERS];
    cst_status_t status = CST_OK;
    char cause[200];

    cst_geom_matrix_init(G, claim->ctx, X->d, X->d);
    cst_geom_matrix_init(V, claim->ctx, X->d, X->d);
    for (slong a = 0; a < X->d; a++)
        AT(G, a, a) = cst_expr_integer(claim->ctx, 1);
    if (X->metric)
        status = cst_geom_metric_from_form(G, claim->ctx, X->metric, X->dx, claim->error);
    if (status == CST_OK)
        status = cst_geom_invert(pivots, V, &chart, G, claim->error);
    if (status == CST_OK)
    {
        const char *wrong;

        fputs("(* The parameters are the entries of a vector. G is their metric, V its inverse, xi1 "
              "generates the\n"
              "   symmetry, I1 and I2 are the coordinates of the quotient, and sigma its section. *)\n",
              out);
        wrong = print_parts(out, claim, G, V);
        if (wrong)
        {
            snprintf(cause, sizeof cause, "%s in a quotient is not exported to Coq yet", wrong);
            status = cst__claim_fail(claim, CST_REFUSED, cause);
        }
        else if (X->loss)
            print_restriction(out, claim);
    }
    cst_geom_matrix_clear(G);
    cst_geom_matrix_clear(V);
    return status;
}

/* ---- The theorem that the reduced problem is the quotient ---- */

static void
print_identities(FILE *out, const cst__claim_t *claim)
{
    const cst__total_t *X = claim->total;
    long d = (long) X->d;

    fprintf(out, "  (forall point, assumed point -> inverse_of %ld G V point", d);
    for (slong k = 1; k <= X->fields; k++)
    {
        fprintf(out,
                " /\\\n   killing %ld G xi%ld point /\\ along %ld xi%ld I1 point = 0 /\\ along %ld xi%ld I2 "
                "point = 0",
                d, (long) k, d, (long) k, d, (long) k);
        if (X->loss)
            fprintf(out,
                    " /\\\n   (List.Forall (fun s => 0 < ev s point) loss_signs -> along %ld xi%ld loss "
                    "point = 0)",
                    d, (long) k);
    }
    fputs(") /\\\n", out);
}

static void
print_reduction(FILE *out, const cst__claim_t *claim)
{
    static const char *const entries[] = {"A11", "A12", "A22"}, *const pairs[] = {"I1 I1", "I1 I2", "I2 I2"};

    fputs("  (forall q1 q2, assumed (sigma q1 q2) -> I1 (sigma q1 q2) = q1 /\\ I2 (sigma q1 q2) = q2", out);
    for (int i = 0; i < 3; i++)
        fprintf(out, " /\\\n   %s q1 q2 = gradients %ld V %s (sigma q1 q2)", entries[i],
                (long) claim->total->d, pairs[i]);
    fputs(claim->total->loss ? " /\\\n   u0 q1 q2 = loss (sigma q1 q2)) /\\\n" : ") /\\\n", out);
    fputs("  (forall", out);
    cst__prove_names(out, claim);
    fputs(", ", out);
    cst__prove_domain(out, claim);
    fputs(" ->\n   assumed (sigma", out);
    cst__prove_names(out, claim);
    fputs(")", out);
    if (claim->total->loss)
    {
        fputs(" /\\ List.Forall (fun s => 0 < ev s (sigma", out);
        cst__prove_names(out, claim);
        fputs(")) loss_signs", out);
    }
    fprintf(out, " /\\\n   riemannian %ld G (sigma", (long) claim->total->d);
    cst__prove_names(out, claim);
    fprintf(out, ") /\\ independent %ld %ld generator (sigma", (long) claim->total->d,
            (long) claim->total->fields);
    cst__prove_names(out, claim);
    fputs(")).\n", out);
}

/* The generators as one function, and that G is positive definite and they are independent on the section */
static void
print_definite(FILE *out, const cst__claim_t *claim, const char *search)
{
    const cst__total_t *X = claim->total;

    for (int term = 0; term < 2; term++)
    {
        fputs(term ? "Definition generator_term (k i : nat) : expr :=\n  match k with"
                   : "Definition generator (k i : nat) (point : nat -> R) : R :=\n  match k with",
              out);
        for (slong k = 0; k < X->fields; k++)
            fprintf(out, term ? " | %ld%%nat => xi%ld_term i" : " | %ld%%nat => xi%ld i point", (long) k,
                    (long) k + 1);
        fputs(term ? " | _ => Int 0 end.\n" : " | _ => 0 end.\n", out);
    }
    fputs("Lemma generator_value k i point : generator k i point = ev (generator_term k i) point.\nProof.",
          out);
    for (slong k = 1; k <= X->fields; k++)
        fprintf(out, " destruct k as [|k]; [apply xi%ld_value|].", (long) k);
    fprintf(
        out,
        " reflexivity. Qed.\n"
        "Definition metric_pivots := pivots %ld (fun i j => subst sigma_term (G_term i j)).\n"
        "Definition generator_pivots := pivots %ld (gram %ld (fun k i => subst sigma_term (generator_term k "
        "i))).\n"
        "Lemma definite_found : forallb (positive_on %s domain) (metric_pivots ++ generator_pivots) = true.\n"
        "Proof. vm_cast_no_check (eq_refl true). Qed.\n",
        (long) X->d, (long) X->fields, (long) X->d, search);
}

/* The last part of the theorem; q1, q2 are a point of the domain by the hypothesis B. */
static void
print_definite_proof(FILE *out, const cst__claim_t *claim, const char *search)
{
    const cst__total_t *X = claim->total;

    fprintf(
        out,
        "    assert (S := pivots_on_section %s domain _ definite_found q1 q2 B).\n"
        "    apply List.Forall_app in S. destruct S as [S S']. split.\n"
        "    + apply (riemannian_by_terms %ld G (fun i j => subst sigma_term (G_term i j)) (env2 q1 q2)); "
        "[| |exact S].\n"
        "      * intros i j. rewrite (subst_ok sigma_term _ _ (sigma q1 q2) (sigma_value q1 q2)). apply "
        "G_value.\n"
        "      * intros i j Hi Hj. split_index i; split_index j; first [reflexivity | cbn; ring].\n"
        "    + apply (independent_by_terms %ld %ld generator (fun k i => subst sigma_term (generator_term k "
        "i)) (env2 q1 q2)); [|exact S'].\n"
        "      intros k i. rewrite (subst_ok sigma_term _ _ (sigma q1 q2) (sigma_value q1 q2)). apply "
        "generator_value.\n",
        search, (long) X->d, (long) X->d, (long) X->fields);
}

/* Rewrites derivatives by their formulas; what is left is for `field`. */
static void
print_tactics(FILE *out, const cst__claim_t *claim)
{
    const cst__total_t *X = claim->total;

    fputs("Ltac side := repeat split; cbn in *; try lra; try easy; try (apply Rgt_not_eq; nra).\n"
          "Ltac by_terms := repeat match goal with\n"
          "  | |- context [partial ?c (G ?i ?j) ?y] => rewrite (is_partial (G i j) (G_term i j) y c (G_value "
          "i j)) by side\n",
          out);
    for (slong k = 1; k <= X->fields; k++)
        fprintf(out,
                "  | |- context [partial ?c (xi%ld ?i) ?y] => rewrite (is_partial (xi%ld i) (xi%ld_term i) y "
                "c (xi%ld_value "
                "i)) by side\n",
                (long) k, (long) k, (long) k, (long) k);
    fputs(
        "  | |- context [partial ?c I1 ?y] => rewrite (is_partial I1 I1_term y c I1_value) by side\n"
        "  | |- context [partial ?c I2 ?y] => rewrite (is_partial I2 I2_term y c I2_value) by side\n  end.\n"
        "Ltac formula := cbn; field; side.\nLtac split_index i := destruct i as ",
        out);
    for (slong a = 0; a < X->d; a++)
        fputs("[|", out);
    fputs("i", out);
    for (slong a = 0; a < X->d; a++)
        fputs("]", out);
    fputs("; [..|exfalso; lia].\n", out);
}

static void
print_identity_proofs(FILE *out, const cst__claim_t *claim)
{
    const cst__total_t *X = claim->total;

    fputs("    intros point H. unfold assumed in H. cbv zeta in H. repeat split.\n"
          "    + intros i j Hi Hj. split_index i; split_index j; formula.\n",
          out);
    for (slong k = 0; k < X->fields; k++)
    {
        fputs("    + intros i j Hi Hj. split_index i; split_index j; unfold sum; by_terms; formula.\n"
              "    + unfold along, sum; by_terms; formula.\n    + unfold along, sum; by_terms; formula.\n",
              out);
        if (X->loss)
            fputs("    + intro S.\n"
                  "      assert (P : List.Forall (fun s => defined s point /\\ 0 < ev s point) loss_signs) "
                  "by there.\n"
                  "      unfold along, sum. rewrite !(fun c E => is_partial_near loss loss_term loss_signs "
                  "point c near_loss "
                  "E P) by side.\n      formula.\n",
                  out);
    }
}

void
cst__prove_reduced(FILE *out, const cst__claim_t *claim, const char *search)
{
    const cst__total_t *X = claim->total;
    const char *terms = X->loss ? "assumed_terms ++ loss_signs" : "assumed_terms";

    fprintf(out,
            "\nLemma section_found : forallb (positive_on %s domain) (map (subst sigma_term) (%s)) = true.\n"
            "Proof. vm_cast_no_check (eq_refl true). Qed.\n",
            search, terms);
    print_definite(out, claim, search);
    print_tactics(out, claim);
    if (X->loss)
        fputs("Ltac there := repeat match goal with H : List.Forall _ _ |- _ => "
              "apply List.Forall_cons_iff in H; let K := fresh in destruct H as [K H] end;\n"
              "  repeat constructor; cbn in *; try lra; try easy.\n"
              "Lemma near_loss point : List.Forall (fun s => 0 < ev s point) loss_signs -> loss point = ev "
              "loss_term point.\n"
              "Proof. intros; now apply loss_value. Qed.\n",
              out);
    fputs("\n(* The problem is the quotient of that on the parameters. *)\nTheorem reduced :\n", out);
    print_identities(out, claim);
    print_reduction(out, claim);
    fputs("Proof.\n  split; [|split].\n  -\n", out);
    print_identity_proofs(out, claim);
    fprintf(out,
            "  - intros q1 q2 H. unfold assumed in H. cbn in H. repeat split;\n"
            "      try (unfold gradients, sum, A11, A12, A22; by_terms; cbn; field; side); unfold I1, I2, "
            "sigma; field; side.\n"
            "  - intros q1 q2 H. assert (B : within domain 0 (env2 q1 q2)) by the_box.\n"
            "    assert (P := positive_on_section %s domain sigma_term sigma _ sigma_value section_found q1 "
            "q2 B).\n",
            search);
    fputs(X->loss ? "    apply List.Forall_app in P. destruct P as [P Q].\n"
                    "    split; [now apply assumed_value | split; [exact Q|]].\n"
                  : "    split; [now apply assumed_value|].\n",
          out);
    print_definite_proof(out, claim, search);
    fputs("Qed.\nPrint Assumptions reduced.\n", out);
}

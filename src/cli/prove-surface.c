#include "config.h"

#include "cli/prove.h"

/* Degree of the Taylor models and the depth of the search: they decide whether coqc finds the proof, not
   what it proves. */
#define DEGREE 3
#define DEPTH 60

static const char *const entries[] = {"A11", "A12", "A22"};

static const char prelude[] =
    "(* Made by caustic prove. Compile with coqc -R coq Caustic, against the library of `make coq`. *)\n"
    "From Coq Require Import Reals Lra ZArith List.\nFrom Coquelicot Require Import Coquelicot.\n"
    "From Caustic Require Import Expr Cover Flat Search2 Surface SurfaceSearch Kink "
    "SurfaceProblem SurfaceRoom SurfaceTube.\n"
    "Import ListNotations.\nOpen Scope R_scope.\n\n";

static const char curvature[] =
    "Ltac apart := repeat match goal with H : _ /\\ _ |- _ => destruct H end.\n"
    "Ltac nonzero := apart; match goal with H : ?d <> 0 |- ?e <> 0 =>\n"
    "  first [replace e with d by ring; exact H | let Z := fresh in intro Z; apply H; rewrite Z; ring] end.\n"
    "Lemma curvature q1 q2 : regular A11_term A12_term A22_term q1 q2 ->\n"
    "  has_curvature (jet2_of A11_term q1 q2) (jet2_of A12_term q1 q2) (jet2_of A22_term q1 q2) (ratioR K).\n"
    "Proof.\n  intros [D _]. unfold has_curvature, gauss, ratioR, K. cbn in *.\n"
    "  field; repeat split; try lra; nonzero.\nQed.\n";

static const char curves[] = "x_ y_ p_ r_ X1 Y1 P1 R1 X2 Y2 P2 R2";

static void
print_parameters(FILE *out, const cst__claim_t *claim)
{
    fprintf(out, "%ld %d A11_term A12_term A22_term", (long) claim->bits, DEGREE);
}

static void
print_search(FILE *out, const cst__claim_t *claim)
{
    fprintf(out, "%ld %d %d A11_term A12_term A22_term", (long) claim->bits, DEGREE, DEPTH);
}

static void
print_checks(FILE *out, const cst__claim_t *claim)
{
    const char *proof = "Proof. vm_cast_no_check (eq_refl true). Qed.\n";

    fputs("Lemma metric_found : cover (metric_leaf ", out);
    print_parameters(out, claim);
    fprintf(out, ") %d domain = true.\n%sLemma covered : cover (surface_leaf ", DEPTH, proof);
    print_parameters(out, claim);
    fprintf(out, " u0_term K L) %d domain = true.\n%s", DEPTH, proof);
    if (!claim->certificate->has_upper)
        return;
    fputs("Lemma witnessed : surface_negative ", out);
    print_parameters(out, claim);
    fprintf(out, " u0_term K U W1 W2 = true.\n%s", proof);
}

static void
print_numbers(FILE *out, const cst__claim_t *claim, const fmpq_t kappa)
{
    const cst_certificate_struct *c = claim->certificate;

    fputs("(* The curvature K and the numbers of the claim, for the kernel's search *)\n", out);
    cst__prove_ratio(out, "K", kappa);
    cst__prove_ratio(out, "L", c->lower);
    if (c->has_upper)
    {
        cst__prove_ratio(out, "U", c->upper);
        cst__prove_ratio(out, "W1", c->point);
        cst__prove_ratio(out, "W2", c->point + 1);
    }
    cst__prove_box(out, "domain", c->low, c->high, claim->n);
}

/* "(exists curves, characteristic ...) /\ forall curves, characteristic ... -> ": the curves that are the
   characteristic from a point of the domain and its derivative. Where it is not known that there are any,
   only the second part. */
static void
print_curves(FILE *out, const cst__claim_t *claim, const char *time, int exist)
{
    fputs("chart", out);
    cst__prove_names(out, claim);
    for (int k = exist ? 0 : 1; k < 2; k++)
    {
        fprintf(out, " /\\\n   %s %s,\n   %scharacteristic (kinetic A11 A12 A22) u0 chart",
                k ? "forall" : "(exists", curves, k ? "" : " ");
        cst__prove_names(out, claim);
        fprintf(out, k ? " %s %s ->\n   " : " %s %s)", time, curves);
    }
}

static void
print_steps(FILE *out, cst__room_t *room)
{
    cst__prove_ratio(out, "speed", room->sigma);
    fputs("Definition steps : list step :=\n  [", out);
    for (slong k = 0; k < room->count; k++)
        for (int i = 0; i < 3; i++)
        {
            fputs(i ? ", " : k ? ";\n   (" : "(", out);
            cst__coq_ratio(out, room->steps[k][i]);
            fputs(i == 2 ? ")" : "", out);
        }
    fputs("].\n", out);
}

/* What the kernel finds, and the theorem with it: by the speed, or by following the characteristics */
static void
print_found(FILE *out, const cst__claim_t *claim, cst__room_t *room, int theorem)
{
    const char *last = claim->certificate->has_upper ? "U" : "L";

    fputs(theorem ? room->followed ? "tube_solutions A11 A12 A22 u0 " : "surface_solutions A11 A12 A22 u0 "
          : room->followed ? "tube "
                           : "room ",
          out);
    if (room->followed)
        fprintf(out, "%d %d %d A11_term A12_term A22_term", CST__TUBE_BITS, CST__TUBE_DEGREE, DEPTH);
    else
        print_search(out, claim);
    fputs(room->followed ? " u0_term" : " u0_term speed", out);
    fputs(theorem ? "\n    A11_value A12_value A22_value" : "", out);
    if (room->followed)
        fprintf(out, " %s start rectangle %ld", last, (long) room->count);
    else
        fprintf(out, " %s start steps", last);
}

/* The characteristics from the box `start` exist until U, or L. */
static void
print_room(FILE *out, const cst__claim_t *claim, cst__room_t *room)
{
    const char *last = claim->certificate->has_upper ? "U" : "L";

    if (room->whole)
        fputs("Definition start : box := domain.\n", out);
    else
        cst__prove_box(out, "start", room->low[0], room->high[0], claim->n);
    if (room->followed)
        cst__prove_box(out, "rectangle", room->inside_low[0], room->inside_high[0], claim->n);
    else
        print_steps(out, room);
    fputs("Lemma room_found : ", out);
    print_found(out, claim, room, 0);
    fprintf(out,
            " = true.\nProof. vm_cast_no_check (eq_refl true). Qed.\n"
            "Lemma solutions q1 q2 : within start 0 (env2 q1 q2) ->\n  exists %s,\n"
            "  characteristic (kinetic A11 A12 A22) u0 chart q1 q2 (ratioR %s) %s.\nProof.\n  apply (",
            curves, last, curves);
    print_found(out, claim, room, 1);
    fputs("); [numbers | exact room_found |].\n"
          "  intros p1 p2 H. apply initial. cbn [within start domain env2] in *. repeat split; lra.\nQed.\n",
          out);
}

static int
from_loss(const cst__claim_t *claim)
{
    return claim->total && claim->total->loss;
}

/* u0 is its term near the domain. */
static void
print_initial(FILE *out, const cst__claim_t *claim)
{
    cst_expr_t kink;
    int smooth = !from_loss(claim) && cst__coq_kinks(&kink, 1, claim->initial) == 0;

    if (!smooth)
        fprintf(out,
                "Lemma signs_found : forallb (positive_on %ld %d %d domain) u0_signs = true.\n"
                "Proof. vm_cast_no_check (eq_refl true). Qed.\n",
                (long) claim->bits, DEGREE, DEPTH);
    fputs("Lemma initial q1 q2 : within domain 0 (env2 q1 q2) ->\n"
          "  locally_2d (fun q1 q2 => u0 q1 q2 = ev u0_term (env2 q1 q2)) q1 q2.\n",
          out);
    if (smooth)
        fputs("Proof. intros _. apply locally_2d_forall. exact u0_value. Qed.\n", out);
    else
        fprintf(out,
                "Proof. exact (near_term %ld %d u0 u0_term u0_signs %d domain u0_value signs_found q1 q2). "
                "Qed.\n",
                (long) claim->bits, DEGREE, DEPTH);
}

static void
print_statement(FILE *out, const cst__claim_t *claim, const cst__room_t *room)
{
    int upper = claim->certificate->has_upper;

    fputs("\n(* ", out);
    cst__prove_comment(out, claim->certificate->title);
    fprintf(out,
            ":\n   no focal time in [0, T1]%s. The columns of the derivative of the flow by its start are "
            "(X1, Y1) and (X2, Y2). *)\nTheorem first_focal_time :\n  (forall",
            upper ? ", and one in (0, T2]" : "");
    cst__prove_names(out, claim);
    fputs(", ", out);
    cst__prove_domain(out, claim);
    fputs(" ->\n   ", out);
    print_curves(out, claim, "T1", room && room->whole);
    fputs("forall t, 0 <= t <= T1 -> 0 < X1 t * Y2 t - X2 t * Y1 t)", out);
    if (upper)
    {
        fputs(" /\\\n  (exists", out);
        cst__prove_names(out, claim);
        fputs(", (", out);
        cst__prove_domain(out, claim);
        fputs(") /\\\n   ", out);
        print_curves(out, claim, "T2", room != NULL);
        fputs("exists t, 0 < t <= T2 /\\ X1 t * Y2 t - X2 t * Y1 t = 0)", out);
    }
    fputs(".\n", out);
}

/* The first part of print_curves */
static void
print_solution(FILE *out, const char *inside)
{
    fprintf(out,
            "    split; [destruct (solutions _ _ %s) as (x_ & y_ & p_ & r_ & X1 & Y1 & P1 & R1 & X2 & Y2 & "
            "P2 & R2 & S);\n"
            "      exists x_, y_, p_, r_, X1, Y1, P1, R1, X2, Y2, P2, R2; apply characteristic_shorter with "
            "(2 := S); "
            "clear; numbers|].\n",
            inside);
}

static void
print_proof(FILE *out, const cst__claim_t *claim, const cst__room_t *room)
{
    int upper = claim->certificate->has_upper;
    const char *facts =
        "A11 A12 A22 u0 A11_term A12_term A22_term u0_term K\n      A11_value A12_value A22_value "
        "curvature";

    fprintf(
        out,
        "Proof.\n  %sintros q1 q2 H. assert (B : within domain 0 (env2 q1 q2)) by the_box.\n"
        "    split; [exact (in_chart A11_term A12_term A22_term %ld %d %d domain metric_found q1 q2 B)|].\n",
        upper ? "split.\n  - " : "", (long) claim->bits, DEGREE, DEPTH);
    if (room && room->whole)
        print_solution(out, "B");
    fprintf(out,
            "    replace T1 with (ratioR L) by numbers.\n"
            "    apply (surface_domain %s\n      %ld %d %d domain metric_found initial L); [numbers | exact "
            "covered | exact B].\n",
            facts, (long) claim->bits, DEGREE, DEPTH);
    if (upper)
    {
        fprintf(
            out,
            "  - assert (B : within domain 0 (env2 (ratioR W1) (ratioR W2))) by (cbn [within domain env2]; "
            "repeat split; numbers).\n"
            "    exists (ratioR W1), (ratioR W2). split; [numbers|].\n"
            "    split; [exact (in_chart A11_term A12_term A22_term %ld %d %d domain metric_found _ _ "
            "B)|].\n",
            (long) claim->bits, DEGREE, DEPTH);
        if (room && !room->whole)
            fputs("    assert (W : within start 0 (env2 (ratioR W1) (ratioR W2))) by (cbn [within start "
                  "env2]; repeat split; numbers).\n",
                  out);
        if (room)
            print_solution(out, room->whole ? "B" : "W");
        fprintf(out,
                "    replace T2 with (ratioR U) by numbers.\n"
                "    eapply (surface_point %s\n      %ld %d %d domain metric_found initial U); "
                "[numbers | exact B | exact witnessed].\n",
                facts, (long) claim->bits, DEGREE, DEPTH);
    }
    fputs("Qed.\nPrint Assumptions first_focal_time.\n", out);
}

cst_status_t
cst__prove_surface(FILE *out, const cst__claim_t *claim, const cst_expr_t *A, const fmpq_t kappa)
{
    int upper = claim->certificate->has_upper, exist;
    cst__room_t room;
    cst_status_t status = CST_OK;

    fputs(prelude, out);
    if (claim->total)
    {
        fputs("From Coq Require Import Lia.\nFrom Caustic Require Import Vector Quotient.\n\n", out);
        status = cst__prove_total(out, claim);
    }
    if (status != CST_OK)
        return status;
    fputs("(* H = 1/2 (A11 p^2 + 2 A12 p r + A22 r^2), where A is the inverse of the metric *)\n", out);
    for (int i = 0; i < 3 && status == CST_OK; i++)
        status = cst__prove_function(out, claim, entries[i], A[i], "the metric");
    if (status == CST_OK && !from_loss(claim))
        status = cst__prove_function(out, claim, "u0", claim->initial, "the initial function");
    if (status != CST_OK)
        return status;
    fputs("(* where these formulas are defined and A is positive definite *)\n"
          "Definition chart : R -> R -> Prop := regular A11_term A12_term A22_term.\n",
          out);
    cst__prove_time(out, "T1", claim->certificate->lower);
    if (upper)
        cst__prove_time(out, "T2", claim->certificate->upper);
    fputc('\n', out);
    print_numbers(out, claim, kappa);
    print_checks(out, claim);
    fputs(curvature, out);
    fprintf(out,
            "Ltac numbers := unfold ratioR, L, T1%s in *; cbn [fst snd] in *; lra.\n"
            "Ltac the_box := cbn [within domain env2]; repeat split; lra.\n",
            upper ? ", U, T2, W1, W2" : "");
    print_initial(out, claim);
    exist = cst__room_init(&room, claim, A);
    if (exist)
        print_room(out, claim, &room);
    print_statement(out, claim, exist ? &room : NULL);
    print_proof(out, claim, exist ? &room : NULL);
    cst__room_clear(&room);
    if (claim->total)
    {
        char search[60];

        snprintf(search, sizeof search, "%ld %d %d", (long) claim->bits, DEGREE, DEPTH);
        cst__prove_reduced(out, claim, search);
    }
    return cst__prove_metric(out, claim);
}

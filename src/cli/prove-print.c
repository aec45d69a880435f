#include "config.h"

#include "cli/prove.h"

const char *
cst__prove_suffix(const char *name)
{
    return cst__coq_reserved(name) ? "_" : "";
}

/* Each name with a space before it; the first one only if asked for. */
void
cst__prove_list(FILE *out, const cst__claim_t *claim, int spaced)
{
    for (slong i = 0; i < claim->n; i++)
        fprintf(out, "%s%s%s", i || spaced ? " " : "", cst_expr_name(claim->q[i]),
                cst__prove_suffix(cst_expr_name(claim->q[i])));
}

void
cst__prove_names(FILE *out, const cst__claim_t *claim)
{
    cst__prove_list(out, claim, 1);
}

/* A title may hold what ends a comment, or opens a string in it. */
void
cst__prove_comment(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == '*' || *text == '"' || (unsigned char) *text < ' ' ? ' ' : *text, out);
}

cst__coq_scope_t
cst__prove_scope(const cst__claim_t *claim)
{
    return (cst__coq_scope_t){claim->q, claim->n, claim->certificate->low, claim->certificate->high, NULL};
}

const char *
cst__prove_signs(FILE *out, const cst__coq_scope_t *scope, const char *name, const cst_expr_t *kinks,
                 slong count)
{
    const char *wrong = NULL;

    fprintf(out, "Definition %s_signs : list expr := [", name);
    for (slong i = 0; i < count && !wrong; i++)
    {
        int negative = cst__coq_sign(scope, kinks[i]) < 0;

        fputs(i ? ";\n  " : "\n  ", out);
        fputs(negative ? "Opp " : "", out);
        wrong = cst__coq_expr(out, kinks[i], scope, 1);
    }
    fputs("].\n", out);
    return wrong;
}

void
cst__prove_kinks(FILE *out, const char *name)
{
    fprintf(out,
            "Proof.\n  intro H. repeat (apply List.Forall_cons_iff in H; let K := fresh in destruct H as [K "
            "H]).\n"
            "  cbn [ev env2] in *. unfold %s. cbv zeta.\n"
            "  repeat first [rewrite Rmax_right by lra | rewrite Rmax_left by lra]. reflexivity.\nQed.\n\n",
            name);
}

static void
print_value(FILE *out, const cst__claim_t *claim, const char *name, int kinks)
{
    fprintf(out, "Lemma %s_value", name);
    cst__prove_names(out, claim);
    fputs(" : ", out);
    if (kinks)
    {
        fprintf(out, "List.Forall (fun s => 0 < ev s (env%ld", (long) claim->n);
        cst__prove_names(out, claim);
        fprintf(out, ")) %s_signs ->\n  ", name);
    }
    fputs(name, out);
    cst__prove_names(out, claim);
    fprintf(out, " = ev %s_term (env%ld", name, (long) claim->n);
    cst__prove_names(out, claim);
    if (!kinks)
        fputs(").\nProof. reflexivity. Qed.\n\n", out);
    else
    {
        fputs(").\n", out);
        cst__prove_kinks(out, name);
    }
}

cst_status_t
cst__prove_function(FILE *out, const cst__claim_t *claim, const char *name, cst_expr_t e, const char *where)
{
    cst__coq_scope_t scope = cst__prove_scope(claim);
    cst_expr_t kinks[CST__PROVE_KINKS + 1];
    slong count = cst__coq_kinks(kinks, CST__PROVE_KINKS + 1, e);
    const char *wrong;
    char cause[200];

    fprintf(out, "Definition %s (", name);
    cst__prove_list(out, claim, 0);
    fputs(" : R) : R :=\n  ", out);
    wrong = count > CST__PROVE_KINKS ? "a function with more than a thousand kinks"
                                     : cst__coq_expr(out, e, &scope, 0);
    fprintf(out, ".\nDefinition %s_term : expr :=\n  ", name);
    wrong = wrong ? wrong : cst__coq_expr(out, e, &scope, 1);
    fputs(".\n", out);
    if (!wrong && count)
        wrong = cst__prove_signs(out, &scope, name, kinks, count);
    print_value(out, claim, name, count > 0);
    if (!wrong)
        return CST_OK;
    snprintf(cause, sizeof cause, "%s in %s is not exported to Coq yet", wrong, where);
    return cst__claim_fail(claim, CST_REFUSED, cause);
}

/* "name(lo <= x <= hi) /\ ..." */
void
cst__prove_domain(FILE *out, const cst__claim_t *claim)
{
    for (slong i = 0; i < claim->n; i++)
    {
        const char *x = cst_expr_name(claim->q[i]);

        fputs(i ? " /\\ " : "", out);
        cst__coq_real(out, claim->certificate->low + i);
        fprintf(out, " <= %s%s <= ", x, cst__prove_suffix(x));
        cst__coq_real(out, claim->certificate->high + i);
    }
}

/* A box of coq/Cover.v: the ends over one denominator */
void
cst__prove_box(FILE *out, const char *name, const fmpq *low, const fmpq *high, slong n)
{
    fmpz_t d, a, b;

    fmpz_init(d);
    fmpz_init(a);
    fmpz_init(b);
    fprintf(out, "Definition %s : box :=\n  [", name);
    for (slong i = 0; i < n; i++)
    {
        const fmpq *lo = low + i, *hi = high + i;
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

void
cst__prove_ratio(FILE *out, const char *name, const fmpq_t x)
{
    fprintf(out, "Definition %s : ratio := ", name);
    cst__coq_ratio(out, x);
    fputs(".\n", out);
}

void
cst__prove_time(FILE *out, const char *name, const fmpq_t x)
{
    fprintf(out, "Definition %s : R := ", name);
    cst__coq_real(out, x);
    fputs(".\n", out);
}

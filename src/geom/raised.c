/* geom/raised.c -- the curvature with raised indices, from derivatives of the co-metric alone.

   With D^{j;ik} = g^jb d_b g^ik and <u, v> = g_pq u^p v^q, raising all indices of the usual formula, where
   d_c g_ad = -g_ap d_c g^pq g_qd, gives for A^{ji} = D^{j;i.} - D^{i;j.}

     Gamma^{ijk} = 1/2 (D^{i;jk} - D^{j;ik} - D^{k;ij}) = g^ja g^kb Gamma^i_ab,
     R^{ijkl} = 1/2 (<A^{ji}, A^{kl}> + <D^{k;i.}, D^{j;l.}> - <D^{l;i.}, D^{j;k.}> + <D^{l;j.}, D^{i;k.}>
                     - <D^{k;j.}, D^{i;l.}>)
                - 1/2 (H^{jk|il} + H^{il|jk} - H^{ik|jl} - H^{jl|ik})
                + <Gamma^{.jk}, Gamma^{.il}> - <Gamma^{.jl}, Gamma^{.ik}>,   H^{jk|il} = g^jb g^kc d_b d_c
   g^il.

   Each term holds at most one g_pq: where the co-metric is polynomial, a denominator occurs once, and not to
   the fourth power as in derivatives of g_pq. */
#include "geom/levi-civita.h"

typedef cst__normal_struct element_t;

typedef struct
{
    cst__levi_civita_t *s;
    slong n;
    element_t *d;              /* [(j*n + i)*n + k] = D^{j;ik} */
    element_t *low;            /* [(j*n + i)*n + p] = 1/2 g_pk D^{j;ik} */
    element_t *skew, *lskew;   /* [pair(i, j)*n + p] = A^{ij}, i < j, and 1/2 g_pq A^{ij q} */
    element_t *gamma, *lgamma; /* [symmetric(j, k)*n + m] = Gamma^{mjk}, and g_mi Gamma^{ijk} */
    element_t *twice; /* [(b*n + j)*S + symmetric(i, l)] = 1/2 g^jc d_b d_c g^il; NULL if all are 0 */
} work_t;

static const element_t *
cometric(const cst__levi_civita_t *s, slong i, slong j)
{
    return s->cometric + cst__symmetric(i, j);
}

static const element_t *
d_vector(const work_t *w, slong j, slong i)
{
    return w->d + (j * w->n + i) * w->n;
}

/* r_p = g_pq v^q, times the factor */
static void
lower(element_t *r, const element_t *v, const element_t *factor, cst__levi_civita_t *s)
{
    for (slong p = 0; p < s->n; p++)
    {
        for (slong q = 0; q < s->n; q++)
            cst__terms_add(&s->terms, s->metric + cst__symmetric(p, q), v + q, 1, s->ctx);
        cst__terms_sum(r + p, &s->terms, s->ctx);
        if (factor)
            cst__normal_mul(r + p, r + p, factor, s->ctx);
    }
}

/* D, and the second derivatives contracted once */
static void
derivatives(work_t *w)
{
    cst__levi_civita_t *s = w->s;
    slong n = w->n, S = s->size;
    element_t *first = cst__normal_vec_init(n * S, s->ctx), *second = cst__normal_vec_init(n * n * S, s->ctx);
    int any = 0;

    for (slong b = 0; b < n; b++)
        for (slong ik = 0; ik < S; ik++)
            cst__normal_derivative(first + b * S + ik, s->cometric + ik, s->chart->coordinates[b], s->ctx);
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < n; i++)
            for (slong k = i; k < n; k++)
            {
                element_t *r = w->d + (j * n + i) * n + k;

                for (slong b = 0; b < n; b++)
                    cst__terms_add(&s->terms, cometric(s, j, b), first + b * S + cst__symmetric(i, k), 1,
                                   s->ctx);
                cst__terms_sum(r, &s->terms, s->ctx);
                cst__normal_set(w->d + (j * n + k) * n + i, r, s->ctx);
            }
    for (slong b = 0; b < n; b++)
        for (slong c = b; c < n; c++)
            for (slong il = 0; il < S; il++)
            {
                element_t *r = second + (b * n + c) * S + il;

                cst__normal_derivative(r, first + b * S + il, s->chart->coordinates[c], s->ctx);
                cst__normal_mul(r, r, s->half, s->ctx);
                cst__normal_set(second + (c * n + b) * S + il, r, s->ctx);
                any |= !cst__normal_is_zero(r, s->ctx);
            }
    w->twice = any ? cst__normal_vec_init(n * n * S, s->ctx) : NULL;
    for (slong b = 0; b < n && any; b++)
        for (slong j = 0; j < n; j++)
            for (slong il = 0; il < S; il++)
            {
                for (slong c = 0; c < n; c++)
                    cst__terms_add(&s->terms, cometric(s, j, c), second + (b * n + c) * S + il, 1, s->ctx);
                cst__terms_sum(w->twice + (b * n + j) * S + il, &s->terms, s->ctx);
            }
    cst__normal_vec_clear(first, n * S, s->ctx);
    cst__normal_vec_clear(second, n * n * S, s->ctx);
}

/* The vectors in the formula, and their lowered copies. */
static void
vectors(work_t *w)
{
    cst__levi_civita_t *s = w->s;
    slong n = w->n;

    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < n; i++)
            lower(w->low + (j * n + i) * n, d_vector(w, j, i), s->half, s);
    for (slong k = 0; k < n; k++)
        for (slong j = 0; j <= k; j++)
        {
            element_t *g = w->gamma + cst__symmetric(j, k) * n;
            slong pair = cst__pair_index(j, k) * n;

            for (slong m = 0; m < n; m++)
            {
                cst__terms_add(&s->terms, s->half, d_vector(w, m, j) + k, 1, s->ctx);
                cst__terms_add(&s->terms, s->half, d_vector(w, j, m) + k, -1, s->ctx);
                cst__terms_add(&s->terms, s->half, d_vector(w, k, m) + j, -1, s->ctx);
                cst__terms_sum(g + m, &s->terms, s->ctx);
                if (j == k)
                    continue;
                cst__normal_sub(w->skew + pair + m, d_vector(w, j, k) + m, d_vector(w, k, j) + m, s->ctx);
                cst__normal_sub(w->lskew + pair + m, w->low + (j * n + k) * n + m,
                                w->low + (k * n + j) * n + m, s->ctx);
            }
            lower(w->lgamma + cst__symmetric(j, k) * n, g, NULL, s);
        }
}

static void
inner(work_t *w, const element_t *lowered, const element_t *v, int sign)
{
    for (slong p = 0; p < w->n; p++)
        cst__terms_add(&w->s->terms, lowered + p, v + p, sign, w->s->ctx);
}

/* 1/2 H^{jk|il} */
static void
add_second(work_t *w, slong j, slong k, slong i, slong l, int sign)
{
    cst__levi_civita_t *s = w->s;

    for (slong b = 0; b < w->n && w->twice; b++)
        cst__terms_add(&s->terms, cometric(s, j, b),
                       w->twice + (b * w->n + k) * s->size + cst__symmetric(i, l), sign, s->ctx);
}

/* R^{ijkl} for i < j, k < l */
static void
raised_entry(element_t *r, work_t *w, slong i, slong j, slong k, slong l)
{
    slong n = w->n;

    inner(w, w->lskew + cst__pair_index(i, j) * n, w->skew + cst__pair_index(k, l) * n, -1);
    inner(w, w->low + (k * n + i) * n, d_vector(w, j, l), 1);
    inner(w, w->low + (l * n + i) * n, d_vector(w, j, k), -1);
    inner(w, w->low + (l * n + j) * n, d_vector(w, i, k), 1);
    inner(w, w->low + (k * n + j) * n, d_vector(w, i, l), -1);
    inner(w, w->lgamma + cst__symmetric(j, k) * n, w->gamma + cst__symmetric(i, l) * n, 1);
    inner(w, w->lgamma + cst__symmetric(j, l) * n, w->gamma + cst__symmetric(i, k) * n, -1);
    add_second(w, j, k, i, l, -1);
    add_second(w, i, l, j, k, -1);
    add_second(w, i, k, j, l, 1);
    add_second(w, j, l, i, k, 1);
    cst__terms_sum(r, &w->s->terms, w->s->ctx);
}

void
cst__levi_civita_raised(cst__levi_civita_t *s)
{
    slong n = s->n, pairs = n * (n - 1) / 2;
    work_t w = {.s = s, .n = n};

    if (s->raised)
        return;
    s->raised = cst__normal_vec_init(pairs * (pairs + 1) / 2, s->ctx);
    w.d = cst__normal_vec_init(n * n * n, s->ctx);
    w.low = cst__normal_vec_init(n * n * n, s->ctx);
    w.skew = cst__normal_vec_init(pairs * n, s->ctx);
    w.lskew = cst__normal_vec_init(pairs * n, s->ctx);
    w.gamma = cst__normal_vec_init(s->size * n, s->ctx);
    w.lgamma = cst__normal_vec_init(s->size * n, s->ctx);
    derivatives(&w);
    vectors(&w);
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < j; i++)
            for (slong l = 0; l <= j; l++)
                for (slong k = 0; k < l; k++)
                    if (cst__pair_index(k, l) <= cst__pair_index(i, j) && !(k < i && i < l && l < j))
                        raised_entry(s->raised + cst__symmetric(cst__pair_index(k, l), cst__pair_index(i, j)),
                                     &w, k, l, i, j);
    cst__bianchi(s->raised, s);
    cst__normal_vec_clear(w.d, n * n * n, s->ctx);
    cst__normal_vec_clear(w.low, n * n * n, s->ctx);
    cst__normal_vec_clear(w.skew, pairs * n, s->ctx);
    cst__normal_vec_clear(w.lskew, pairs * n, s->ctx);
    cst__normal_vec_clear(w.gamma, s->size * n, s->ctx);
    cst__normal_vec_clear(w.lgamma, s->size * n, s->ctx);
    cst__normal_vec_clear(w.twice, n * n * s->size, s->ctx);
}

/* M_AC = g_ia g_jb - g_ib g_ja for the pairs A = (i, j), C = (a, b) */
static void
minors(element_t *m, cst__levi_civita_t *s)
{
    for (slong j = 0; j < s->n; j++)
        for (slong i = 0; i < j; i++)
            for (slong b = 0; b <= j; b++)
                for (slong a = 0; a < b; a++)
                {
                    slong A = cst__pair_index(i, j), C = cst__pair_index(a, b);

                    if (C > A)
                        continue;
                    cst__terms_add(&s->terms, s->metric + cst__symmetric(i, a),
                                   s->metric + cst__symmetric(j, b), 1, s->ctx);
                    cst__terms_add(&s->terms, s->metric + cst__symmetric(i, b),
                                   s->metric + cst__symmetric(j, a), -1, s->ctx);
                    cst__terms_sum(m + cst__symmetric(A, C), &s->terms, s->ctx);
                }
}

/* R_AB = M_AC R^{CD} M_DB */
void
cst__levi_civita_lower(cst__levi_civita_t *s)
{
    slong n = s->n, pairs = n * (n - 1) / 2, length = pairs * (pairs + 1) / 2;
    element_t *m, *mixed;

    cst__levi_civita_raised(s);
    m = cst__normal_vec_init(length, s->ctx);
    mixed = cst__normal_vec_init(pairs * pairs, s->ctx);
    minors(m, s);
    for (slong A = 0; A < pairs; A++)
        for (slong D = 0; D < pairs; D++)
        {
            for (slong C = 0; C < pairs; C++)
                cst__terms_add(&s->terms, m + cst__symmetric(A, C), s->raised + cst__symmetric(C, D), 1,
                               s->ctx);
            cst__terms_sum(mixed + A * pairs + D, &s->terms, s->ctx);
        }
    s->riemann = cst__normal_vec_init(length, s->ctx);
    for (slong A = 0; A < pairs; A++)
        for (slong B = 0; B <= A; B++)
        {
            for (slong D = 0; D < pairs; D++)
                cst__terms_add(&s->terms, mixed + A * pairs + D, m + cst__symmetric(D, B), 1, s->ctx);
            cst__terms_sum(s->riemann + cst__symmetric(A, B), &s->terms, s->ctx);
        }
    cst__normal_vec_clear(m, length, s->ctx);
    cst__normal_vec_clear(mixed, pairs * pairs, s->ctx);
}

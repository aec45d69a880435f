/* Taylor models: polynomials in t and z with coefficients in units of 2^-B, and a radius. A model stands for
   every function within its radius of its polynomial on t in [0, 1], z in [-1, 1]^m. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* ---- Monomials: by degree, then in descending lexicographic order, then by powers of t ---- */

/* How many monomials in z have at most this degree? */
static int
below(const space_t *S, int degree)
{
    return S->fewer[S->m][degree + 1];
}

/* The place of z^e. Before it stand, for each i, the monomials that agree with it in e_0 ... e_(i-1), but
   have a lower degree in the other variables (for i > 0: a higher e_(i-1)). */
static int
place(const space_t *S, const unsigned char *e)
{
    int number = 0, rest = 0;

    for (int i = S->m - 1; i >= 0; i--)
        if ((rest += e[i]) > 0)
            number += S->fewer[S->m - i][rest];
    return number;
}

/* The powers of t that stand with monomial a */
static int
powers(const space_t *S, int a)
{
    return S->timed ? S->K - S->weight * S->degree[a] + 1 : 1;
}

static void
list_monomials(space_t *S)
{
    int *pairs = grab((size_t) S->fewer[2 * S->m][S->D + 1], sizeof(int));
    size_t m = (size_t) S->m;
    unsigned char e[MAX_N + 1];

    for (int a = 0; a < S->alphas; a++)
    {
        S->first[a] = S->terms;
        S->terms += powers(S, a);
        memcpy(e, S->exponent + a * m, m);
        for (size_t j = 0; j < m && S->degree[a] < S->D; e[j++]--)
        {
            e[j]++;
            memcpy(S->exponent + place(S, e) * m, e, m);
            S->degree[place(S, e)] = S->degree[a] + 1;
        }
    }
    for (int a = 0; a < S->alphas; a++)
    {
        S->product[a] = pairs;
        for (int b = 0; b < below(S, S->D - S->degree[a]); b++, pairs++)
        {
            for (size_t j = 0; j < m; j++)
                e[j] = (unsigned char) (S->exponent[a * m + j] + S->exponent[b * m + j]);
            *pairs = place(S, e);
        }
    }
}

static mpz_t *
integers(int n)
{
    mpz_t *z = grab((size_t) n, sizeof(mpz_t));

    for (int i = 0; i < n; i++)
        mpz_init(z[i]);
    return z;
}

static void
drop_integers(mpz_t *z, int n)
{
    for (int i = 0; i < n; i++)
        mpz_clear(z[i]);
    drop(z);
}

/* With time: t^k z^alpha with k + weight |alpha| <= K and |alpha| <= D. Without: |alpha| <= K = D. */
space_t *
space_new(unsigned long B, int m, int K, int weight, int D, int timed)
{
    space_t *S = grab(1, sizeof *S);
    size_t n;

    *S = (space_t){.B = B, .m = m, .K = K, .weight = weight, .timed = timed, .D = m > 0 ? D : 0};
    for (int j = 0; j <= 2 * m; j++)
        for (int d = 1; d <= S->D + 1; d++)
        {
            S->fewer[j][d] = j > 0 ? S->fewer[j][d - 1] + S->fewer[j - 1][d] : 1;
            if (S->fewer[j][d] > MAX_PAIRS)
                reject("too many monomials");
        }
    S->alphas = below(S, S->D);
    if (S->alphas > MAX_TERMS)
        reject("too many monomials");
    n = (size_t) S->alphas;
    S->exponent = grab(n, (size_t) m + 1);
    S->degree = grab(2 * n, sizeof(int));
    S->first = S->degree + n;
    S->product = grab(n, sizeof(int *));
    list_monomials(S);
    if (S->terms > MAX_TERMS)
        reject("too many monomials");
    n = (size_t) S->terms;
    S->small = grab(n, sizeof(i128));
    S->v = grab(2 * n, sizeof(int64_t));
    S->size = S->v + n;
    S->big = integers(2 * S->terms);
    S->sizes = S->big + n;
    mpz_inits(S->s, S->t, S->unit, NULL);
    mpz_setbit(S->unit, B);
    return S;
}

void
space_free(space_t *S)
{
    mpz_clears(S->s, S->t, S->unit, NULL);
    drop_integers(S->big, 2 * S->terms);
    drop(S->v);
    drop(S->small);
    drop(S->product[0]);
    drop(S->product);
    drop(S->degree);
    drop(S->exponent);
    drop(S);
}

/* ---- Models ---- */

/* The integers of all of them are one array. */
model_t *
models(int n, space_t *S)
{
    model_t *o = grab((size_t) n, sizeof *o);
    mpz_t *c = integers(n * S->terms);
    int *len = grab((size_t) (n * S->alphas), sizeof(int));

    for (int i = 0; i < n; i++)
    {
        o[i] = (model_t){.S = S, .c = c + i * S->terms, .len = len + i * S->alphas};
        mpz_inits(o[i].norm, o[i].rad, NULL);
    }
    return o;
}

void
models_free(model_t *o, int n)
{
    for (int i = 0; i < n; i++)
        mpz_clears(o[i].norm, o[i].rad, NULL);
    drop_integers(o->c, n * o->S->terms);
    drop(o->len);
    drop(o);
}

/* A bound of |a| */
void
model_size(mpz_t size, const model_t *a)
{
    mpz_add(size, a->norm, a->rad);
}

/* After a change of c */
void
model_settle(model_t *o)
{
    const space_t *S = o->S;

    mpz_set_ui(o->norm, 0);
    for (int a = 0; a < S->alphas; a++)
    {
        const mpz_t *c = o->c + S->first[a];

        o->len[a] = powers(S, a);
        while (o->len[a] > 0 && mpz_sgn(c[o->len[a] - 1]) == 0)
            o->len[a]--;
        for (int k = 0; k < o->len[a]; k++)
            (mpz_sgn(c[k]) > 0 ? mpz_add : mpz_sub)(o->norm, o->norm, c[k]);
    }
    if (mpz_sizeinbase(o->norm, 2) > MAX_CONSTANT || mpz_sizeinbase(o->rad, 2) > MAX_CONSTANT)
        reject("a number grows beyond the limit");
}

void
model_zero(model_t *o)
{
    for (int i = 0; i < o->S->terms; i++)
        mpz_set_ui(o->c[i], 0);
    mpz_set_ui(o->rad, 0);
    model_settle(o);
}

void
model_copy(model_t *o, const model_t *a)
{
    model_ratio(o, a, 1, 1);
}

void
model_constant(model_t *o, mpq_srcptr q)
{
    model_zero(o);
    mpz_set(o->c[0], o->S->unit);
    model_scale(o, o, mpq_numref(q), mpq_denref(q));
}

void
model_add(model_t *o, const model_t *a, const model_t *b, int sign)
{
    for (int i = 0; i < o->S->terms; i++)
        (sign > 0 ? mpz_add : mpz_sub)(o->c[i], a->c[i], b->c[i]);
    mpz_add(o->rad, a->rad, b->rad);
    model_settle(o);
}

/* o = a num/den, den > 0 */
void
model_scale(model_t *o, const model_t *a, const mpz_t num, const mpz_t den)
{
    unsigned long inexact = 0, shift = mpz_scan1(den, 0);
    int binary = mpz_sizeinbase(den, 2) == shift + 1;
    mpz_ptr s = o->S->s, t = o->S->t;

    for (int i = 0; i < o->S->terms; i++)
    {
        mpz_mul(s, a->c[i], num);
        if (binary)
        {
            inexact += !mpz_divisible_2exp_p(s, shift);
            mpz_fdiv_q_2exp(o->c[i], s, shift);
        }
        else
        {
            mpz_fdiv_qr(o->c[i], t, s, den);
            inexact += mpz_sgn(t) != 0;
        }
    }
    mpz_abs(s, num);
    mpz_mul(s, s, a->rad);
    mpz_cdiv_q(o->rad, s, den);
    mpz_add_ui(o->rad, o->rad, inexact);
    model_settle(o);
}

void
model_ratio(model_t *o, const model_t *a, long num, long den)
{
    mpz_t n, d;

    mpz_init_set_si(n, num % den ? num : num / den);
    mpz_init_set_si(d, num % den ? den : 1);
    model_scale(o, a, n, d);
    mpz_clears(n, d, NULL);
}

/* low = |c_0| - (norm - |c_0|) - rad: |a| is at least that if it is positive. */
void
model_least(mpz_t low, const model_t *a)
{
    mpz_mul_2exp(low, a->c[0], 1);
    mpz_abs(low, low);
    mpz_sub(low, low, a->norm);
    mpz_sub(low, low, a->rad);
}

int
model_sign(const model_t *a)
{
    model_least(a->S->t, a);
    return mpz_sgn(a->S->t) > 0 ? mpz_sgn(a->c[0]) : 0;
}

/* ---- The product ---- */

/* Room for sums, and the sums of the absolute values in each block of b up to each coefficient */
static void
prepare(space_t *S, const model_t *b, int narrow)
{
    for (int j = 0, i = 0; j < S->alphas; j++)
        for (int k = 0; k < powers(S, j); k++, i++)
            if (narrow)
            {
                S->small[i] = 0;
                S->v[i] = mpz_get_si(b->c[i]);
                S->size[i] = labs(S->v[i]) + (k > 0 ? S->size[i - 1] : 0);
            }
            else
            {
                mpz_set_ui(S->big[i], 0);
                mpz_abs(S->sizes[i], b->c[i]);
                if (k > 0)
                    mpz_add(S->sizes[i], S->sizes[i], S->sizes[i - 1]);
            }
}

/* The sums of the products of coefficients, in units of 2^-2B: narrow ones in S->small, or in S->big; and the
   sum of the absolute values of these products */
static void
multiply(mpz_t kept, const model_t *a, const model_t *b, int narrow)
{
    space_t *S = a->S;
    u128 total = 0;

    for (int i = 0; i < S->alphas; i++)
        for (int j = 0, n = a->len[i] > 0 ? below(S, S->D - S->degree[i]) : 0; j < n; j++)
        {
            int g = S->product[i][j], y = S->first[j], room = powers(S, g), z = S->first[g];

            for (int k = 0; k < a->len[i] && k < room && b->len[j] > 0; k++, z++)
            {
                int most = b->len[j] < room - k ? b->len[j] : room - k;
                mpz_srcptr c = a->c[S->first[i] + k];
                int64_t factor = mpz_get_si(c);

                if (mpz_sgn(c) == 0)
                    continue;
                if (narrow)
                    total += (u128) labs(factor) * (u128) S->size[y + most - 1];
                else
                    (mpz_sgn(c) > 0 ? mpz_addmul : mpz_submul)(kept, c, S->sizes[y + most - 1]);
                for (int l = 0; l < most && narrow; l++)
                    S->small[z + l] += (i128) factor * S->v[y + l];
                for (int l = 0; l < most && !narrow; l++)
                    mpz_addmul(S->big[z + l], c, b->c[y + l]);
            }
        }
    mpz_add_ui(kept, kept, (unsigned long) (total >> 64));
    mpz_mul_2exp(kept, kept, narrow ? 64 : 0);
    mpz_add_ui(kept, kept, (unsigned long) total);
}

/* The radius: |a| rad b + |b| rad a + rad a rad b, the products that are dropped, that is |a| |b| less the
   size of those that are kept, and the rounding. All sums are at most |a| |b|; they are narrow if that is
   below 2^124, and less than 2^62 after division by 2^B. */
void
model_mul(model_t *o, const model_t *a, const model_t *b)
{
    space_t *S = o->S;
    unsigned long B = S->B, inexact = 0, bits = mpz_sizeinbase(a->norm, 2) + mpz_sizeinbase(b->norm, 2);
    int narrow = mpz_sizeinbase(a->norm, 2) <= 62 && mpz_sizeinbase(b->norm, 2) <= 62 && B <= 120 &&
                 bits <= B + 62 && sizeof(long) == 8;
    mpz_ptr radius = S->s, t = S->t;

    prepare(S, b, narrow);
    mpz_set_ui(radius, 0);
    multiply(radius, a, b, narrow);
    mpz_neg(radius, radius);
    model_size(t, b);
    mpz_addmul(radius, t, a->rad);
    mpz_addmul(radius, t, a->norm);
    mpz_fdiv_q_2exp(t, S->unit, 1);
    for (int i = 0; i < S->terms; i++)
        if (narrow)
        {
            inexact += (u128) S->small[i] << (128 - B) != 0;
            mpz_set_si(o->c[i], (long) ((S->small[i] + ((i128) 1 << (B - 1))) >> B));
        }
        else
        {
            inexact += mpz_sgn(S->big[i]) != 0 && mpz_scan1(S->big[i], 0) < B;
            mpz_add(o->c[i], S->big[i], t);
            mpz_fdiv_q_2exp(o->c[i], o->c[i], B);
        }
    mpz_cdiv_q_2exp(o->rad, radius, B);
    mpz_add_ui(o->rad, o->rad, (inexact + 1) / 2);
    model_settle(o);
}

/* ---- Polynomials in z alone ---- */

/* o = a with z_i replaced by (z_i + side)/2: c z_i^p is the sum of c 2^-p C(p, k) side^(p - k) z_i^k. */
void
model_halve(model_t *o, const model_t *a, int i, int side)
{
    space_t *S = o->S;
    unsigned char e[MAX_N];
    mpz_t t, unit;

    mpz_inits(t, unit, NULL);
    mpz_setbit(unit, (mp_bitcnt_t) S->D);
    model_zero(o);
    for (int x = 0; x < S->alphas; x++)
    {
        memcpy(e, S->exponent + x * S->m, (size_t) S->m);
        mpz_mul_2exp(t, a->c[x], (mp_bitcnt_t) (S->D - e[i]));
        if (side < 0 && e[i] % 2)
            mpz_neg(t, t);
        for (int k = 0, p = e[i]; k <= p && mpz_sgn(t) != 0; k++)
        {
            e[i] = (unsigned char) k;
            mpz_add(o->c[place(S, e)], o->c[place(S, e)], t);
            mpz_mul_si(t, t, side * (p - k));
            mpz_divexact_ui(t, t, (unsigned long) k + 1);
        }
    }
    mpz_mul(o->rad, a->rad, unit);
    mpz_set_ui(t, 1);
    model_scale(o, o, t, unit);
    mpz_clears(t, unit, NULL);
}

/* low += the least b z + a z^2/2 for |z| <= 1: -b^2/(2 a), or -|b| + a/2 at an end */
static void
add_least_of_square(mpz_t low, const mpz_t b, const mpz_t a, mpz_t t)
{
    int inside = mpz_sgn(a) > 0 && mpz_cmpabs(b, a) <= 0;

    mpz_mul(t, b, b);
    if (inside)
        mpz_cdiv_q(t, t, a);
    else
    {
        mpz_abs(t, b);
        mpz_mul_2exp(t, t, 1);
        mpz_sub(t, t, a);
    }
    mpz_cdiv_q_2exp(t, t, 1);
    mpz_sub(low, low, t);
}

/* A lower bound of a on the box. c z_i z_j >= -|c| (z_i^2 + z_j^2)/2; then each b z + a z^2 by itself. */
void
model_infimum(mpz_t low, const model_t *a)
{
    const space_t *S = a->S;
    int m = S->m;
    mpz_t *twice = integers(m + 1), *t = &twice[m]; /* 2 a_i' */

    mpz_sub(low, a->c[0], a->rad);
    for (int x = 1 + m; x < S->alphas; x++)
    {
        const unsigned char *e = S->exponent + x * m;
        int even = 1;

        for (int k = 0; k < m; k++)
            even &= e[k] % 2 == 0;
        mpz_abs(*t, a->c[x]);
        if (S->degree[x] > 2 && !(even && mpz_sgn(a->c[x]) > 0))
            mpz_sub(low, low, *t);
        for (int k = 0; S->degree[x] == 2 && k < m; k++)
            if (e[k] == 2)
                mpz_addmul_ui(twice[k], a->c[x], 2);
            else if (e[k] == 1)
                mpz_sub(twice[k], twice[k], *t);
    }
    for (int i = 0; i < m && S->D > 0; i++)
        add_least_of_square(low, a->c[1 + i], twice[i], *t);
    drop_integers(twice, m + 1);
}

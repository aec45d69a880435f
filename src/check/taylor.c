/* Taylor models in fixed point. A model has int64 coefficients while its norm and radius together stay
   below 2^62 units, and GMP integers otherwise; products of the first kind are summed in 128 bits. */
#include "check.h"

#include <string.h>

static const uint64_t NARROW = (uint64_t) 1 << 62;

/* ---- Spaces of polynomials ---- */

/* C(a + b, b), or -1 if it is above the limit */
static long
choose(long a, long b, long limit)
{
    long c = 1;

    for (long i = 1; i <= b; i++)
    {
        c = c * (a + i) / i;
        if (c > limit)
            return -1;
    }
    return c;
}

/* The number of a monomial: by degree, then in descending lexicographic order. */
int
space_rank(const space_t *S, const unsigned char *alpha)
{
    long left = 0, rank;

    for (int i = 0; i < S->m; i++)
        left += alpha[i];
    rank = left > 0 ? S->below[left - 1] : 0;
    for (int i = 0; i + 1 < S->m; i++)
    {
        left -= alpha[i]; /* those with a larger exponent here come first */
        if (left > 0)
            rank += choose(left - 1, S->m - 1 - i, MAX_PAIRS);
    }
    return (int) rank;
}

static void
list_monomials(space_t *S)
{
    int m = S->m, a = 0, *degree = S->degree;
    unsigned char e[MAX_N + 1] = {0};

    for (int d = 0; d <= S->D; d++)
    {
        int j;

        memset(e, 0, sizeof e);
        e[0] = (unsigned char) d;
        do
        {
            memcpy(S->exponent + (size_t) a * (size_t) m, e, (size_t) m);
            degree[a] = d;
            S->first[a] = S->terms;
            S->terms += S->timed ? S->K - S->weight * d + 1 : 1;
            a++;
            for (j = m - 2; j >= 0 && e[j] == 0; j--)
                ;
            if (j >= 0)
            {
                unsigned char last = e[m - 1];

                e[m - 1] = 0;
                e[j]--;
                e[j + 1] = (unsigned char) (last + 1);
            }
        } while (j >= 0);
        S->below[d] = a;
    }
}

static void
table_of_products(space_t *S)
{
    unsigned char e[MAX_N];

    S->sum = grab((size_t) S->alphas, sizeof(int *));
    for (int a = 0; a < S->alphas; a++)
    {
        int length = S->below[S->D - S->degree[a]];

        S->sum[a] = grab((size_t) length, sizeof(int));
        for (int b = 0; b < length; b++)
        {
            for (int i = 0; i < S->m; i++)
                e[i] = (unsigned char) (S->exponent[a * S->m + i] + S->exponent[b * S->m + i]);
            S->sum[a][b] = space_rank(S, e);
        }
    }
}

static mpz_t *
grab_integers(int n)
{
    mpz_t *z = grab((size_t) n, sizeof(mpz_t));

    for (int i = 0; i < n; i++)
        mpz_init(z[i]);
    return z;
}

static void
drop_integers(mpz_t *z, int n)
{
    for (int i = 0; z && i < n; i++)
        mpz_clear(z[i]);
    drop(z);
}

/* With time: t^k z^alpha with k + weight |alpha| <= K. Without: |alpha| <= K. */
space_t *
space_new(unsigned long B, int m, int K, int weight, int timed)
{
    space_t *S = grab(1, sizeof *S);
    size_t n;

    *S = (space_t){.B = B, .m = m, .K = K, .weight = weight, .timed = timed};
    S->D = m > 0 ? K / weight : 0;
    S->alphas = (int) choose(S->D, m, MAX_TERMS);
    if (S->alphas < 0 || choose(S->D, 2 * m, MAX_PAIRS) < 0)
        reject("too many monomials");
    n = (size_t) S->alphas;
    S->exponent = grab(n, (size_t) m + 1);
    S->degree = grab(n, sizeof(int));
    S->first = grab(n, sizeof(int));
    S->below = grab((size_t) S->D + 1, sizeof(int));
    list_monomials(S);
    if (S->terms > MAX_TERMS)
        reject("too many monomials");
    table_of_products(S);
    S->small = grab((size_t) S->terms, sizeof(i128));
    S->big = grab_integers(S->terms);
    S->coefficient = grab_integers(K + 66);
    S->slack = grab_integers(K + 66);
    S->spare = grab(2, sizeof(model_t));
    model_start(&S->spare[0], S);
    model_start(&S->spare[1], S);
    mpz_inits(S->half, S->t1, S->t2, S->t3, NULL);
    mpz_setbit(S->half, B - 1);
    return S;
}

void
space_free(space_t *S)
{
    mpz_clears(S->half, S->t1, S->t2, S->t3, NULL);
    model_end(&S->spare[0]);
    model_end(&S->spare[1]);
    drop(S->spare);
    drop_integers(S->slack, S->K + 66);
    drop_integers(S->coefficient, S->K + 66);
    drop_integers(S->big, S->terms);
    drop(S->small);
    for (int a = 0; a < S->alphas; a++)
        drop(S->sum[a]);
    drop(S->sum);
    drop(S->below);
    drop(S->first);
    drop(S->degree);
    drop(S->exponent);
    drop(S);
}

/* ---- Models ---- */

void
model_start(model_t *o, space_t *S)
{
    memset(o, 0, sizeof *o);
    o->S = S;
    o->w = grab((size_t) S->terms, sizeof(int64_t));
    o->len = grab((size_t) S->alphas, sizeof(int));
    o->grade = grab((size_t) S->K + 1, sizeof(uint64_t));
    mpz_inits(o->big_norm, o->big_rad, NULL);
}

void
model_end(model_t *o)
{
    mpz_clears(o->big_norm, o->big_rad, NULL);
    drop_integers(o->big_grade, o->S->K + 1);
    drop_integers(o->c, o->S->terms);
    drop(o->grade);
    drop(o->len);
    drop(o->w);
}

static void
reserve(model_t *o)
{
    if (o->c == NULL)
    {
        o->c = grab_integers(o->S->terms);
        o->big_grade = grab_integers(o->S->K + 1);
    }
}

void
model_wide(model_t *a)
{
    if (a->wide || a->copied)
        return;
    reserve(a);
    for (int i = 0; i < a->S->terms; i++)
        mpz_set_si(a->c[i], a->w[i]);
    for (int d = 0; d <= a->S->K; d++)
        mpz_set_ui(a->big_grade[d], a->grade[d]);
    mpz_set_ui(a->big_norm, a->norm);
    mpz_set_ui(a->big_rad, a->rad);
    a->copied = 1;
}

/* After w and rad of a narrow model were written */
static void
settle_narrow(model_t *o)
{
    const space_t *S = o->S;

    o->wide = o->copied = 0;
    o->norm = 0;
    memset(o->grade, 0, ((size_t) S->K + 1) * sizeof(uint64_t));
    for (int a = 0; a < S->alphas; a++)
    {
        const int64_t *w = o->w + S->first[a];
        int d = S->weight * S->degree[a], n = S->timed ? S->K - d + 1 : 1, len = 0;

        for (int k = 0; k < n; k++)
        {
            uint64_t v = (uint64_t) (w[k] < 0 ? -w[k] : w[k]);

            if (v)
                len = k + 1;
            o->grade[d + k] += v;
        }
        o->len[a] = len;
    }
    for (int d = 0; d <= S->K; d++)
        o->norm += o->grade[d];
    if (o->norm + o->rad >= NARROW)
    {
        model_wide(o);
        o->wide = 1;
    }
}

/* After c and big_rad were written */
void
model_settle(model_t *o)
{
    const space_t *S = o->S;

    mpz_set_ui(o->big_norm, 0);
    for (int d = 0; d <= S->K; d++)
        mpz_set_ui(o->big_grade[d], 0);
    for (int a = 0; a < S->alphas; a++)
    {
        const mpz_t *c = o->c + S->first[a];
        int d = S->weight * S->degree[a], n = S->timed ? S->K - d + 1 : 1, len = 0;

        for (int k = 0; k < n; k++)
            if (mpz_sgn(c[k]) != 0)
            {
                len = k + 1;
                (mpz_sgn(c[k]) > 0 ? mpz_add : mpz_sub)(o->big_grade[d + k], o->big_grade[d + k], c[k]);
            }
        o->len[a] = len;
    }
    for (int d = 0; d <= S->K; d++)
        mpz_add(o->big_norm, o->big_norm, o->big_grade[d]);
    if (mpz_sizeinbase(o->big_norm, 2) > MAX_CONSTANT || mpz_sizeinbase(o->big_rad, 2) > MAX_CONSTANT)
        reject("a number grows beyond the limit");
    o->wide = 1;
    if (mpz_sizeinbase(o->big_norm, 2) > 61 || mpz_sizeinbase(o->big_rad, 2) > 61)
        return;
    o->wide = 0;
    o->copied = 1;
    for (int i = 0; i < S->terms; i++)
        o->w[i] = mpz_get_si(o->c[i]);
    for (int d = 0; d <= S->K; d++)
        o->grade[d] = mpz_get_ui(o->big_grade[d]);
    o->norm = mpz_get_ui(o->big_norm);
    o->rad = mpz_get_ui(o->big_rad);
}

void
model_open(model_t *o)
{
    reserve(o);
    o->wide = 1;
    for (int i = 0; i < o->S->terms; i++)
        mpz_set_ui(o->c[i], 0);
    mpz_set_ui(o->big_rad, 0);
}

void
model_put(model_t *o, int i, const mpz_t num, const mpz_t den)
{
    mpz_t q, r;

    mpz_inits(q, r, NULL);
    mpz_fdiv_qr(q, r, num, den);
    mpz_add(o->c[i], o->c[i], q);
    mpz_add_ui(o->big_rad, o->big_rad, mpz_sgn(r) != 0);
    mpz_clears(q, r, NULL);
}

void
model_constant(model_t *o, mpq_srcptr q)
{
    model_open(o);
    mpz_mul_2exp(o->S->t1, mpq_numref(q), o->S->B);
    model_put(o, 0, o->S->t1, mpq_denref(q));
    model_settle(o);
}

void
model_copy(model_t *o, model_t *a)
{
    const space_t *S = o->S;

    if (a->wide)
    {
        reserve(o);
        for (int i = 0; i < S->terms; i++)
            mpz_set(o->c[i], a->c[i]);
        mpz_set(o->big_rad, a->big_rad);
        model_settle(o);
        return;
    }
    memcpy(o->w, a->w, (size_t) S->terms * sizeof(int64_t));
    memcpy(o->len, a->len, (size_t) S->alphas * sizeof(int));
    memcpy(o->grade, a->grade, ((size_t) S->K + 1) * sizeof(uint64_t));
    o->norm = a->norm;
    o->rad = a->rad;
    o->wide = o->copied = 0;
}

void
model_add(model_t *o, model_t *a, model_t *b, int sign)
{
    int n = o->S->terms;

    if (!a->wide && !b->wide)
    {
        if (sign > 0)
            for (int i = 0; i < n; i++)
                o->w[i] = a->w[i] + b->w[i];
        else
            for (int i = 0; i < n; i++)
                o->w[i] = a->w[i] - b->w[i];
        o->rad = a->rad + b->rad;
        settle_narrow(o);
        return;
    }
    model_wide(a);
    model_wide(b);
    reserve(o);
    for (int i = 0; i < n; i++)
        (sign > 0 ? mpz_add : mpz_sub)(o->c[i], a->c[i], b->c[i]);
    mpz_add(o->big_rad, a->big_rad, b->big_rad);
    model_settle(o);
}

void
model_add_ball(model_t *o, const mpz_t c, const mpz_t r)
{
    if (!o->wide && mpz_sizeinbase(c, 2) < 62 && mpz_sizeinbase(r, 2) < 62)
    {
        o->w[0] += mpz_get_si(c);
        o->rad += mpz_get_ui(r);
        settle_narrow(o);
        return;
    }
    model_wide(o);
    mpz_add(o->c[0], o->c[0], c);
    mpz_add(o->big_rad, o->big_rad, r);
    model_settle(o);
}

/* |z| < 2^127 */
static i128
to_i128(const mpz_t z)
{
    u128 v = (u128) mpz_getlimbn(z, 1) << 64 | mpz_getlimbn(z, 0);

    return mpz_sgn(z) < 0 ? -(i128) v : (i128) v;
}

static void
scale_narrow(model_t *o, model_t *a, i128 num, i128 den)
{
    int power = (den & (den - 1)) == 0, shift = 0;
    uint64_t inexact = 0;

    while (power && den >> shift > 1)
        shift++;
    for (int i = 0; i < o->S->terms; i++)
    {
        i128 v = a->w[i] ? num * a->w[i] : 0, q;

        q = !v ? 0 : power ? v >> shift : v / den;
        inexact += q * den != v;
        o->w[i] = (int64_t) q;
    }
    o->rad = (uint64_t) (((num < 0 ? -num : num) * (i128) a->rad + den - 1) / den) + inexact;
    settle_narrow(o);
}

/* o = a num/den, den > 0 */
void
model_scale(model_t *o, model_t *a, const mpz_t num, const mpz_t den)
{
    size_t n = mpz_sizeinbase(num, 2), d = mpz_sizeinbase(den, 2);
    unsigned long inexact = 0;
    mpz_t *t = &o->S->t1, *r = &o->S->t2;

    if (!a->wide)
    {
        size_t bits = 0;

        while (bits < 62 && (a->norm + a->rad) >> bits)
            bits++;
        if (n + bits <= 125 && d <= 125 && n + bits < 60 + d)
        {
            scale_narrow(o, a, to_i128(num), to_i128(den));
            return;
        }
    }
    model_wide(a);
    reserve(o);
    for (int i = 0; i < o->S->terms; i++)
    {
        mpz_mul(*t, a->c[i], num);
        mpz_fdiv_qr(o->c[i], *r, *t, den);
        inexact += mpz_sgn(*r) != 0;
    }
    mpz_mul(*t, a->big_rad, num);
    mpz_abs(*t, *t);
    mpz_cdiv_q(o->big_rad, *t, den);
    mpz_add_ui(o->big_rad, o->big_rad, inexact);
    model_settle(o);
}

/* ---- The product ---- */

/* Radius: |a| rad b + |b| rad a + rad a rad b, and the norms of the monomials above the limit. */
static u128
product_radius(const model_t *a, const model_t *b, int limit)
{
    int K = a->S->K, next = K + 1;
    u128 r = (u128) a->norm * b->rad + (u128) b->norm * a->rad + (u128) a->rad * b->rad;
    uint64_t above = 0; /* norm of the degrees >= next of b */

    for (int d = 0; d <= K; d++)
    {
        while (next > 0 && next > limit + 1 - d)
            above += b->grade[--next];
        r += (u128) a->grade[d] * above;
    }
    return r;
}

static int
mul_narrow(model_t *o, const model_t *a, const model_t *b, int limit)
{
    space_t *S = o->S;
    unsigned long B = S->B;
    u128 bound = (u128) (a->norm + a->rad) * (b->norm + b->rad), rad;
    u128 mask;
    i128 half;
    uint64_t inexact = 0;
    int D = limit / S->weight < S->D ? limit / S->weight : S->D;

    if (B > 120 || (bound >> B) >= NARROW - 4 * MAX_TERMS)
        return 0;
    half = (i128) 1 << (B - 1);
    mask = ((u128) 1 << B) - 1;
    rad = product_radius(a, b, limit);
    memset(S->small, 0, (size_t) S->terms * sizeof(i128));
    for (int i = 0; i < S->alphas && S->degree[i] <= D; i++)
    {
        const int64_t *u = a->w + S->first[i];
        int nu = a->len[i], *sum = S->sum[i], last = S->below[D - S->degree[i]];

        if (nu == 0)
            continue;
        for (int j = 0; j < last; j++)
        {
            const int64_t *v = b->w + S->first[j];
            int nv = b->len[j], g = sum[j];
            int room = S->timed ? limit - S->weight * S->degree[g] + 1 : 1;
            i128 *restrict p = S->small + S->first[g];

            if (nv == 0)
                continue;
            for (int k = 0; k < nu && k < room; k++, p++)
                for (int l = 0, n = nv < room - k ? nv : room - k; l < n; l++)
                    p[l] += (i128) u[k] * v[l];
        }
    }
    for (int i = 0; i < S->terms; i++)
    {
        i128 v = (S->small[i] + half) >> B;

        inexact += ((u128) S->small[i] & mask) != 0;
        o->w[i] = (int64_t) v;
    }
    o->rad = (uint64_t) ((rad + mask) >> B) + (inexact + 1) / 2;
    settle_narrow(o);
    return 1;
}

static void
product_radius_wide(mpz_t r, const model_t *a, const model_t *b, int limit, mpz_t above)
{
    int K = a->S->K, next = K + 1;

    mpz_mul(r, a->big_norm, b->big_rad);
    mpz_addmul(r, b->big_norm, a->big_rad);
    mpz_addmul(r, a->big_rad, b->big_rad);
    mpz_set_ui(above, 0);
    for (int d = 0; d <= K; d++)
    {
        while (next > 0 && next > limit + 1 - d)
            next--, mpz_add(above, above, b->big_grade[next]);
        mpz_addmul(r, a->big_grade[d], above);
    }
}

void
model_mul(model_t *o, model_t *a, model_t *b, int limit)
{
    space_t *S = o->S;
    unsigned long inexact = 0;
    int D = limit / S->weight < S->D ? limit / S->weight : S->D;

    if (!a->wide && !b->wide && mul_narrow(o, a, b, limit))
        return;
    model_wide(a);
    model_wide(b);
    product_radius_wide(S->t1, a, b, limit, S->t2);
    for (int i = 0; i < S->terms; i++)
        mpz_set_ui(S->big[i], 0);
    for (int i = 0; i < S->alphas && S->degree[i] <= D; i++)
        for (int j = 0; a->len[i] > 0 && j < S->below[D - S->degree[i]]; j++)
        {
            int g = S->sum[i][j], room = S->timed ? limit - S->weight * S->degree[g] + 1 : 1;

            for (int k = 0; k < a->len[i] && k < room; k++)
                for (int l = 0; l < b->len[j] && l < room - k; l++)
                    mpz_addmul(S->big[S->first[g] + k + l], a->c[S->first[i] + k], b->c[S->first[j] + l]);
        }
    reserve(o);
    for (int i = 0; i < S->terms; i++)
    {
        inexact += mpz_sgn(S->big[i]) != 0 && mpz_scan1(S->big[i], 0) < S->B;
        mpz_add(o->c[i], S->big[i], S->half);
        mpz_fdiv_q_2exp(o->c[i], o->c[i], S->B);
    }
    mpz_cdiv_q_2exp(o->big_rad, S->t1, S->B);
    mpz_add_ui(o->big_rad, o->big_rad, (inexact + 1) / 2);
    model_settle(o);
}

int
model_sign(model_t *a)
{
    model_wide(a);
    mpz_mul_2exp(a->S->t1, a->c[0], 1); /* |c_0| - (norm - |c_0|) - rad */
    mpz_abs(a->S->t1, a->S->t1);
    mpz_sub(a->S->t1, a->S->t1, a->big_norm);
    mpz_sub(a->S->t1, a->S->t1, a->big_rad);
    return mpz_sgn(a->S->t1) > 0 ? mpz_sgn(a->c[0]) : 0;
}

/* Taylor models in fixed point. */
#include "check.h"

#include <string.h>

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

/* With time: t^k z^alpha with k + weight |alpha| <= K and |alpha| <= D. Without: |alpha| <= K = D. */
space_t *
space_new(unsigned long B, int m, int K, int weight, int D, int timed)
{
    space_t *S = grab(1, sizeof *S);
    size_t n;

    *S = (space_t){.B = B, .m = m, .K = K, .weight = weight, .timed = timed};
    S->D = m > 0 ? D : 0;
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
    model_start(&S->spare, S);
    return S;
}

void
space_free(space_t *S)
{
    model_end(&S->spare);
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
    o->c = grab_integers(S->terms);
    o->w = grab((size_t) S->terms, sizeof(int64_t));
    o->len = grab((size_t) S->alphas, sizeof(int));
    o->grade = grab_integers(S->K + 1);
    o->order = grab_integers(S->D + 1);
    mpz_inits(o->norm, o->rad, NULL);
    o->narrow = 1;
}

void
model_end(model_t *o)
{
    mpz_clears(o->norm, o->rad, NULL);
    drop_integers(o->grade, o->S->K + 1);
    drop_integers(o->order, o->S->D + 1);
    drop(o->len);
    drop(o->w);
    drop_integers(o->c, o->S->terms);
}

static void
set_i128(mpz_t z, i128 v)
{
    mpz_set_si(z, v == (long) v ? (long) v : (long) (v >> 64));
    if (v == (long) v)
        return;
    mpz_mul_2exp(z, z, 64);
    mpz_add_ui(z, z, (unsigned long) v);
}

/* The norms if all coefficients are below 2^62; they may still be wider together. */
static int
settle_narrow(model_t *o)
{
    const space_t *S = o->S;
    i128 grade[MAX_DEGREE + 1], order[MAX_DEGREE + 1], norm = 0;

    memset(grade, 0, ((size_t) S->K + 1) * sizeof *grade);
    memset(order, 0, ((size_t) S->D + 1) * sizeof *order);
    for (int a = 0, i = 0; a < S->alphas; a++)
    {
        int d = S->weight * S->degree[a], n = S->timed ? S->K - d + 1 : 1;

        o->len[a] = 0;
        for (int k = 0; k < n; k++, i++)
        {
            uint64_t v = mpz_getlimbn(o->c[i], 0);

            if (mpz_size(o->c[i]) > 1 || v >> 62)
                return 0;
            o->w[i] = mpz_sgn(o->c[i]) < 0 ? -(int64_t) v : (int64_t) v;
            grade[d + k] += v;
            order[S->degree[a]] += v;
            if (v)
                o->len[a] = k + 1;
        }
    }
    for (int d = 0; d <= S->K; d++)
        set_i128(o->grade[d], grade[d]);
    for (int d = 0; d <= S->D; d++)
    {
        norm += order[d];
        set_i128(o->order[d], order[d]);
    }
    set_i128(o->norm, norm);
    return 1;
}

static void
settle_wide(model_t *o)
{
    const space_t *S = o->S;

    for (int d = 0; d <= S->K; d++)
        mpz_set_ui(o->grade[d], 0);
    for (int d = 0; d <= S->D; d++)
        mpz_set_ui(o->order[d], 0);
    mpz_set_ui(o->norm, 0);
    for (int a = 0, i = 0; a < S->alphas; a++)
    {
        int d = S->weight * S->degree[a], n = S->timed ? S->K - d + 1 : 1;

        o->len[a] = 0;
        for (int k = 0; k < n; k++, i++)
            if (mpz_sgn(o->c[i]) != 0)
            {
                void (*sum)(mpz_ptr, mpz_srcptr, mpz_srcptr) = mpz_sgn(o->c[i]) > 0 ? mpz_add : mpz_sub;

                o->len[a] = k + 1;
                sum(o->grade[d + k], o->grade[d + k], o->c[i]);
                sum(o->order[S->degree[a]], o->order[S->degree[a]], o->c[i]);
                sum(o->norm, o->norm, o->c[i]);
            }
    }
}

/* After a change of c: the norms, the lengths, and the copy in 64 bits */
void
model_settle(model_t *o)
{
    if (GMP_NUMB_BITS != 64 || !settle_narrow(o))
        settle_wide(o);
    o->narrow = GMP_NUMB_BITS == 64 && mpz_sizeinbase(o->norm, 2) <= 62;
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

/* Adds num/den units to a coefficient. */
void
model_put(model_t *o, int i, const mpz_t num, const mpz_t den)
{
    mpz_t q, r;

    mpz_inits(q, r, NULL);
    mpz_fdiv_qr(q, r, num, den);
    mpz_add(o->c[i], o->c[i], q);
    mpz_add_ui(o->rad, o->rad, mpz_sgn(r) != 0);
    mpz_clears(q, r, NULL);
    model_settle(o);
}

void
model_constant(model_t *o, mpq_srcptr q)
{
    mpz_t t;

    mpz_init(t);
    mpz_mul_2exp(t, mpq_numref(q), o->S->B);
    model_zero(o);
    model_put(o, 0, t, mpq_denref(q));
    mpz_clear(t);
}

void
model_copy(model_t *o, const model_t *a)
{
    for (int i = 0; i < o->S->terms; i++)
        mpz_set(o->c[i], a->c[i]);
    mpz_set(o->rad, a->rad);
    model_settle(o);
}

void
model_add(model_t *o, const model_t *a, const model_t *b, int sign)
{
    for (int i = 0; i < o->S->terms; i++)
        (sign > 0 ? mpz_add : mpz_sub)(o->c[i], a->c[i], b->c[i]);
    mpz_add(o->rad, a->rad, b->rad);
    model_settle(o);
}

void
model_add_ball(model_t *o, const mpz_t c, const mpz_t r)
{
    mpz_add(o->c[0], o->c[0], c);
    mpz_add(o->rad, o->rad, r);
    model_settle(o);
}

/* o = a num/den, den > 0 */
void
model_scale(model_t *o, const model_t *a, const mpz_t num, const mpz_t den)
{
    mp_bitcnt_t shift = mpz_scan1(den, 0);
    int power = mpz_sizeinbase(den, 2) == shift + 1;
    unsigned long inexact = 0;
    mpz_t t, r;

    mpz_inits(t, r, NULL);
    for (int i = 0; i < o->S->terms; i++)
        if (mpz_sgn(a->c[i]) == 0)
            mpz_set_ui(o->c[i], 0);
        else if (power)
        {
            mpz_mul(t, a->c[i], num);
            inexact += mpz_sgn(t) != 0 && mpz_scan1(t, 0) < shift;
            mpz_fdiv_q_2exp(o->c[i], t, shift);
        }
        else
        {
            mpz_mul(t, a->c[i], num);
            mpz_fdiv_qr(o->c[i], r, t, den);
            inexact += mpz_sgn(r) != 0;
        }
    mpz_abs(t, num);
    mpz_mul(t, t, a->rad);
    mpz_cdiv_q(o->rad, t, den);
    mpz_add_ui(o->rad, o->rad, inexact);
    model_settle(o);
    mpz_clears(t, r, NULL);
}

/* ---- The product ---- */

/* r += sum of a_i b_j over i + j > K, where i, j <= K */
static void
add_products_above(mpz_t r, const mpz_t *a, const mpz_t *b, int K)
{
    mpz_t above; /* sum of the b_j, j > K - d */

    mpz_init(above);
    for (int d = 1; d <= K; d++)
    {
        mpz_add(above, above, b[K + 1 - d]);
        mpz_addmul(r, a[d], above);
    }
    mpz_clear(above);
}

/* |a| rad b + |b| rad a + rad a rad b, and the norms of the monomials of degree above K or of order above D */
static void
product_radius(mpz_t r, const model_t *a, const model_t *b)
{
    mpz_mul(r, a->norm, b->rad);
    mpz_addmul(r, b->norm, a->rad);
    mpz_addmul(r, a->rad, b->rad);
    add_products_above(r, a->grade, b->grade, a->S->K);
    if (a->S->timed)
        add_products_above(r, a->order, b->order, a->S->D);
}

/* p += u v, up to t^(room - 1) */
static void
convolve_narrow(i128 *restrict p, const int64_t *u, int nu, const int64_t *v, int nv, int room)
{
    for (int k = 0; k < nu && k < room; k++)
        for (int l = 0, n = nv < room - k ? nv : room - k; l < n; l++)
            p[k + l] += (i128) u[k] * v[l];
}

static void
convolve(mpz_t *p, const mpz_t *u, int nu, const mpz_t *v, int nv, int room)
{
    for (int k = 0; k < nu && k < room; k++)
        for (int l = 0; l < nv && l < room - k; l++)
            mpz_addmul(p[k + l], u[k], v[l]);
}

/* If both norms are below 2^62, so is every sum of products below 2^124. */
void
model_mul(model_t *o, const model_t *a, const model_t *b)
{
    space_t *S = o->S;
    int narrow = a->narrow && b->narrow;
    unsigned long B = S->B, inexact = 0;
    mpz_t radius, half;

    mpz_inits(radius, half, NULL);
    mpz_setbit(half, S->B - 1);
    product_radius(radius, a, b);
    if (narrow)
        memset(S->small, 0, (size_t) S->terms * sizeof(i128));
    for (int i = 0; !narrow && i < S->terms; i++)
        mpz_set_ui(S->big[i], 0);
    for (int i = 0; i < S->alphas; i++)
        for (int j = 0, n = a->len[i] > 0 ? S->below[S->D - S->degree[i]] : 0; j < n; j++)
        {
            int g = S->sum[i][j], room = S->timed ? S->K - S->weight * S->degree[g] + 1 : 1;
            int x = S->first[i], y = S->first[j], z = S->first[g];

            if (b->len[j] > 0 && narrow)
                convolve_narrow(S->small + z, a->w + x, a->len[i], b->w + y, b->len[j], room);
            else if (b->len[j] > 0)
                convolve(S->big + z, a->c + x, a->len[i], b->c + y, b->len[j], room);
        }
    for (int i = 0; i < S->terms; i++)
    {
        i128 v = narrow ? S->small[i] : 0, q = B <= 120 ? (v + ((i128) 1 << (B - 1))) >> B : 0;

        if (narrow && B <= 120 && q == (long) q)
        {
            inexact += ((u128) v & (((u128) 1 << B) - 1)) != 0;
            mpz_set_si(o->c[i], (long) q);
            continue;
        }
        if (narrow)
            set_i128(S->big[i], v);
        inexact += mpz_sgn(S->big[i]) != 0 && mpz_scan1(S->big[i], 0) < B;
        mpz_add(o->c[i], S->big[i], half);
        mpz_fdiv_q_2exp(o->c[i], o->c[i], B);
    }
    mpz_cdiv_q_2exp(o->rad, radius, S->B);
    mpz_add_ui(o->rad, o->rad, (inexact + 1) / 2);
    model_settle(o);
    mpz_clears(radius, half, NULL);
}

/* The sign if it is certain on the whole set, otherwise 0 */
int
model_sign(const model_t *a)
{
    int sign;
    mpz_t t;

    mpz_init(t);
    mpz_mul_2exp(t, a->c[0], 1); /* |c_0| - (norm - |c_0|) - rad */
    mpz_abs(t, t);
    mpz_sub(t, t, a->norm);
    mpz_sub(t, t, a->rad);
    sign = mpz_sgn(t) > 0 ? mpz_sgn(a->c[0]) : 0;
    mpz_clear(t);
    return sign;
}

/* ---- Polynomials in z alone ---- */

/* o = a with z_i replaced by (z_i + side)/2 */
void
model_halve(model_t *o, const model_t *a, int i, int side)
{
    space_t *S = o->S;
    unsigned char e[MAX_N];
    unsigned long inexact = 0;
    mpz_t t;

    mpz_init(t);
    model_zero(o);
    for (int x = 0; x < S->alphas; x++)
    {
        int p;

        if (mpz_sgn(a->c[x]) == 0)
            continue;
        memcpy(e, S->exponent + (size_t) x * (size_t) S->m, (size_t) S->m);
        p = e[i];
        mpz_mul_2exp(t, a->c[x], (mp_bitcnt_t) (S->D - p));
        for (int k = p; k >= 0; k--) /* t = c 2^(D - p) C(p, k) side^(p - k) */
        {
            int r;

            e[i] = (unsigned char) k;
            r = space_rank(S, e);
            mpz_add(o->c[r], o->c[r], t);
            mpz_mul_si(t, t, side * k);
            mpz_divexact_ui(t, t, (unsigned long) (p - k + 1));
        }
    }
    for (int x = 0; x < S->alphas; x++)
    {
        inexact += mpz_sgn(o->c[x]) != 0 && mpz_scan1(o->c[x], 0) < (mp_bitcnt_t) S->D;
        mpz_fdiv_q_2exp(o->c[x], o->c[x], (mp_bitcnt_t) S->D);
    }
    mpz_add_ui(o->rad, a->rad, inexact);
    model_settle(o);
    mpz_clear(t);
}

/* A lower bound of a on the box. c z_i z_j >= -|c| (z_i^2 + z_j^2)/2; then each b z + a z^2 by itself. */
void
model_infimum(mpz_t low, const model_t *a)
{
    space_t *S = a->S;
    int m = S->m;
    mpz_t twice[MAX_N], t, s;

    mpz_inits(t, s, NULL);
    mpz_sub(low, a->c[0], a->rad);
    for (int i = 0; i < m; i++)
        mpz_init(twice[i]); /* 2 a_i' */
    for (int x = 1 + m; x < S->alphas; x++)
    {
        const unsigned char *e = S->exponent + (size_t) x * (size_t) m;
        int even = 1, i = 0, j = m - 1;

        for (int k = 0; k < m; k++)
            even &= e[k] % 2 == 0;
        mpz_abs(t, a->c[x]);
        if (S->degree[x] > 2 && !(even && mpz_sgn(a->c[x]) > 0))
            mpz_sub(low, low, t);
        if (S->degree[x] > 2)
            continue;
        while (e[i] == 0)
            i++;
        while (e[j] == 0)
            j--;
        if (i == j)
            mpz_addmul_ui(twice[i], a->c[x], 2);
        else
        {
            mpz_sub(twice[i], twice[i], t);
            mpz_sub(twice[j], twice[j], t);
        }
    }
    for (int i = 0; i < m; i++)
    {
        mpz_set_ui(t, 0);
        if (S->D > 0)
            mpz_abs(t, a->c[1 + i]);
        if (mpz_sgn(twice[i]) > 0 && mpz_cmp(t, twice[i]) <= 0) /* -b^2/(4 a') */
        {
            mpz_mul(t, t, t);
            mpz_mul_2exp(s, twice[i], 1);
            mpz_cdiv_q(t, t, s);
            mpz_sub(low, low, t);
        }
        else
        {
            mpz_sub(low, low, t);
            mpz_fdiv_q_2exp(t, twice[i], 1);
            mpz_add(low, low, t);
        }
        mpz_clear(twice[i]);
    }
    mpz_clears(t, s, NULL);
}

/* Taylor models: polynomials in t and z with coefficients in units of 2^-B, and a radius. A model stands for
   every function within its radius of its polynomial on t in [0, 1], z in [-1, 1]^m. */
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

/* The powers of t that stand with monomial a */
static int
powers(const space_t *S, int a)
{
    return S->timed ? S->K - S->weight * S->degree[a] + 1 : 1;
}

/* By degree, then in descending lexicographic order: each monomial, z_j for every j from its last variable
 * on. */
static void
list_monomials(space_t *S)
{
    int m = S->m, *last = grab((size_t) S->alphas, sizeof(int)), made = 1;

    for (int a = 0; a < S->alphas; a++)
    {
        S->first[a] = S->terms;
        S->terms += powers(S, a);
        S->below[S->degree[a]] = a + 1;
        for (int j = last[a]; j < m && S->degree[a] < S->D; j++, made++)
        {
            memcpy(S->exponent + made * m, S->exponent + a * m, (size_t) m);
            S->exponent[made * m + j]++;
            S->degree[made] = S->degree[a] + 1;
            last[made] = j;
            S->parent[made] = a;
            S->up[a * m + j] = made;
        }
    }
    for (int a = 1; a < S->alphas; a++) /* z_j a = z_l (z_j b) where a = z_l b */
        for (int j = 0; j < last[a] && S->degree[a] < S->D; j++)
            S->up[a * m + j] = S->up[S->up[S->parent[a] * m + j] * m + last[a]];
    drop(last);
}

static void
table_of_products(space_t *S)
{
    for (int a = 0; a < S->alphas; a++)
    {
        int length = S->below[S->D - S->degree[a]], *row = grab((size_t) length, sizeof(int));

        S->product[a] = row;
        row[0] = a;
        for (int b = 1; b < length; b++)
        {
            int j = 0, p = S->parent[b];

            while (S->exponent[b * S->m + j] == S->exponent[p * S->m + j])
                j++;
            row[b] = S->up[row[p] * S->m + j];
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
    S->alphas = (int) choose(S->D, m, MAX_TERMS);
    if (S->alphas < 0 || choose(S->D, 2 * m, MAX_PAIRS) < 0)
        reject("too many monomials");
    n = (size_t) S->alphas;
    S->exponent = grab(n, (size_t) m + 1);
    S->degree = grab(n, sizeof(int));
    S->first = grab(n, sizeof(int));
    S->parent = grab(n, sizeof(int));
    S->up = grab(n * ((size_t) m + 1), sizeof(int));
    S->below = grab((size_t) S->D + 1, sizeof(int));
    S->product = grab(n, sizeof(int *));
    list_monomials(S);
    if (S->terms > MAX_TERMS)
        reject("too many monomials");
    table_of_products(S);
    S->small = grab((size_t) S->terms, sizeof(i128));
    S->u = grab((size_t) S->terms, sizeof(int64_t));
    S->v = grab((size_t) S->terms, sizeof(int64_t));
    S->big = grab_integers(S->terms);
    return S;
}

void
space_free(space_t *S)
{
    for (int a = 0; a < S->alphas; a++)
        drop(S->product[a]);
    drop_integers(S->big, S->terms);
    drop(S->v);
    drop(S->u);
    drop(S->small);
    drop(S->product);
    drop(S->below);
    drop(S->up);
    drop(S->parent);
    drop(S->first);
    drop(S->degree);
    drop(S->exponent);
    drop(S);
}

/* ---- Models ---- */

void
model_start(model_t *o, space_t *S)
{
    *o = (model_t){.S = S, .c = grab_integers(S->terms), .len = grab((size_t) S->alphas, sizeof(int))};
    o->grade = grab_integers(S->K + S->D + 2);
    mpz_inits(o->norm, o->rad, NULL);
}

void
model_end(model_t *o)
{
    mpz_clears(o->norm, o->rad, NULL);
    drop_integers(o->grade, o->S->K + o->S->D + 2);
    drop(o->len);
    drop_integers(o->c, o->S->terms);
}

static void
add_abs(mpz_t sum, const mpz_t c)
{
    (mpz_sgn(c) > 0 ? mpz_add : mpz_sub)(sum, sum, c);
}

/* After a change of c: the norm and the lengths */
void
model_settle(model_t *o)
{
    const space_t *S = o->S;

    o->graded = 0;
    mpz_set_ui(o->norm, 0);
    for (int a = 0; a < S->alphas; a++)
    {
        const mpz_t *c = o->c + S->first[a];

        o->len[a] = powers(S, a);
        while (o->len[a] > 0 && mpz_sgn(c[o->len[a] - 1]) == 0)
            o->len[a]--;
        for (int k = 0; k < o->len[a]; k++)
            add_abs(o->norm, c[k]);
    }
    if (mpz_sizeinbase(o->norm, 2) > MAX_CONSTANT || mpz_sizeinbase(o->rad, 2) > MAX_CONSTANT)
        reject("a number grows beyond the limit");
}

/* The norms of the parts of each weighted degree, then of each |alpha| */
static void
model_grade(model_t *o)
{
    const space_t *S = o->S;

    if (o->graded)
        return;
    for (int d = 0; d < S->K + S->D + 2; d++)
        mpz_set_ui(o->grade[d], 0);
    for (int a = 0; a < S->alphas; a++)
        for (int k = 0, d = S->degree[a]; k < o->len[a]; k++)
            add_abs(o->grade[S->weight * d + k], o->c[S->first[a] + k]);
    for (int a = 0; a < S->alphas && S->timed; a++)
        for (int k = 0; k < o->len[a]; k++)
            add_abs(o->grade[S->K + 1 + S->degree[a]], o->c[S->first[a] + k]);
    o->graded = 1;
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

/* Adds the constant of a model in other units, with its radius. */
void
model_shift(model_t *o, const model_t *number)
{
    unsigned long P = number->S->B, B = o->S->B;
    mpz_t c, unit;

    mpz_inits(c, unit, NULL);
    mpz_setbit(unit, P);
    mpz_mul_2exp(c, number->rad, B);
    mpz_cdiv_q_2exp(c, c, P);
    mpz_add(o->rad, o->rad, c);
    mpz_mul_2exp(c, number->c[0], B);
    model_put(o, 0, c, unit);
    mpz_clears(c, unit, NULL);
}

/* o = a num/den, den > 0 */
void
model_scale(model_t *o, const model_t *a, const mpz_t num, const mpz_t den)
{
    unsigned long inexact = 0;
    mpz_t t, r;

    mpz_inits(t, r, NULL);
    for (int i = 0; i < o->S->terms; i++)
        if (mpz_sgn(a->c[i]) == 0)
            mpz_set_ui(o->c[i], 0);
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

/* The sign if it is certain on the whole set, otherwise 0: |c_0| - (norm - |c_0|) - rad > 0 */
int
model_sign(const model_t *a)
{
    int sign;
    mpz_t t;

    mpz_init(t);
    mpz_mul_2exp(t, a->c[0], 1);
    mpz_abs(t, t);
    mpz_sub(t, t, a->norm);
    sign = mpz_cmp(t, a->rad) > 0 ? mpz_sgn(a->c[0]) : 0;
    mpz_clear(t);
    return sign;
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

/* |a| rad b + |b| rad a + rad a rad b, and the norms of the monomials of degree above K or of order above D
 */
static void
product_radius(mpz_t r, model_t *a, model_t *b)
{
    int K = a->S->K;

    model_grade(a);
    model_grade(b);
    mpz_mul(r, a->norm, b->rad);
    mpz_addmul(r, b->norm, a->rad);
    mpz_addmul(r, a->rad, b->rad);
    add_products_above(r, a->grade, b->grade, K);
    if (a->S->timed)
        add_products_above(r, a->grade + K + 1, b->grade + K + 1, a->S->D);
}

static int
is_narrow(const model_t *a)
{
    return mpz_sizeinbase(a->norm, 2) <= 62 && sizeof(long) == 8;
}

static void
to_words(int64_t *w, const model_t *a)
{
    for (int i = 0; i < a->S->terms; i++)
        w[i] = mpz_get_si(a->c[i]);
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

static void
set_i128(mpz_t z, i128 v)
{
    mpz_set_si(z, (long) (v >> 64));
    mpz_mul_2exp(z, z, 64);
    mpz_add_ui(z, z, (unsigned long) v);
}

/* The sums of the products of coefficients, in units of 2^-2B. If both norms are below 2^62, every such sum
 * is below 2^124. */
static int
multiply(space_t *S, const model_t *a, const model_t *b)
{
    int narrow = is_narrow(a) && is_narrow(b);

    if (narrow)
    {
        memset(S->small, 0, (size_t) S->terms * sizeof(i128));
        to_words(S->u, a);
        to_words(S->v, b);
    }
    for (int i = 0; !narrow && i < S->terms; i++)
        mpz_set_ui(S->big[i], 0);
    for (int i = 0; i < S->alphas; i++)
        for (int j = 0, n = a->len[i] > 0 ? S->below[S->D - S->degree[i]] : 0; j < n; j++)
        {
            int g = S->product[i][j], x = S->first[i], y = S->first[j], z = S->first[g];

            if (b->len[j] > 0 && narrow)
                convolve_narrow(S->small + z, S->u + x, a->len[i], S->v + y, b->len[j], powers(S, g));
            else if (b->len[j] > 0)
                convolve(S->big + z, a->c + x, a->len[i], b->c + y, b->len[j], powers(S, g));
        }
    return narrow;
}

void
model_mul(model_t *o, model_t *a, model_t *b)
{
    space_t *S = o->S;
    unsigned long B = S->B, inexact = 0;
    int narrow = multiply(S, a, b);
    mpz_t radius, half;

    mpz_inits(radius, half, NULL);
    mpz_setbit(half, B - 1);
    product_radius(radius, a, b);
    for (int i = 0; i < S->terms; i++)
    {
        i128 v = narrow ? S->small[i] : 0, q = B <= 120 ? (v + ((i128) 1 << (B - 1))) >> B : 0;

        if (narrow && B <= 120 && q == (long) q)
        {
            inexact += ((u128) v << (128 - B)) != 0;
            mpz_set_si(o->c[i], (long) q);
            continue;
        }
        if (narrow)
            set_i128(S->big[i], v);
        inexact += mpz_sgn(S->big[i]) != 0 && mpz_scan1(S->big[i], 0) < B;
        mpz_add(o->c[i], S->big[i], half);
        mpz_fdiv_q_2exp(o->c[i], o->c[i], B);
    }
    mpz_cdiv_q_2exp(o->rad, radius, B);
    mpz_add_ui(o->rad, o->rad, (inexact + 1) / 2);
    model_settle(o);
    mpz_clears(radius, half, NULL);
}

/* ---- Polynomials in z alone ---- */

/* o = a with z_i replaced by (z_i + side)/2 */
void
model_halve(model_t *o, const model_t *a, int i, int side)
{
    space_t *S = o->S;
    unsigned long inexact = 0;
    mpz_t t;

    mpz_init(t);
    model_zero(o);
    for (int x = 0; x < S->alphas; x++)
    {
        int p = S->m ? S->exponent[x * S->m + i] : 0, base = 0;

        if (mpz_sgn(a->c[x]) == 0)
            continue;
        for (int j = 0; j < S->m; j++) /* the monomial without z_i */
            for (int k = 0; j != i && k < S->exponent[x * S->m + j]; k++)
                base = S->up[base * S->m + j];
        mpz_mul_2exp(t, a->c[x], (mp_bitcnt_t) (S->D - p));
        if (side < 0 && p % 2)
            mpz_neg(t, t);
        for (int k = 0; k <= p; k++) /* t = c 2^(D - p) C(p, k) side^(p - k) */
        {
            mpz_add(o->c[base], o->c[base], t);
            base = k < p ? S->up[base * S->m + i] : base;
            mpz_mul_si(t, t, side * (p - k));
            mpz_divexact_ui(t, t, (unsigned long) k + 1);
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

/* low += the least b z + a z^2/2 for |z| <= 1: -b^2/(2 a), or -|b| + a/2 at an end */
static void
add_least_of_square(mpz_t low, const mpz_t b, const mpz_t a)
{
    mpz_t t;

    mpz_init(t);
    if (mpz_sgn(a) > 0 && mpz_cmpabs(b, a) <= 0)
    {
        mpz_mul(t, b, b);
        mpz_cdiv_q(t, t, a);
        mpz_cdiv_q_2exp(t, t, 1);
        mpz_sub(low, low, t);
    }
    else
    {
        mpz_fdiv_q_2exp(t, a, 1);
        mpz_add(low, low, t);
        mpz_abs(t, b);
        mpz_sub(low, low, t);
    }
    mpz_clear(t);
}

/* A lower bound of a on the box. c z_i z_j >= -|c| (z_i^2 + z_j^2)/2; then each b z + a z^2 by itself. */
void
model_infimum(mpz_t low, const model_t *a)
{
    space_t *S = a->S;
    int m = S->m;
    mpz_t twice[MAX_N], zero, t;

    mpz_inits(zero, t, NULL);
    mpz_sub(low, a->c[0], a->rad);
    for (int i = 0; i < m; i++)
        mpz_init(twice[i]); /* 2 a_i' */
    for (int x = 1 + m; x < S->alphas; x++)
    {
        const unsigned char *e = S->exponent + x * m;
        int even = 1;

        for (int k = 0; k < m; k++)
            even &= e[k] % 2 == 0;
        mpz_abs(t, a->c[x]);
        if (S->degree[x] > 2 && !(even && mpz_sgn(a->c[x]) > 0))
            mpz_sub(low, low, t);
        for (int k = 0; S->degree[x] == 2 && k < m; k++)
            if (e[k] == 2)
                mpz_addmul_ui(twice[k], a->c[x], 2);
            else if (e[k] == 1)
                mpz_sub(twice[k], twice[k], t);
    }
    for (int i = 0; i < m; i++)
    {
        add_least_of_square(low, S->D > 0 ? a->c[1 + i] : zero, twice[i]);
        mpz_clear(twice[i]);
    }
    mpz_clears(zero, t, NULL);
}

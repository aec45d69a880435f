/* The identities that make H the Hamiltonian of the quotient: the generators are Killing fields, or the
   section lies in a balanced slice that they keep; loss and invariants do not change along them; the
   invariants of the section are the coordinates; and the orbits have as many dimensions as there are
   parameters more than coordinates. */
#include "check.h"

#include <string.h>

static const quotient_t *Q;
static const ex *place; /* the section, once identities on it are at hand */

static void
require(ex e, const char *what, int k)
{
    if (!vanishes(e, &Q->assumed, place))
        reject("an identity is not proved: %s %d", what, k + 1);
}

static ex
along(ex e, const ex *field)
{
    ex sum = ex_int(0);

    for (int a = 0; a < Q->D; a++)
        if (!ex_is(field[a], 0))
            sum = ex_add(sum, ex_mul(field[a], ex_partial(e, PARAMETERS + a)));
    return sum;
}

static ex
metric(int a, int b)
{
    return a < b ? Q->metric[a][b] : Q->metric[b][a];
}

/* xi^c d_c g_ab + g_cb d_a xi^c + g_ac d_b xi^c = 0 */
static void
prove_killing(int k)
{
    int D = Q->D;
    ex(*d)[MAX_PARAMETERS] = grab((size_t) D, sizeof *d), sum; /* d_a xi^c */

    for (int a = 0; a < D; a++)
        for (int c = 0; c < D; c++)
            d[a][c] = ex_partial(Q->field[k][c], PARAMETERS + a);
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
        {
            sum = along(metric(a, b), Q->field[k]);
            for (int c = 0; c < D; c++)
                sum = ex_add(sum, ex_add(ex_mul(metric(c, b), d[a][c]), ex_mul(metric(a, c), d[b][c])));
            require(sum, "the metric is invariant under generator", k);
        }
    drop(d);
}

/* The metric and the loss are invariant under the map x -> y: g_cd(y) d_a y^c d_b y^d = g_ab */
static void
prove_discrete(int k)
{
    int D = Q->D;
    ex map[VARIABLES], sum, (*d)[MAX_PARAMETERS] = grab((size_t) D, sizeof *d);

    memset(map, -1, sizeof map);
    memcpy(map + PARAMETERS, Q->map[k], (size_t) D * sizeof(ex));
    if (Q->loss >= 0)
        require(ex_sub(ex_substitute(Q->loss, map), Q->loss), "the loss is invariant under discrete symmetry",
                k);
    for (int a = 0; a < D; a++)
        for (int c = 0; c < D; c++)
            d[a][c] = ex_partial(Q->map[k][c], PARAMETERS + a);
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
        {
            sum = ex_neg(metric(a, b));
            for (int c = 0; c < D; c++)
                for (int e = 0; e < D; e++)
                    if (!ex_is(d[a][c], 0) && !ex_is(d[b][e], 0))
                        sum = ex_add(sum, ex_mul(ex_substitute(metric(c, e), map), ex_mul(d[a][c], d[b][e])));
            require(sum, "the metric is invariant under discrete symmetry", k);
        }
    drop(d);
}

/* ---- The balanced slice: Euclidean metric, generators A x with A symmetric or antisymmetric ---- */

static mpq_srcptr
entry(int k, int a, int b)
{
    mpq_srcptr q = ex_value(ex_partial(Q->field[k][a], PARAMETERS + b));

    if (q == NULL)
        reject("an identity is not proved: generator %d is linear", k + 1);
    return q;
}

static int
has_parity(int k, int sign)
{
    int right = 1;

    for (int a = 0; a < Q->D; a++)
        for (int b = 0; b < Q->D; b++)
            right &=
                ex_is(ex_sub(ex_const(entry(k, a, b)), ex_mul(ex_int(sign), ex_const(entry(k, b, a)))), 0);
    return right;
}

/* <x, xi> */
static ex
moment(int k)
{
    ex sum = ex_int(0);

    for (int a = 0; a < Q->D; a++)
        sum = ex_add(sum, ex_mul(ex_var(PARAMETERS + a), Q->field[k][a]));
    return sum;
}

/* v minus the multiples of rows that clear its entries at their pivots */
static void
eliminate(mpq_t *v, mpq_t **row, const int *pivot, int rows, int length)
{
    mpq_t c, t;

    mpq_inits(c, t, NULL);
    for (int r = 0; r < rows; r++)
    {
        mpq_div(c, v[pivot[r]], row[r][pivot[r]]);
        for (int i = 0; i < length && mpq_sgn(c) != 0; i++)
        {
            mpq_mul(t, c, row[r][i]);
            mpq_sub(v[i], v[i], t);
        }
    }
    mpq_clears(c, t, NULL);
}

/* The commutator of A and B, or A itself with its level if B < 0, as a vector */
static mpq_t *
matrix_vector(int A, int B)
{
    int D = Q->D;
    mpq_t *v = grab((size_t) (D * D + 1), sizeof *v), t;

    mpq_init(t);
    for (int i = 0; i <= D * D; i++)
        mpq_init(v[i]);
    for (int a = 0; a < D; a++)
        for (int b = 0; b < D; b++)
            for (int c = 0; c < D && B >= 0; c++)
            {
                mpq_mul(t, entry(A, a, c), entry(B, c, b));
                mpq_add(v[a * D + b], v[a * D + b], t);
                mpq_mul(t, entry(B, a, c), entry(A, c, b));
                mpq_sub(v[a * D + b], v[a * D + b], t);
            }
    for (int i = 0; i < D * D && B < 0; i++)
        mpq_set(v[i], entry(A, i / D, i % D));
    if (B < 0)
        mpq_set(v[D * D], Q->level);
    mpq_clear(t);
    return v;
}

/* The antisymmetric generators keep the slice: the commutator of one of them with a symmetric one is a
   combination of the symmetric ones, and so is its level, which is 0. */
static void
prove_slice_is_kept(const char *symmetric)
{
    int length = Q->D * Q->D + 1, rows = 0, p, *pivot = grab((size_t) Q->fields, sizeof(int));
    mpq_t **row = grab((size_t) Q->fields, sizeof *row), *v;

    for (int k = 0; k < Q->fields; k++)
        if (symmetric[k])
        {
            v = matrix_vector(k, -1);
            eliminate(v, row, pivot, rows, length);
            for (p = 0; p < length - 1 && mpq_sgn(v[p]) == 0; p++)
                ;
            row[rows] = v;
            pivot[rows] = p;
            rows += mpq_sgn(v[p]) != 0;
        }
    for (int k = 0; k < Q->fields; k++)
        for (int l = 0; l < Q->fields; l++)
            if (symmetric[k] && !symmetric[l])
            {
                v = matrix_vector(k, l);
                eliminate(v, row, pivot, rows, length);
                for (int i = 0; i < length; i++)
                    if (mpq_sgn(v[i]) != 0)
                        reject("an identity is not proved: generator %d keeps the balanced slice", l + 1);
            }
}

static void
prove_balanced(void)
{
    ex on_section, origin[VARIABLES];
    char *symmetric = grab((size_t) Q->fields, 1);

    for (int v = 0; v < VARIABLES; v++)
        origin[v] = ex_int(0);
    for (int a = 0; a < Q->D; a++)
        for (int b = a; b < Q->D; b++)
            if (!ex_is(Q->metric[a][b], a == b))
                reject("an identity is not proved: the metric of a balanced slice is Euclidean");
    for (int k = 0; k < Q->fields; k++)
    {
        for (int a = 0; a < Q->D; a++)
            require(ex_substitute(Q->field[k][a], origin), "zero at the origin is generator", k);
        if (has_parity(k, -1))
            continue;
        symmetric[k] = 1;
        if (!has_parity(k, 1))
            reject("generator %d is neither symmetric nor antisymmetric", k + 1);
        on_section = ex_substitute(moment(k), Q->section);
        require(ex_sub(on_section, ex_const(Q->level)), "the section has the level of generator", k);
    }
    prove_slice_is_kept(symmetric);
}

/* ---- The dimension of the orbits ---- */

/* The rank of a matrix of enclosed numbers is at least this: elimination with pivots that are certainly not 0
 */
static int
certain_rank(model_t *M, int rows, int columns)
{
    int rank = 0;
    model_t inverse, t;

    model_start(&inverse, M->S);
    model_start(&t, M->S);
    for (int j = 0; j < columns && rank < rows; j++)
    {
        int best = rank;

        for (int i = rank; i < rows; i++)
            if (mpz_cmpabs(M[i * columns + j].c[0], M[best * columns + j].c[0]) > 0)
                best = i;
        if (model_sign(&M[best * columns + j]) == 0)
            continue;
        for (int l = 0; l < columns; l++)
        {
            model_copy(&t, &M[best * columns + l]);
            model_copy(&M[best * columns + l], &M[rank * columns + l]);
            model_copy(&M[rank * columns + l], &t);
        }
        model_function(&inverse, &M[rank * columns + j], E_POW, ex_value(ex_int(-1)));
        for (int i = rank + 1; i < rows; i++)
            for (int l = columns - 1; l >= j; l--)
            {
                model_mul(&t, &M[i * columns + j], &inverse);
                model_mul(&t, &t, &M[rank * columns + l]);
                model_add(&M[i * columns + l], &M[i * columns + l], &t, -1);
            }
        rank++;
    }
    model_end(&t);
    model_end(&inverse);
    return rank;
}

/* The rank of the generators at sigma(q), where q_i = lo_i + (hi_i - lo_i) (k + i + 1)/(k + n + 1) */
static int
rank_at(int k)
{
    int n = problem.n, D = Q->D, size = Q->fields * D, rank;
    ex place_of[VARIABLES];
    model_t *M;
    machine_t machine;
    space_t *S = space_new(256, 0, 0, 1, 0, 0);
    list_t list = {0};

    memset(place_of, -1, sizeof place_of);
    for (int i = 0; i < n; i++)
        place_of[i] =
            ex_add(ex_const(problem.lo[i]), ex_mul(ex_sub(ex_const(problem.hi[i]), ex_const(problem.lo[i])),
                                                   ex_ratio(k + i + 1, (unsigned long) (k + n + 1))));
    for (int i = 0; i < size; i++)
        append(&list, ex_substitute(ex_substitute(Q->field[i / D][i % D], Q->section), place_of));
    machine_start(&machine, S, &list);
    machine_run(&machine);
    M = models(size, S);
    for (int i = 0; i < size; i++)
        model_copy(&M[i], machine_value(&machine, i));
    rank = certain_rank(M, Q->fields, D);
    models_free(M, size);
    machine_end(&machine);
    space_free(S);
    return rank;
}

static void
prove_dimension(void)
{
    int most = Q->D - problem.n;

    for (int k = 0; k < 4 && most > 0 && Q->fields > 0; k++)
        if (rank_at(k) >= most)
            return;
    if (most > 0)
        reject("it is not proved that the orbits have dimension %d", most);
}

void
prove_quotient(const quotient_t *quotient)
{
    ex e;

    Q = quotient;
    place = NULL;
    for (int k = 0; k < Q->fields; k++)
    {
        if (!Q->balanced)
            prove_killing(k);
        if (Q->loss >= 0)
            require(along(Q->loss, Q->field[k]), "the loss is invariant under generator", k);
        for (int i = 0; i < problem.n; i++)
            require(along(Q->invariant[i], Q->field[k]), "the invariants are invariant under generator", k);
    }
    for (int k = 0; k < Q->maps; k++)
        prove_discrete(k);
    place = Q->section;
    if (Q->balanced)
        prove_balanced();
    for (int i = 0; i < problem.n; i++)
    {
        e = ex_substitute(Q->invariant[i], Q->section);
        require(ex_sub(e, ex_var(i)), "the section gives back coordinate", i);
    }
    prove_dimension();
}

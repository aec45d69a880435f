/* The identities that make H the Hamiltonian of the quotient: the generators are Killing fields, or the
   section lies in a balanced slice that they keep; loss and invariants do not change along them; the
   invariants of the section are the coordinates; the orbits have as many dimensions as there are parameters
   more than coordinates. */
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

/* ---- Fields and maps on parameters x and differentials dx ---- */

/* The derivative of e along a field: the sum of xi^a de/dx^a and, if it is lifted, of d xi^a de/d dx^a */
static ex
along(ex e, const ex *xi, const ex *d_xi)
{
    ex sum = ex_int(0);

    for (int a = 0; a < Q->D; a++)
    {
        if (!ex_is(xi[a], 0))
            sum = ex_add(sum, ex_mul(ex_partial(e, PARAMETERS + a), xi[a]));
        if (d_xi)
            sum = ex_add(sum, ex_mul(ex_partial(e, DIFFERENTIALS + a), d_xi[a]));
    }
    return sum;
}

/* What a field or a map does to differentials: d xi^a */
static void
differential(ex *d_xi, const ex *xi)
{
    ex dx[MAX_PARAMETERS];

    for (int a = 0; a < Q->D; a++)
        dx[a] = ex_var(DIFFERENTIALS + a);
    for (int a = 0; a < Q->D; a++)
        d_xi[a] = along(xi[a], dx, NULL);
}

static void
prove_generator(int k)
{
    const ex *xi = Q->field[k];
    ex d_xi[MAX_PARAMETERS];

    differential(d_xi, xi);
    if (!Q->balanced) /* Killing's equation: the complete lift of xi annihilates the metric */
        require(along(Q->metric, xi, d_xi), "the metric is invariant under generator", k);
    if (Q->loss >= 0)
        require(along(Q->loss, xi, NULL), "the loss is invariant under generator", k);
    for (int i = 0; i < problem.n; i++)
        require(along(Q->invariant[i], xi, NULL), "the invariants are invariant under generator", k);
}

static void
prove_discrete(int k)
{
    ex map[VARIABLES];

    memset(map, -1, sizeof map);
    memcpy(map + PARAMETERS, Q->map[k], (size_t) Q->D * sizeof(ex));
    differential(map + DIFFERENTIALS, Q->map[k]);
    if (Q->loss >= 0)
        require(ex_sub(ex_substitute(Q->loss, map), Q->loss), "the loss is invariant under discrete symmetry",
                k);
    require(ex_sub(ex_substitute(Q->metric, map), Q->metric),
            "the metric is invariant under discrete symmetry", k);
}

/* ---- The balanced slice: Euclidean metric, generators A x with A symmetric or antisymmetric ---- */

/* The matrix of a generator by rows, and the level */
static ex *
matrix(int k)
{
    int D = Q->D;
    ex *A = grab((size_t) (D * D + 1), sizeof(ex));

    for (int i = 0; i < D * D; i++)
    {
        A[i] = ex_partial(Q->field[k][i / D], PARAMETERS + i % D);
        if (!ex_value(A[i]))
            reject("an identity is not proved: generator %d is linear", k + 1);
    }
    A[D * D] = ex_const(Q->level);
    return A;
}

/* A B - B A, and the level 0 */
static ex *
commutator(const ex *A, const ex *B)
{
    int D = Q->D;
    ex *C = grab((size_t) (D * D + 1), sizeof(ex));

    for (int i = 0; i <= D * D; i++)
        C[i] = ex_int(0);
    for (int i = 0; i < D * D; i++)
        for (int c = 0, a = i / D, b = i % D; c < D; c++)
            C[i] =
                ex_add(C[i], ex_sub(ex_mul(A[a * D + c], B[c * D + b]), ex_mul(B[a * D + c], A[c * D + b])));
    return C;
}

static int
has_parity(const ex *A, int sign)
{
    int D = Q->D, right = 1;

    for (int i = 0; i < D * D; i++)
        right &= A[i] == ex_mul(ex_int(sign), A[i % D * D + i / D]);
    return right;
}

static ex
dot(const ex *v, const ex *w)
{
    ex sum = ex_int(0);

    for (int i = 0; i <= Q->D * Q->D; i++)
        sum = ex_add(sum, ex_mul(v[i], w[i]));
    return sum;
}

/* Subtracts from v its projections on orthogonal rows; is anything left? */
static int
project(ex *v, ex **row, int rows)
{
    for (int r = 0; r < rows; r++)
    {
        ex c = ex_mul(dot(v, row[r]), ex_inverse(dot(row[r], row[r])));

        for (int i = 0; i <= Q->D * Q->D; i++)
            v[i] = ex_sub(v[i], ex_mul(c, row[r][i]));
    }
    return !ex_is(dot(v, v), 0);
}

/* The level of a symmetric generator is <x, A x> at the section. */
static void
prove_level(int k)
{
    ex moment = ex_neg(ex_const(Q->level));

    for (int a = 0; a < Q->D; a++)
        moment = ex_add(moment, ex_mul(ex_var(PARAMETERS + a), Q->field[k][a]));
    require(ex_substitute(moment, Q->section), "the section has the level of generator", k);
}

/* An antisymmetric generator keeps the slice: its commutators with symmetric ones are combinations of these,
   also in their levels. */
static void
prove_balanced(void)
{
    ex **A = grab((size_t) Q->fields, sizeof *A), **row = grab((size_t) Q->fields, sizeof *row),
       origin[VARIABLES];
    ex rest = Q->metric;
    int *symmetric = grab((size_t) Q->fields, sizeof(int)), rows = 0;

    for (int v = 0; v < VARIABLES; v++)
        origin[v] = ex_int(0);
    for (int a = 0; a < Q->D; a++)
        rest = ex_sub(rest, ex_mul(ex_var(DIFFERENTIALS + a), ex_var(DIFFERENTIALS + a)));
    if (!vanishes(rest, NULL, NULL))
        reject("an identity is not proved: the metric of a balanced slice is Euclidean");
    for (int k = 0; k < Q->fields; k++)
    {
        A[k] = matrix(k);
        for (int a = 0; a < Q->D; a++)
            require(ex_substitute(Q->field[k][a], origin), "zero at the origin is generator", k);
        symmetric[k] = !has_parity(A[k], -1);
        if (!symmetric[k])
            continue;
        if (!has_parity(A[k], 1))
            reject("generator %d is neither symmetric nor antisymmetric", k + 1);
        prove_level(k);
        row[rows] = matrix(k);
        rows += project(row[rows], row, rows);
    }
    for (int k = 0; k < Q->fields; k++)
        for (int l = 0; l < Q->fields; l++)
            if (symmetric[k] && !symmetric[l] && project(commutator(A[k], A[l]), row, rows))
                reject("an identity is not proved: generator %d keeps the balanced slice", l + 1);
}

/* ---- The dimension of the orbits ---- */

/* Requires that a constant matrix is positive definite, by its pivots. */
static void
prove_positive(ex M[MAX_PARAMETERS][MAX_PARAMETERS])
{
    list_t pivots = {0};
    machine_t machine;
    space_t *S = space_new(256, 0, 0, 1, 0, 0);

    for (int p = 0; p < Q->D; p++)
    {
        append(&pivots, ex_make(E_POSITIVE, ex_rebuild(M[p][p], Q->section, 0), -1)); /* without powers */
        for (int a = p + 1; a < Q->D; a++)
            for (int b = a; b < Q->D; b++)
                M[a][b] = ex_sub(M[a][b], ex_mul(ex_mul(M[p][a], M[p][b]), ex_inverse(M[p][p])));
    }
    machine_start(&machine, S, &pivots);
    machine_run(&machine, NULL);
    machine_end(&machine);
    space_free(S);
}

/* The generators have rank D - n at sigma(q) for some q: the n independent dI vanish on them, and the rows of
   both together have rank D, for the sum of their squares is positive definite. */
static void
prove_dimension(void)
{
    int n = problem.n, D = Q->D, rows = Q->fields + n;
    static ex M[MAX_PARAMETERS][MAX_PARAMETERS];
    ex q[VARIABLES], (*row)[MAX_PARAMETERS] = grab((size_t) rows, sizeof *row);

    strcpy(proof_path, "dimension of the orbits");
    memset(q, -1, sizeof q);
    for (int i = 0; i < n; i++)
        q[i] =
            ex_add(ex_const(problem.lo[i]), ex_mul(ex_sub(ex_const(problem.hi[i]), ex_const(problem.lo[i])),
                                                   ex_ratio(3 * i + 4, (unsigned long) (3 * n + 7))));
    for (int a = 0; a < D; a++)
        for (int r = 0; r < rows; r++)
        {
            row[r][a] = r < n ? ex_partial(Q->invariant[r], PARAMETERS + a) : Q->field[r - n][a];
            row[r][a] = ex_substitute(ex_substitute(row[r][a], Q->section), q);
        }
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
        {
            M[a][b] = ex_int(0);
            for (int r = 0; r < rows; r++)
                M[a][b] = ex_add(M[a][b], ex_mul(row[r][a], row[r][b]));
        }
    prove_positive(M);
    proof_path[0] = 0;
}

void
prove_quotient(const quotient_t *quotient)
{
    Q = quotient;
    place = NULL;
    for (int k = 0; k < Q->fields; k++)
        prove_generator(k);
    for (int k = 0; k < Q->maps; k++)
        prove_discrete(k);
    place = Q->section;
    if (Q->balanced)
        prove_balanced();
    for (int i = 0; i < problem.n; i++)
        require(ex_sub(ex_substitute(Q->invariant[i], Q->section), ex_var(i)),
                "the section gives back coordinate", i);
    prove_dimension();
}

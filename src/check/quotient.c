/* The identities that make H the Hamiltonian of the quotient: the generators are Killing fields, or the
   section lies in a balanced slice that they keep; loss and invariants do not change along them; the
   invariants of the section are the coordinates; the orbits have as many dimensions as there are parameters
   more than coordinates. */
#include "check.h"

#include <string.h>

static const quotient_t *Q;
static const ex *place; /* the section, once identities on it are at hand */

static void
require(ex e, const char *what, const char *whose, int k)
{
    if (!vanishes(e, &Q->assumed, place))
        reject("an identity is not proved: %s %s %d", what, whose, k + 1);
}

/* ---- Symmetries on parameters x and differentials dx: a map, or x + t xi to the first order in t ---- */

static void
prove_symmetry(const ex *xi, int discrete, int k)
{
    const char *kind = discrete ? "discrete symmetry" : "generator";
    ex image[VARIABLES], still[VARIABLES], change[2 + MAX_N], t = ex_var(0);

    memset(image, -1, sizeof image);
    memset(still, -1, sizeof still);
    still[0] = ex_int(0);
    for (int a = 0; a < Q->D; a++)
    {
        ex x = discrete ? xi[a] : ex_add(ex_var(PARAMETERS + a), ex_mul(t, xi[a])), dx = ex_int(0);

        for (int b = 0; b < Q->D; b++)
            dx = ex_add(dx, ex_mul(ex_partial(x, PARAMETERS + b), ex_var(DIFFERENTIALS + b)));
        image[PARAMETERS + a] = x;
        image[DIFFERENTIALS + a] = dx;
    }
    for (int i = 0; i < 2 + problem.n; i++)
    {
        ex e = i == 0 ? Q->metric : i > 1 ? Q->invariant[i - 2] : Q->loss < 0 ? ex_int(0) : Q->loss;

        change[i] = ex_sub(ex_substitute(e, image), e);
        if (!discrete)
            change[i] = ex_substitute(ex_partial(change[i], 0), still);
    }
    if (discrete || !Q->balanced) /* Killing's equation */
        require(change[0], "the metric is invariant under", kind, k);
    require(change[1], "the loss is invariant under", kind, k);
    for (int i = 0; i < problem.n && !discrete; i++)
        require(change[2 + i], "the invariants are invariant under", kind, k);
}

/* ---- The balanced slice: generators A x with A symmetric or antisymmetric ---- */

static ex
dot(int n, const ex *v, const ex *w)
{
    ex sum = ex_int(0);

    for (int i = 0; i < n; i++)
        sum = ex_add(sum, ex_mul(v[i], w[i]));
    return sum;
}

/* Takes from v what is in the span of orthogonal vectors; is anything left? */
static int
project(ex *v, ex **basis, int length)
{
    int n = Q->D * Q->D + 1;

    for (int r = 0; r < length; r++)
    {
        ex c = ex_mul(dot(n, v, basis[r]), ex_inverse(dot(n, basis[r], basis[r])));

        for (int i = 0; i < n; i++)
            v[i] = ex_sub(v[i], ex_mul(c, basis[r][i]));
    }
    return !ex_is(dot(n, v, v), 0);
}

/* Is the matrix of a generator, by rows, symmetric? Then its level is that of the section. */
static int
prove_linear(ex *A, int k)
{
    int D = Q->D, symmetric = 1, antisymmetric = 1;
    ex x[MAX_PARAMETERS];

    for (int a = 0; a < D; a++)
        x[a] = ex_var(PARAMETERS + a);
    for (int i = 0; i < D * D; i++)
        A[i] = ex_partial(Q->field[k][i / D], PARAMETERS + i % D);
    for (int i = 0; i < D * D; i++)
    {
        if (!ex_value(A[i]))
            reject("generator %d is not linear", k + 1);
        symmetric &= A[i] == A[i % D * D + i / D];
        antisymmetric &= A[i] == ex_neg(A[i % D * D + i / D]);
    }
    for (int a = 0; a < D; a++)
        require(ex_sub(Q->field[k][a], dot(D, A + a * D, x)), "linear is", "generator", k);
    if (!symmetric && !antisymmetric)
        reject("generator %d is neither symmetric nor antisymmetric", k + 1);
    A[D * D] = ex_const(Q->level);
    if (!antisymmetric)
        require(ex_substitute(ex_sub(dot(D, x, Q->field[k]), A[D * D]), Q->section),
                "the section has the level of", "generator", k);
    return !antisymmetric;
}

/* The metric is Euclidean. An antisymmetric generator B x keeps the slice: the commutators
   A B - B A = -(A B^T + (A B^T)^T) are combinations of the symmetric A, also in their levels. */
static void
prove_balanced(void)
{
    int D = Q->D, symmetric = 0;
    size_t size = (size_t) (D * D + 1) * sizeof(ex);
    ex **A = grab((size_t) Q->fields, sizeof *A), **B = grab((size_t) Q->fields, sizeof *B);
    ex *C = grab(1, size), rest = Q->metric;

    for (int a = 0; a < D; a++)
        rest = ex_sub(rest, ex_mul(ex_var(DIFFERENTIALS + a), ex_var(DIFFERENTIALS + a)));
    if (!vanishes(rest, NULL, NULL))
        reject("the metric of a balanced slice is not Euclidean");
    for (int k = 0; k < Q->fields; k++)
    {
        ex *matrix = grab(1, size);

        if (prove_linear(matrix, k))
            symmetric += project(A[symmetric] = matrix, A, symmetric);
        else
            B[k] = matrix;
    }
    for (int k = 0; k < Q->fields; k++)
        for (int s = 0; s < symmetric && B[k]; s++)
        {
            for (int i = 0; i < D * D; i++)
                C[i] = ex_add(dot(D, A[s] + i / D * D, B[k] + i % D * D),
                              dot(D, A[s] + i % D * D, B[k] + i / D * D));
            C[D * D] = ex_int(0);
            if (project(C, A, symmetric))
                reject("an identity is not proved: generator %d keeps the balanced slice", k + 1);
        }
}

/* ---- The dimension of the orbits ---- */

/* The generators have rank D - n at sigma(q) for some q: the n independent dI vanish on them, and the rows of
   both together have rank D, for the sum M of their squares has positive pivots. */
static void
prove_dimension(void)
{
    int D = Q->D, n = problem.n;
    static ex M[MAX_PARAMETERS][MAX_PARAMETERS];
    ex q[VARIABLES], point[VARIABLES], row[MAX_PARAMETERS];
    list_t pivots = {0};
    machine_t machine;

    strcpy(proof_path, "dimension of the orbits");
    memset(q, -1, sizeof q);
    memset(point, -1, sizeof point);
    for (int i = 0; i < n; i++)
        q[i] = ex_add(ex_mul(ex_ratio(i + 2, (unsigned long) i + 3), ex_const(problem.lo[i])),
                      ex_mul(ex_ratio(1, (unsigned long) i + 3), ex_const(problem.hi[i])));
    for (int a = 0; a < D; a++)
        point[PARAMETERS + a] = ex_substitute(Q->section[PARAMETERS + a], q);
    for (int r = 0; r < n + Q->fields; r++)
    {
        for (int a = 0; a < D; a++)
            row[a] = ex_substitute(r < n ? ex_partial(Q->invariant[r], PARAMETERS + a) : Q->field[r - n][a],
                                   point);
        for (int a = 0; a < D; a++)
            for (int b = 0; b < D; b++)
                M[a][b] = ex_add(r ? M[a][b] : ex_int(0), ex_mul(row[a], row[b]));
    }
    for (int p = 0; p < D; p++)
    {
        append(&pivots, ex_make(E_POSITIVE, ex_rebuild(M[p][p], q, 0), -1)); /* without powers */
        for (int a = p + 1; a < D; a++)
            for (int b = p + 1; b < D; b++)
                M[a][b] = ex_sub(M[a][b], ex_mul(ex_mul(M[a][p], M[p][b]), ex_inverse(M[p][p])));
    }
    machine_start(&machine, space_new(256, 0, 0, 1, 0, 0), &pivots);
    machine_run(&machine, NULL);
    proof_path[0] = 0;
}

void
prove_quotient(const quotient_t *quotient)
{
    Q = quotient;
    place = NULL;
    for (int k = 0; k < Q->fields; k++)
        prove_symmetry(Q->field[k], 0, k);
    for (int k = 0; k < Q->maps; k++)
        prove_symmetry(Q->map[k], 1, k);
    place = Q->section;
    if (Q->balanced)
        prove_balanced();
    for (int i = 0; i < problem.n; i++)
        require(ex_sub(ex_substitute(Q->invariant[i], Q->section), ex_var(i)), "the section gives back",
                "coordinate", i);
    prove_dimension();
}

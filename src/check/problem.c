/* From the text of the problem to expressions: the state at time 0, its derivative, the matrix of the static
   rule; and what must be defined and positive where they are evaluated: the formulas as they are written, and
   the pivots. */
#include "check.h"

#include <string.h>

problem_t problem;

static ex g[MAX_PARAMETERS][MAX_PARAMETERS], J[MAX_N][MAX_PARAMETERS], G[MAX_N][MAX_N], H;
static list_t guards;    /* of H; of the text until it is read, then of coordinates and momenta */
static int pivots_known; /* H_pp > 0 follows from the pivots of the metric */
static ex none[VARIABLES], map[VARIABLES]; /* the section for the parameters, 0 for the differentials */

void
append(list_t *list, ex e)
{
    if (list->length == list->room)
        list->e = enlarge(list->e, &list->room, sizeof(ex));
    list->e[list->length++] = e;
}

/* ---- The Hamiltonian ---- */

/* G = J g^-1 J^T for the upper triangle of a symmetric D x D matrix g, which is used up: LDL^T.
   Its pivots are required to be positive. */
static void
gram(int n, int D)
{
    for (int r = 0; r < n; r++)
        for (int s = 0; s < n; s++)
            G[r][s] = ex_int(0);
    for (int k = 0; k < D; k++)
    {
        ex inverse = ex_inverse(g[k][k]);

        append(&guards, ex_make(E_POSITIVE, g[k][k], -1));
        for (int i = k + 1; i < D; i++)
        {
            ex l = ex_mul(g[k][i], inverse);

            for (int j = i; j < D; j++)
                g[i][j] = ex_sub(g[i][j], ex_mul(l, g[k][j]));
            for (int r = 0; r < n; r++)
                J[r][i] = ex_sub(J[r][i], ex_mul(l, J[r][k]));
        }
        for (int r = 0; r < n; r++)
            for (int s = r; s < n; s++)
                G[s][r] = G[r][s] = ex_add(G[r][s], ex_mul(ex_mul(J[r][k], J[s][k]), inverse));
    }
}

/* H = G_ij p_i p_j/2 */
static void
set_hamiltonian(void)
{
    H = ex_int(0);
    for (int i = 0; i < problem.n; i++)
        for (int j = 0; j < problem.n; j++)
            H = ex_add(
                H, ex_mul(ex_mul(ex_ratio(1, 2), G[i][j]), ex_mul(ex_var(MOMENTA + i), ex_var(MOMENTA + j))));
}

/* g = half the second derivatives by the differentials; the text must be homogeneous of degree two in them as
   it is written. */
static void
metric_matrix(ex metric, int D)
{
    ex last;
    char *mark = ex_reach(&metric, 1, &last), *degree = grab((size_t) last + 1, 1);
    int right = 1;

    for (ex e = 0; e <= last; e++)
        if (mark[e] && ex_node(e)->uses & DIFFERENTIAL)
        {
            const node_t *x = ex_node(e);

            degree[e] = x->kind == E_VAR ? 1 : degree[x->a];
            if (x->kind == E_MUL)
                degree[e] = (char) (degree[e] + degree[x->b]);
            else if (x->kind == E_POW && ex_is(x->b, 2))
                degree[e] = (char) (2 * degree[e]);
            else
                right &= x->kind <= E_ADD && (x->kind == E_VAR || degree[x->a] == degree[x->b]);
            right &= degree[e] <= 2;
        }
    if (!right || degree[metric] != 2)
        reject("the metric is not homogeneous of degree two");
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
            g[a][b] =
                ex_mul(ex_ratio(1, 2), ex_partial(ex_partial(metric, DIFFERENTIALS + a), DIFFERENTIALS + b));
}

/* ---- The text ---- */

/* The rest of the line, folded; as it is written it must be defined wherever H is. */
static ex
formula(int groups)
{
    ex text = expression(rest(), groups);

    append(&guards, text);
    advance();
    return ex_substitute(text, none);
}

static int
read_names(const char *keyword, char **names, int most)
{
    int n = 0;

    need(keyword);
    for (; more() && n < most; n++)
        names[n] = name();
    if (n == 0 || more())
        reject(n ? "too many names" : "a name is missing");
    advance();
    return n;
}

static void
declare_all(const char *prefix, char **names, int n, int group, int first)
{
    for (int i = 0; i < n; i++)
        declare(prefix, names[i], group, ex_var(first + i));
}

static void
read_lets(void)
{
    for (; accept("let"); advance())
    {
        char *s = name();
        ex e = expression(rest(), COORDINATE);

        declare("", s, ex_node(e)->uses, e);
    }
}

static void
read_manifold(void)
{
    int n = problem.n;

    read_lets();
    if (accept("metric"))
    {
        declare_all("d", problem.coordinate, n, DIFFERENTIAL, DIFFERENTIALS);
        metric_matrix(formula(COORDINATE | DIFFERENTIAL), n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                J[i][j] = ex_int(i == j);
        gram(n, n);
        pivots_known = 1;
        set_hamiltonian();
        return;
    }
    if (accept("hamiltonian"))
    {
        declare_all("p_", problem.coordinate, n, MOMENTUM, MOMENTA);
        H = formula(COORDINATE | MOMENTUM);
        return;
    }
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
        {
            need("cometric");
            count(i + 1, i + 1);
            count(j + 1, j + 1);
            G[i][j] = G[j][i] = formula(COORDINATE);
        }
    set_hamiltonian();
}

/* A vector field or a map: components not given are 0, or the parameter itself. */
static int
read_components(const char *keyword, ex (**list)[MAX_PARAMETERS], char **parameter, int D)
{
    int room = 0, length = 0, identity = strcmp(keyword, "discrete") == 0;
    char given[MAX_PARAMETERS];

    for (; accept(keyword); advance())
    {
        int k = (int) count(1, 9999), a = 0;

        while (a < D && !is(parameter[a]))
            a++;
        if (a == D || k < length || k > length + 1)
            reject("a symmetry out of order, or an unknown parameter");
        need(parameter[a]);
        if (k > length)
        {
            if (length == room)
                *list = enlarge(*list, &room, sizeof **list);
            for (int b = 0; b < D; b++)
                (*list)[length][b] = identity ? ex_var(PARAMETERS + b) : ex_int(0);
            length = k;
            memset(given, 0, sizeof given);
        }
        if (given[a]++)
            reject("a component of a symmetry is given twice");
        (*list)[k - 1][a] = ex_substitute(expression(rest(), PARAMETER), none);
    }
    return length;
}

static void
read_quotient(quotient_t *Q, char **parameter)
{
    int n = problem.n, D = Q->D;

    read_lets();
    need("total-metric");
    declare_all("", parameter, D, PARAMETER, PARAMETERS);
    if (accept("euclidean"))
    {
        Q->metric = ex_int(0);
        for (int a = 0; a < D; a++)
            Q->metric = ex_add(Q->metric, ex_mul(ex_var(DIFFERENTIALS + a), ex_var(DIFFERENTIALS + a)));
        advance();
    }
    else
    {
        declare_all("d", parameter, D, DIFFERENTIAL, DIFFERENTIALS);
        Q->metric = formula(PARAMETER | DIFFERENTIAL);
    }
    need("construction");
    mpq_init(Q->level);
    Q->balanced = accept("balanced");
    if (Q->balanced)
        rational(Q->level);
    else
        need("invariant-metric");
    advance();
    Q->fields = read_components("generator", &Q->field, parameter, D);
    Q->maps = read_components("discrete", &Q->map, parameter, D);
    for (int i = 0; i < n; i++)
    {
        need("invariant");
        need(problem.coordinate[i]);
        Q->invariant[i] = formula(PARAMETER);
    }
    for (int a = 0; a < D; a++)
    {
        need("section");
        need(parameter[a]);
        map[PARAMETERS + a] = formula(COORDINATE);
    }
    for (; accept("assume"); advance())
    {
        append(&Q->assumed, expression(rest(), PARAMETER));
        append(&guards, ex_make(E_POSITIVE, Q->assumed.e[Q->assumed.length - 1], -1));
    }
    metric_matrix(Q->metric, D);
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
            g[a][b] = ex_substitute(g[a][b], map);
    for (int i = 0; i < n; i++)
        for (int a = 0; a < D; a++)
            J[i][a] = ex_substitute(ex_partial(Q->invariant[i], PARAMETERS + a), map);
    gram(n, D);
    set_hamiltonian();
    Q->section = map;
}

/* ---- What is evaluated ---- */

typedef ex matrix_t[MAX_N][MAX_N];
static matrix_t A, B, C, U, R, W, X;

/* (a b)_ij, or (a^T b)_ij */
static ex
dot(matrix_t a, int i, int transposed, matrix_t b, int j)
{
    ex sum = ex_int(0);

    for (int k = 0; k < problem.n; k++)
        sum = ex_add(sum, ex_mul(transposed ? a[k][i] : a[i][k], b[k][j]));
    return sum;
}

/* With A = H_pp, B = H_pq, C = H_qq and X = B + A R: q' = H_p, p' = -H_q, R' = -C - B^T R - R X, W' = -X^T W,
   M' = -W^T A W */
static void
build_field(void)
{
    int n = problem.n, v = STATE + 2 * n;
    list_t *f = &problem.field;

    for (int i = 0; i < n; i++)
        append(f, ex_partial(H, MOMENTA + i));
    for (int i = 0; i < n; i++)
        append(f, ex_neg(ex_partial(H, i)));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
        {
            g[i][j] = A[i][j] = ex_partial(f->e[i], MOMENTA + j);
            B[i][j] = ex_partial(f->e[i], j);
            C[i][j] = ex_neg(ex_partial(f->e[n + i], j));
        }
    if (!pivots_known)
        gram(0, n);
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            R[i][j] = R[j][i] = ex_var(v++);
    for (int i = 0; i < n * n; i++)
        W[i / n][i % n] = ex_var(v++);
    for (int i = 0; i < n * n; i++)
        X[i / n][i % n] = ex_add(B[i / n][i % n], dot(A, i / n, 0, R, i % n));
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            append(f, ex_neg(ex_add(C[i][j], ex_add(dot(B, i, 1, R, j), dot(R, i, 0, X, j)))));
    for (int i = 0; i < n * n; i++)
        append(f, ex_neg(dot(X, i / n, 1, W, i % n)));
    for (int i = 0; i < n * n; i++)
        X[i / n][i % n] = dot(A, i / n, 0, W, i % n);
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            append(f, ex_neg(dot(W, i, 1, X, j)));
    for (int i = 0; i < guards.length; i++)
        append(f, guards.e[i]);
}

/* p = du0, R = U with the second derivative U of u0, W = I, M = 0 */
static void
build_initial(ex text)
{
    int n = problem.n;
    list_t *f = &problem.initial;
    ex u0 = ex_substitute(text, map);

    for (int i = 0; i < n; i++)
        append(f, ex_partial(u0, i));
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            append(f, U[i][j] = U[j][i] = ex_partial(f->e[i], j));
    for (int i = 0; i < n * n; i++)
        append(f, ex_int(i % (n + 1) == 0));
    for (int i = 0; i < n * (n + 1) / 2; i++)
        append(f, ex_int(0));
    append(f, ex_rebuild(text, map, 0));
}

/* Neither H nor where it is defined depends on the coordinates. */
static int
is_flat(void)
{
    ex last;
    char *mark = ex_reach(guards.e, guards.length, &last);
    int flat = 1;

    for (ex e = 0; e <= last; e++)
    {
        int kind = ex_node(e)->kind;

        if (mark[e] && (kind == E_POW || kind == E_LOG || kind >= E_STEP))
            flat &= kind == E_SIGMOID || !(ex_node(e)->uses & COORDINATE);
    }
    for (int i = 0; i < problem.n && flat; i++)
        flat = vanishes(problem.field.e[problem.n + i], NULL, NULL);
    return flat;
}

/* F = A + T A U A at p = du0 */
static void
build_still(void)
{
    int n = problem.n;
    ex momenta[VARIABLES], time = ex_var(STATE + problem.N);

    memcpy(momenta, none, sizeof momenta);
    memcpy(momenta + MOMENTA, problem.initial.e, (size_t) n * sizeof(ex));
    for (int i = 0; i < n * n; i++)
        A[i / n][i % n] = ex_substitute(A[i / n][i % n], momenta);
    for (int i = 0; i < n * n; i++)
        X[i / n][i % n] = dot(U, i / n, 0, A, i % n);
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            append(&problem.still, ex_add(A[i][j], ex_mul(time, dot(A, i, 0, X, j))));
    for (int i = 0; i < guards.length; i++)
        append(&problem.still, ex_rebuild(guards.e[i], momenta, 0));
    append(&problem.still, problem.initial.e[problem.initial.length - 1]);
}

/* ---- The head ---- */

/* As it is evaluated, without powers */
static void
lower(list_t *list)
{
    for (int i = 0; i < list->length; i++)
        list->e[i] = ex_rebuild(list->e[i], none, 0);
}

static void
read_claim(void)
{
    advance();
    need("title");
    rest();
    advance();
    need("claim");
    mpq_inits(problem.lower, problem.upper, NULL);
    rational(problem.lower);
    problem.has_upper = !accept("none");
    if (problem.has_upper)
        rational(problem.upper);
    if (mpq_sgn(problem.lower) <= 0 || (problem.has_upper && mpq_cmp(problem.lower, problem.upper) > 0))
        reject("the bounds of the claim are not in order");
    advance();
}

static void
read_domain(void)
{
    for (int i = 0; i < problem.n; i++, advance())
    {
        need("domain");
        need(problem.coordinate[i]);
        mpq_inits(problem.lo[i], problem.hi[i], NULL);
        rational(problem.lo[i]);
        rational(problem.hi[i]);
        if (mpq_cmp(problem.lo[i], problem.hi[i]) >= 0)
            reject("the domain is empty");
    }
}

void
read_problem(void)
{
    quotient_t Q = {.loss = -1};
    char *parameter[MAX_PARAMETERS];
    int quotient;
    ex u0;

    memset(&problem, 0, sizeof problem);
    memset(&guards, 0, sizeof guards);
    memset(map, -1, sizeof map);
    memset(none, -1, sizeof none);
    pivots_known = 0;
    ex_start();
    parse_start();
    for (int i = DIFFERENTIALS; i < VARIABLES; i++)
        map[i] = ex_int(0);
    read_claim();
    need("problem");
    quotient = accept("quotient");
    if (!quotient)
        need("manifold");
    advance();
    if (quotient)
        Q.D = read_names("parameters", parameter, MAX_PARAMETERS);
    problem.n = read_names("coordinates", problem.coordinate, MAX_N);
    problem.N = 2 * problem.n * problem.n + 3 * problem.n;
    declare_all("", problem.coordinate, problem.n, COORDINATE, 0);
    if (quotient)
        read_quotient(&Q, parameter);
    else
        read_manifold();
    for (int i = 0; i < guards.length; i++)
        guards.e[i] = ex_rebuild(guards.e[i], map, 0);
    if (quotient && accept("loss"))
    {
        u0 = expression(rest(), PARAMETER);
        Q.loss = ex_substitute(u0, none);
    }
    else
    {
        need("initial");
        u0 = expression(rest(), COORDINATE);
    }
    advance();
    read_domain();
    if (quotient)
        prove_quotient(&Q);
    build_field();
    build_initial(u0);
    problem.flat = is_flat();
    if (problem.flat)
        build_still();
    lower(&problem.field);
    lower(&problem.initial);
    lower(&problem.still);
}

/* From the text of the problem to three straight-line programs: the state at time 0, its derivative,
   and the matrix of the static rule. Variables are numbered: the state (q, p, R, W, M), the time T
   of the static rule, the parameters, the differentials. */
#include "check.h"

#include <string.h>

problem_t problem;

/* ---- Linear algebra ---- */

static void
note_all(conditions_t *list, const conditions_t *more, const ex *map, int length)
{
    for (int i = 0; i < more->length; i++)
    {
        const node_t x = *ex_node(more->e[i]);

        note(list, ex_condition(x.kind, ex_substitute(x.a, map, length)));
    }
}

typedef ex matrix_t[MAX_N][MAX_N];

static ex g[MAX_PARAMETERS][MAX_PARAMETERS], J[MAX_N][MAX_PARAMETERS], H;
static matrix_t G;
static int pivots_known; /* H_pp > 0 follows from the pivots of the metric */

/* G = J g^-1 J^T for the upper triangle of a symmetric D x D matrix g, which is used up: LDL^T.
   Its pivots are required to be positive. */
static void
gram(int n, int D, conditions_t *list)
{
    for (int r = 0; r < n; r++)
        for (int s = 0; s < n; s++)
            G[r][s] = ex_int(0);
    for (int k = 0; k < D; k++)
    {
        ex inverse;

        note(list, ex_condition(E_POSITIVE, g[k][k]));
        inverse = ex_inverse(g[k][k]);
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

static ex
hamiltonian_of_gram(void)
{
    int n = problem.n;
    ex sum = ex_int(0), pp;

    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
        {
            pp = ex_mul(ex_var(n + i), ex_var(n + j));
            sum = ex_add(sum, ex_mul(i == j ? ex_mul(ex_ratio(1, 2), G[i][j]) : G[i][j], pp));
        }
    return sum;
}

/* ---- The text ---- */

/* g = half the second derivatives by the variables numbered from `from`, of an expression as it is written */
static void
metric_matrix(ex metric, int from, int D)
{
    ex zero[MAX_VARIABLES], first;
    int right;

    for (int v = 0; v < from + D; v++)
        zero[v] = v < from ? -1 : ex_int(0);
    right = ex_is(ex_substitute(metric, zero, from + D), 0);
    for (int a = 0; a < D; a++)
    {
        first = ex_partial(metric, from + a);
        right &= ex_is(ex_substitute(first, zero, from + D), 0);
        for (int b = a; b < D; b++)
        {
            g[a][b] = ex_mul(ex_ratio(1, 2), ex_partial(first, from + b));
            right &= !ex_contains(g[a][b], from, from + D);
        }
    }
    if (!right)
        reject("the metric is not homogeneous of degree two");
}

static int
read_names(char **names, int most)
{
    int n = 0;

    for (; more() && n < most; n++)
        names[n] = copy_text(name());
    if (n == 0 || more())
        reject(n ? "too many names" : "a name is missing");
    advance();
    return n;
}

static void
declare_all(const char *prefix, char **names, int n, int group, int first)
{
    for (int i = 0; i < n; i++)
        declare(prefix, names[i], group, ex_var(first + i), NULL);
}

static void
read_lets(void)
{
    for (; line_is("let"); advance())
    {
        char *s = copy_text(name());
        conditions_t list = {0};
        ex e = expression(rest(), CONSTANT | COORDINATE, &list);
        int constant = !ex_contains(e, 0, problem.n);

        for (int i = 0; i < list.length; i++)
            constant &= !ex_contains(list.e[i], 0, problem.n);
        declare("", s, constant ? CONSTANT : COORDINATE, e, &list);
    }
}

static void
read_manifold(conditions_t *list)
{
    int n = problem.n, differentials = problem.N + 2;

    read_lets();
    if (line_is("metric"))
    {
        declare_all("d", problem.coordinate, n, DIFFERENTIAL, differentials);
        metric_matrix(expression(rest(), CONSTANT | COORDINATE | DIFFERENTIAL, list), differentials, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                J[i][j] = ex_int(i == j);
        gram(n, n, list);
        pivots_known = 1;
        advance();
    }
    else if (line_is("cometric"))
        for (int i = 0; i < n; i++)
            for (int j = i; j < n; j++, advance())
            {
                need("cometric");
                count(i + 1, i + 1);
                count(j + 1, j + 1);
                G[i][j] = G[j][i] = expression(rest(), CONSTANT | COORDINATE, list);
            }
    else
    {
        need("hamiltonian");
        declare_all("p_", problem.coordinate, n, MOMENTUM, n);
        H = expression(rest(), CONSTANT | COORDINATE | MOMENTUM, list);
        advance();
        return;
    }
    H = hamiltonian_of_gram();
}

/* A vector field or a map: components not given are 0, or the parameter itself. */
static void
read_components(const char *keyword, ex (**list)[MAX_PARAMETERS], int *length, char **parameter,
                const quotient_t *Q)
{
    conditions_t none = {0};
    int room = 0, identity = strcmp(keyword, "discrete") == 0;
    char given[MAX_PARAMETERS];

    for (; line_is(keyword); advance())
    {
        int k = (int) count(1, 9999), a = 0;
        const char *s = name();

        while (a < Q->D && strcmp(parameter[a], s) != 0)
            a++;
        if (a == Q->D || k < *length || k > *length + 1)
            reject("a symmetry out of order, or an unknown parameter");
        if (k > *length)
        {
            if (*length == room)
                *list = enlarge(*list, &room, sizeof **list);
            for (int b = 0; b < Q->D; b++)
                (*list)[*length][b] = identity ? ex_var(Q->first + b) : ex_int(0);
            ++*length;
            memset(given, 0, sizeof given);
        }
        if (given[a])
            reject("a component of a symmetry is given twice");
        given[a] = 1;
        (*list)[k - 1][a] = expression(rest(), CONSTANT | PARAMETER, &none);
    }
    drop(none.e);
}

static void
read_symmetry(quotient_t *Q, char **parameter)
{
    need("construction");
    mpq_init(Q->level);
    Q->balanced = next_is("balanced");
    need_word(Q->balanced ? "balanced" : "invariant-metric");
    if (Q->balanced)
        rational(Q->level);
    advance();
    read_components("generator", &Q->field, &Q->fields, parameter, Q);
    read_components("discrete", &Q->map, &Q->maps, parameter, Q);
}

/* The metric, the invariants and the loss are evaluated on the section: map. */
static void
read_quotient(quotient_t *Q, conditions_t *list, ex *map, char **parameter)
{
    int n = problem.n, D = Q->D, length = Q->first + D;
    conditions_t above = {0}; /* conditions on the parameters */
    ex metric = -1;
    const char *text;

    read_lets();
    need("total-metric");
    text = rest();
    declare_all("", parameter, D, PARAMETER, Q->first);
    if (strcmp(text, "euclidean") != 0)
    {
        declare_all("d", parameter, D, DIFFERENTIAL, Q->first + D);
        metric = expression(text, CONSTANT | PARAMETER | DIFFERENTIAL, &above);
    }
    advance();
    read_symmetry(Q, parameter);
    for (int i = 0; i < n; i++, advance())
    {
        need("invariant");
        need_word(problem.coordinate[i]);
        Q->invariant[i] = expression(rest(), CONSTANT | PARAMETER, &above);
    }
    for (int a = 0; a < D; a++, advance())
    {
        need("section");
        need_word(parameter[a]);
        map[Q->first + a] = expression(rest(), CONSTANT | COORDINATE, list);
    }
    for (; line_is("assume"); advance())
    {
        note(&Q->assumed, ex_make(E_POSITIVE, expression(rest(), CONSTANT | PARAMETER, &above), -1));
    }
    note_all(list, &above, map, length);
    note_all(list, &Q->assumed, map, length);
    if (metric >= 0)
        metric_matrix(metric, Q->first + D, D);
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
        {
            Q->metric[a][b] = metric < 0 ? ex_int(a == b) : g[a][b];
            g[a][b] = ex_substitute(Q->metric[a][b], map, length);
        }
    for (int i = 0; i < n; i++)
        for (int a = 0; a < D; a++)
            J[i][a] = ex_substitute(ex_partial(Q->invariant[i], Q->first + a), map, length);
    gram(n, D, list);
    H = hamiltonian_of_gram();
    Q->section = map;
}

/* ---- The three programs ---- */

static matrix_t A, B, C, R, W, X, Y;

/* Component i, j of a b, or of a^T b */
static ex
dot(matrix_t a, int i, int transposed, matrix_t b, int j)
{
    ex sum = ex_int(0);

    for (int k = 0; k < problem.n; k++)
        sum = ex_add(sum, ex_mul(transposed ? a[k][i] : a[i][k], b[k][j]));
    return sum;
}

/* A = H_pp, B = H_pq, C = H_qq; the derivative of q, p, R, W, M */
static void
build_field(conditions_t *list)
{
    int n = problem.n, v = 2 * n;
    ex f[MAX_STATE], Hp, Hq;

    for (int i = 0; i < n; i++)
    {
        f[i] = Hp = ex_partial(H, n + i);
        Hq = ex_partial(H, i);
        f[n + i] = ex_neg(Hq);
        for (int j = 0; j < n; j++)
        {
            g[i][j] = A[i][j] = ex_partial(Hp, n + j);
            B[i][j] = ex_partial(Hp, j);
            C[i][j] = ex_partial(Hq, j);
        }
    }
    if (!pivots_known)
        gram(0, n, list);
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            R[i][j] = R[j][i] = ex_var(v++);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            W[i][j] = ex_var(v++);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
        {
            X[i][j] = ex_add(B[i][j], dot(A, i, 0, R, j));
            Y[i][j] = dot(A, i, 0, W, j);
        }
    v = 2 * n;
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            f[v++] = ex_neg(ex_add(C[i][j], ex_add(dot(B, i, 1, R, j), dot(R, i, 0, X, j))));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            f[v++] = ex_neg(dot(X, i, 1, W, j));
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            f[v++] = ex_neg(dot(W, i, 1, Y, j));
    compile(&problem.field, f, problem.N, list);
}

/* C = the second derivatives of u0 */
static void
build_initial(ex u0, const conditions_t *list)
{
    int n = problem.n, v = 2 * n;
    ex f[MAX_STATE];

    for (int i = 0; i < n; i++)
    {
        f[i] = ex_var(i);
        f[n + i] = ex_partial(u0, i);
        for (int j = 0; j < n; j++)
            C[i][j] = ex_partial(f[n + i], j);
    }
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            f[v++] = C[i][j];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            f[v++] = ex_int(i == j);
    while (v < problem.N)
        f[v++] = ex_int(0); /* C and its inverse are put in later */
    compile(&problem.initial, f, problem.N, list);
}

/* Neither H nor a condition on it depends on the coordinates. */
static int
is_flat(const conditions_t *list)
{
    int flat = 1, n = problem.n;

    for (int i = 0; i < list->length && flat; i++)
        flat = !ex_contains(list->e[i], 0, n);
    for (int i = 0; i < n && flat; i++)
        flat = !ex_contains(H, 0, n) || vanishes(ex_partial(H, i), NULL, NULL);
    return flat;
}

/* F = A + T A U A at p = du0 */
static void
build_still(ex u0, const conditions_t *list, conditions_t *u0_list)
{
    int n = problem.n, v = 0;
    ex f[MAX_STATE], map[2 * MAX_N];

    problem.flat = is_flat(list);
    if (!problem.flat)
        return;
    for (int i = 0; i < n; i++)
    {
        map[i] = -1;
        map[n + i] = ex_partial(u0, i);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            A[i][j] = ex_substitute(A[i][j], map, 2 * n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            Y[i][j] = dot(C, i, 0, A, j);
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            f[v++] = ex_add(A[i][j], ex_mul(ex_var(problem.N + 1), dot(A, i, 0, Y, j)));
    note_all(u0_list, list, map, 2 * n);
    compile(&problem.still, f, v, u0_list);
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
    problem.has_upper = !next_is("none");
    if (problem.has_upper)
        rational(problem.upper);
    else
        word();
    if (mpq_sgn(problem.lower) <= 0 || (problem.has_upper && mpq_cmp(problem.lower, problem.upper) > 0))
        reject("the bounds of the claim are not in order");
    advance();
}

static void
read_domain(void)
{
    for (int i = 0; i < problem.n; i++)
    {
        advance();
        need("domain");
        need_word(problem.coordinate[i]);
        mpq_inits(problem.lo[i], problem.hi[i], NULL);
        rational(problem.lo[i]);
        rational(problem.hi[i]);
        if (mpq_cmp(problem.lo[i], problem.hi[i]) >= 0)
            reject("the domain is empty");
    }
    advance();
}

void
read_problem(void)
{
    conditions_t list = {0}, u0_list = {0}, above = {0};
    quotient_t Q = {.loss = -1};
    ex map[MAX_VARIABLES], u0;
    char *parameter[MAX_PARAMETERS];
    int quotient;

    memset(&problem, 0, sizeof problem);
    memset(map, -1, sizeof map);
    pivots_known = 0;
    ex_start();
    parse_start();
    read_claim();
    need("problem");
    quotient = next_is("quotient");
    need_word(quotient ? "quotient" : "manifold");
    advance();
    if (quotient)
    {
        need("parameters");
        Q.D = read_names(parameter, MAX_PARAMETERS);
    }
    need("coordinates");
    problem.n = read_names(problem.coordinate, MAX_N);
    problem.N = 2 * problem.n * problem.n + 3 * problem.n;
    Q.first = problem.N + 2;
    declare_all("", problem.coordinate, problem.n, COORDINATE, 0);
    if (quotient)
        read_quotient(&Q, &list, map, parameter);
    else
        read_manifold(&list);
    if (quotient && line_is("loss"))
        u0 = Q.loss = expression(rest(), CONSTANT | PARAMETER, &above);
    else
    {
        need("initial");
        u0 = expression(rest(), CONSTANT | COORDINATE, &u0_list);
    }
    note_all(&u0_list, &above, map, MAX_VARIABLES);
    u0 = ex_substitute(u0, map, MAX_VARIABLES);
    read_domain();
    if (quotient)
        prove_quotient(&Q);
    build_field(&list);
    build_initial(u0, &u0_list);
    build_still(u0, &list, &u0_list);
}

/* ---- The theorem in words ---- */

/* 20 decimals, rounded down or up; q > 0 */
static void
print_bound(FILE *report, const char *what, mpq_srcptr q, int up)
{
    mpz_t z, power, part;

    mpz_inits(z, power, part, NULL);
    mpz_ui_pow_ui(power, 10, 20);
    mpz_mul(z, power, mpq_numref(q));
    (up ? mpz_cdiv_q : mpz_fdiv_q)(z, z, mpq_denref(q));
    mpz_fdiv_qr(z, part, z, power);
    gmp_fprintf(report, "%s%Zd.%020Zd (%Qd)\n", what, z, part, q);
    mpz_clears(z, power, part, NULL);
}

void
print_problem(FILE *report)
{
    print_bound(report, "No focal time up to       ", problem.lower, 0);
    if (problem.has_upper)
        print_bound(report, "A focal time somewhere by ", problem.upper, 1);
}

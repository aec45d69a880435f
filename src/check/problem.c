/* From the text of the problem to three straight-line programs: the state at time 0, its derivative,
   and the matrix of the static rule. Variables are numbered: the state (q, p, R, W, M), c, the time T
   of the static rule, the parameters, the differentials. */
#include "check.h"

#include <string.h>

problem_t problem;

enum
{
    MAX_D = MAX_PARAMETERS
};

/* ---- Conditions ---- */

static void
require(conditions_t *list, int positive, ex e)
{
    const node_t *x = ex_node(e);

    for (;; x = ex_node(e))
        if (x->kind == E_MUL && ex_node(x->a)->kind == E_CONST &&
            (!positive || mpq_sgn(ex_node(x->a)->value) > 0))
            e = x->b;
        else if (x->kind == E_POW)
        {
            mpq_srcptr q = ex_node(x->b)->value;

            positive = mpz_cmp_ui(mpq_denref(q), 1) != 0 || (positive && mpz_odd_p(mpq_numref(q)));
            e = x->a;
        }
        else
            break;
    if (x->kind == E_CONST && (positive ? mpq_sgn(x->value) <= 0 : mpq_sgn(x->value) == 0))
        reject("the problem is not defined: a constant is not %s", positive ? "positive" : "other than zero");
    if (x->kind == E_CONST || x->kind == E_PI || x->kind == E_EXP)
        return;
    if (list->length == list->room)
    {
        conditions_t old = *list;

        list->room = 2 * old.room + 64;
        list->e = grab((size_t) list->room, sizeof(ex));
        list->positive = grab((size_t) list->room, 1);
        if (old.length > 0)
        {
            memcpy(list->e, old.e, (size_t) old.length * sizeof(ex));
            memcpy(list->positive, old.positive, (size_t) old.length);
        }
    }
    list->e[list->length] = e;
    list->positive[list->length++] = (char) positive;
}

/* The value of an expression that is given as it was written, and what must hold for it to be defined and
   smooth. Folding can make a part of it disappear, and the condition with it: so that is noted first. */
static ex
smooth(conditions_t *list, ex root, const ex *map, int length)
{
    ex last, *image = ex_images(root, map, length);
    char *mark = ex_reach(&root, 1, &last);

    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = *ex_node(e);
            mpq_srcptr q = x.kind == E_POW ? ex_node(x.b)->value : NULL;

            if (x.kind == E_LOG || (q && mpz_cmp_ui(mpq_denref(q), 1) != 0))
                require(list, 1, image[x.a]);
            if (x.kind == E_STEP || (q && mpq_sgn(q) < 0))
                require(list, 0, image[x.a]);
            if (x.kind == E_ASIN)
                require(list, 1, ex_sub(ex_int(1), ex_pow(image[x.a], ex_int(2))));
        }
    root = image[root];
    drop(image);
    drop(mark);
    return root;
}

/* ---- Programs ---- */

static ex
integer_power(ex base, long n)
{
    ex h;

    if (n == 1)
        return base;
    h = integer_power(base, n / 2);
    h = ex_make(E_MUL, h, h);
    return n % 2 ? ex_make(E_MUL, h, base) : h;
}

/* x^q = x^m x^f with 0 < f < 1; x^-m = (1/x)^m. Of the powers only 1/x and x^f remain. */
static ex
lower_power(ex x, mpq_srcptr q)
{
    ex e = -1;
    mpz_t m;
    mpq_t f;
    long n;

    mpz_init(m);
    mpq_init(f);
    mpz_fdiv_q(m, mpq_numref(q), mpq_denref(q));
    mpq_set_z(f, m);
    mpq_sub(f, q, f);
    n = mpz_get_si(m);
    if (mpq_sgn(f) != 0)
        e = ex_make(E_POW, x, ex_const(f));
    if (n != 0)
    {
        x = integer_power(n < 0 ? ex_make(E_POW, x, ex_int(-1)) : x, n < 0 ? -n : n);
        e = e < 0 ? x : ex_make(E_MUL, x, e);
    }
    mpq_clear(f);
    mpz_clear(m);
    return e;
}

/* asin x = atan(x/sqrt(1 - x^2)), sigmoid x = 1/(1 + exp(-x)), softplus x = log(1 + exp x) */
static ex
lower_function(int kind, ex x)
{
    ex one = ex_int(1), minus = ex_int(-1), e;

    if (kind < E_ASIN)
        return ex_make(kind, x, -1);
    if (kind == E_ASIN)
    {
        e = ex_make(E_ADD, one, ex_make(E_MUL, minus, ex_make(E_MUL, x, x)));
        e = ex_make(E_POW, ex_make(E_POW, e, ex_inverse(ex_int(2))), minus);
        return ex_make(E_ATAN, ex_make(E_MUL, x, e), -1);
    }
    e = ex_make(E_EXP, kind == E_SIGMOID ? ex_make(E_MUL, minus, x) : x, -1);
    e = ex_make(E_ADD, one, e);
    return kind == E_SIGMOID ? ex_make(E_POW, e, minus) : ex_make(E_LOG, e, -1);
}

/* Replaces roots[i] by an equal node of the kinds that are evaluated. */
static void
lower(ex *roots, int length)
{
    ex last, *image;
    char *mark = ex_reach(roots, length, &last);

    image = grab((size_t) last + 1, sizeof(ex));
    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = *ex_node(e);

            if (x.kind <= E_VAR)
                image[e] = e;
            else if (x.kind == E_POW)
                image[e] = lower_power(image[x.a], ex_node(x.b)->value);
            else if (x.kind <= E_MUL)
                image[e] = ex_make(x.kind, image[x.a], image[x.b]);
            else
                image[e] = lower_function(x.kind, image[x.a]);
        }
    for (int i = 0; i < length; i++)
        roots[i] = image[roots[i]];
    drop(image);
    drop(mark);
}

static void
emit(tape_t *tape, int op, int a, int b, int out, mpq_srcptr value)
{
    tape->code[tape->length++] = (instruction_t){op, a, b, out, value};
}

/* The arguments that an instruction reads; an exponent or a constant factor is not one. */
static int
arguments(node_t x, ex *argument)
{
    int n = 0;

    if (x.kind >= E_ADD && !(x.kind == E_MUL && ex_node(x.a)->kind == E_CONST))
        argument[n++] = x.a;
    if (x.kind == E_ADD || x.kind == E_MUL)
        argument[n++] = x.b;
    return n;
}

static void
compile(tape_t *tape, ex *output, int outputs, const conditions_t *list)
{
    int roots = outputs + list->length, unused = 0;
    ex *root = grab((size_t) roots, sizeof(ex)), last, arg[2];
    char *mark, *constant, *sign;
    int *reg, *user, *pool;

    memcpy(root, output, (size_t) outputs * sizeof(ex));
    if (list->length > 0)
        memcpy(root + outputs, list->e, (size_t) list->length * sizeof(ex));
    lower(root, roots);
    mark = ex_reach(root, roots, &last);
    constant = grab((size_t) last + 1, 1);
    sign = grab((size_t) last + 1, 1); /* 1: must not be 0; 2: must be positive; 4, 8: an instruction sees to it */
    reg = grab((size_t) last + 1, sizeof(int));
    user = grab((size_t) last + 1, sizeof(int)); /* the last node that reads a node */
    pool = grab((size_t) last + 1, sizeof(int));
    tape->code = grab(2 * ((size_t) last + 1), sizeof(instruction_t));
    tape->output = grab((size_t) outputs, sizeof(int));
    for (int v = 0; v < MAX_STATE + 2; v++)
        tape->input[v] = -1;
    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = *ex_node(e);
            int n = arguments(x, arg);

            constant[e] = x.kind != E_VAR;
            for (int i = 0; i < n; i++)
            {
                constant[e] = (char) (constant[e] && constant[arg[i]]);
                user[arg[i]] = e;
            }
            if (x.kind == E_POW)
                sign[x.a] |= ex_is(x.b, -1) ? 4 : 8;
            if (x.kind == E_LOG || x.kind == E_STEP)
                sign[x.a] |= x.kind == E_LOG ? 8 : 4;
            if (x.kind == E_VAR && x.a > problem.N + 1)
                reject("the Hamiltonian depends on more than coordinates and momenta");
            if (x.kind == E_VAR)
                tape->input[x.a] = reg[e] = tape->registers++;
        }
    for (int i = 0; i < roots; i++)
    {
        user[root[i]] = last + 1; /* stays to the end, as constants and inputs do */
        if (i >= outputs)
            sign[root[i]] |= list->positive[i - outputs] ? 2 : 1;
    }
    for (int pass = 1; pass >= 0; pass--)
    {
        for (ex e = 0; e <= last; e++)
            if (user[e] && constant[e] == pass && ex_node(e)->kind != E_VAR)
            {
                node_t x = *ex_node(e);
                int n = arguments(x, arg), op = x.kind;
                mpq_srcptr value = op == E_CONST ? x.value : NULL;

                if (op == E_POW)
                    value = ex_node(x.b)->value;
                if (op == E_MUL && n == 1)
                    op = OP_SCALE, value = ex_node(x.a)->value;
                reg[e] = unused && !pass ? pool[--unused] : tape->registers++;
                emit(tape, op, n > 0 ? reg[arg[0]] : 0, n > 1 ? reg[arg[1]] : 0, reg[e], value);
                for (int i = 0; i < n; i++)
                    if (!pass && user[arg[i]] == e && !constant[arg[i]] && ex_node(arg[i])->kind != E_VAR)
                    {
                        pool[unused++] = reg[arg[i]];
                        user[arg[i]] = -1;
                    }
            }
        if (pass)
            tape->constants = tape->length;
    }
    for (ex e = 0; e <= last; e++)
        if ((sign[e] & 2 && !(sign[e] & 8)) || (sign[e] & 1 && !(sign[e] & 12)))
            emit(tape, sign[e] & 2 ? OP_POSITIVE : OP_NONZERO, reg[e], 0, 0, NULL);
    for (int i = 0; i < outputs; i++)
        tape->output[i] = reg[root[i]];
    drop(pool);
    drop(user);
    drop(reg);
    drop(sign);
    drop(constant);
    drop(mark);
    drop(root);
}

/* ---- Linear algebra ---- */

static ex g[MAX_D][MAX_D], J[MAX_N][MAX_D], G[MAX_N][MAX_N], H;
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

        require(list, 1, g[k][k]);
        inverse = ex_inverse(g[k][k]);
        for (int i = k + 1; i < D; i++)
            if (!ex_is(g[k][i], 0))
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

/* ---- The text ---- */

/* g = half the second derivatives by the variables numbered from `from`, of an expression as it is written */
static void
metric_matrix(ex metric, int from, int D)
{
    ex half = ex_inverse(ex_int(2)), zero[MAX_STATE + 2 + 2 * MAX_D], first;

    for (int v = 0; v < from + D; v++)
        zero[v] = v < from ? -1 : ex_int(0);
    metric = ex_substitute(metric, NULL, 0);
    if (!ex_is(ex_substitute(metric, zero, from + D), 0))
        reject("the metric is not homogeneous of degree two");
    for (int a = 0; a < D; a++)
    {
        first = ex_derivative(metric, from + a);
        if (!ex_is(ex_substitute(first, zero, from + D), 0))
            reject("the metric is not homogeneous of degree two");
        for (int b = a; b < D; b++)
        {
            g[a][b] = ex_mul(half, ex_derivative(first, from + b));
            if (ex_contains(g[a][b], from, from + D))
                reject("the metric is not homogeneous of degree two");
        }
    }
}

static ex
hamiltonian_of_gram(void)
{
    int n = problem.n;
    ex sum = ex_int(0), half = ex_inverse(ex_int(2));

    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            sum = ex_add(sum, ex_mul(i == j ? ex_mul(half, G[i][j]) : G[i][j],
                                     ex_mul(ex_var(n + i), ex_var(n + j))));
    return sum;
}

static int
read_names(char **names, int most)
{
    int n = 0;

    for (; more(); n++)
        if (n < most)
            names[n] = copy_text(name());
        else
            reject("too many names");
    if (n == 0)
        reject("a name is missing");
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
    for (; line_is("let"); advance())
    {
        char *s = copy_text(name());
        ex e = expression(rest(), CONSTANT | COORDINATE);

        declare("", s, ex_contains(e, 0, problem.n) ? COORDINATE : CONSTANT, e);
    }
}

static void
read_manifold(conditions_t *list)
{
    int n = problem.n, D0 = problem.N + 2;
    ex e;

    read_lets();
    if (line_is("metric"))
    {
        declare_all("d", problem.coordinate, n, DIFFERENTIAL, D0);
        e = expression(rest(), CONSTANT | COORDINATE | DIFFERENTIAL);
        smooth(list, e, NULL, 0);
        metric_matrix(e, D0, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                J[i][j] = ex_int(i == j);
        gram(n, n, list);
        pivots_known = 1;
        H = hamiltonian_of_gram();
        advance();
    }
    else if (line_is("cometric"))
    {
        for (int i = 0; i < n; i++)
            for (int j = i; j < n; j++, advance())
            {
                need("cometric");
                count(i + 1, i + 1);
                count(j + 1, j + 1);
                e = expression(rest(), CONSTANT | COORDINATE);
                G[i][j] = G[j][i] = smooth(list, e, NULL, 0);
            }
        H = hamiltonian_of_gram();
    }
    else
    {
        need("hamiltonian");
        declare_all("p_", problem.coordinate, n, MOMENTUM, n);
        e = expression(rest(), CONSTANT | COORDINATE | MOMENTUM);
        H = smooth(list, e, NULL, 0);
        advance();
    }
}

static void
read_symmetry(void)
{
    need("construction");
    if (next_is("balanced"))
    {
        mpq_t level;

        mpq_init(level);
        need_word("balanced");
        rational(level);
        mpq_clear(level);
    }
    else
        need_word("invariant-metric");
    for (advance(); line_is("generator") || line_is("discrete"); advance())
    {
        count(1, 9999);
        name();
        expression(rest(), CONSTANT | PARAMETER);
    }
}

/* The metric, the invariants and the loss are evaluated on the section: map. */
static void
read_quotient(conditions_t *list, ex *map, char **parameter, int D)
{
    int n = problem.n, P0 = problem.N + 2, length = P0 + D;
    ex metric = -1, invariant[MAX_N], e;
    const char *text;

    read_lets();
    need("total-metric");
    text = rest();
    declare_all("", parameter, D, PARAMETER, P0);
    if (strcmp(text, "euclidean") != 0)
    {
        declare_all("d", parameter, D, DIFFERENTIAL, P0 + D);
        metric = expression(text, CONSTANT | PARAMETER | DIFFERENTIAL);
    }
    advance();
    read_symmetry();
    for (int i = 0; i < n; i++, advance())
    {
        need("invariant");
        need_word(problem.coordinate[i]);
        invariant[i] = expression(rest(), CONSTANT | PARAMETER);
    }
    for (int a = 0; a < D; a++, advance())
    {
        need("section");
        need_word(parameter[a]);
        map[P0 + a] = smooth(list, expression(rest(), CONSTANT | COORDINATE), NULL, 0);
    }
    for (; line_is("assume"); advance())
        require(list, 1, smooth(list, expression(rest(), CONSTANT | PARAMETER), map, length));
    if (metric >= 0)
    {
        smooth(list, metric, map, length);
        metric_matrix(metric, P0 + D, D);
    }
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
            g[a][b] = metric < 0 ? ex_int(a == b) : ex_substitute(g[a][b], map, length);
    for (int i = 0; i < n; i++)
    {
        smooth(list, invariant[i], map, length);
        e = ex_substitute(invariant[i], NULL, 0);
        for (int a = 0; a < D; a++)
            J[i][a] = ex_substitute(ex_derivative(e, P0 + a), map, length);
    }
    gram(n, D, list);
    H = hamiltonian_of_gram();
}

/* ---- The three programs ---- */

static ex A[MAX_N][MAX_N], B[MAX_N][MAX_N], C[MAX_N][MAX_N], R[MAX_N][MAX_N], W[MAX_N][MAX_N], X[MAX_N][MAX_N],
    Y[MAX_N][MAX_N];

static ex
dot(ex (*a)[MAX_N], int i, int across, ex (*b)[MAX_N], int j)
{
    ex sum = ex_int(0);

    for (int k = 0; k < problem.n; k++)
        sum = ex_add(sum, ex_mul(across ? a[k][i] : a[i][k], b[k][j]));
    return sum;
}

static ex
minus(ex a)
{
    return ex_mul(ex_int(-1), a);
}

static void
build_field(conditions_t *list)
{
    int n = problem.n, N = problem.N, v = 2 * n;
    ex f[MAX_STATE], Hp, Hq;

    for (int i = 0; i < n; i++)
    {
        f[i] = Hp = ex_derivative(H, n + i);
        Hq = ex_derivative(H, i);
        f[n + i] = minus(Hq);
        for (int j = 0; j < n; j++)
        {
            A[i][j] = ex_derivative(Hp, n + j);
            B[i][j] = ex_derivative(Hp, j);
            C[i][j] = ex_derivative(Hq, j);
        }
    }
    if (!pivots_known)
    {
        for (int i = 0; i < n; i++)
            for (int j = i; j < n; j++)
                g[i][j] = A[i][j];
        gram(0, n, list);
    }
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
            f[v++] = minus(ex_add(C[i][j], ex_add(dot(B, i, 1, R, j), dot(R, i, 0, X, j))));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            f[v++] = minus(dot(X, i, 1, W, j));
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            f[v++] = minus(dot(W, i, 1, Y, j));
    compile(&problem.field, f, N, list);
}

/* C holds the second derivatives of u0. */
static void
build_initial(ex u0, conditions_t *list)
{
    int n = problem.n, v = 2 * n;
    ex f[MAX_STATE];

    for (int i = 0; i < n; i++)
    {
        f[i] = ex_var(i);
        f[n + i] = ex_derivative(u0, i);
        for (int j = 0; j < n; j++)
            C[i][j] = ex_derivative(f[n + i], j);
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

/* F = A + T A U A at p = du0, where neither H nor a condition on it uses the coordinates */
static void
build_still(ex u0, const conditions_t *list, conditions_t *u0_list)
{
    int n = problem.n, v = 0;
    ex f[MAX_STATE], map[2 * MAX_N];

    problem.flat = !ex_contains(H, 0, n);
    for (int i = 0; i < list->length; i++)
        problem.flat &= !ex_contains(list->e[i], 0, n);
    if (!problem.flat)
        return;
    for (int i = 0; i < n; i++)
    {
        map[i] = -1;
        map[n + i] = ex_derivative(u0, i);
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
    for (int i = 0; i < list->length; i++)
        require(u0_list, list->positive[i], ex_substitute(list->e[i], map, 2 * n));
    compile(&problem.still, f, v, u0_list);
}

void
read_problem(void)
{
    conditions_t list = {0}, u0_list = {0};
    ex map[MAX_STATE + 2 + MAX_D], u0;
    char *parameter[MAX_D];
    int D = 0, n, quotient;

    memset(&problem, 0, sizeof problem);
    pivots_known = 0;
    ex_start();
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
    need("problem");
    quotient = next_is("quotient");
    need_word(quotient ? "quotient" : "manifold");
    advance();
    if (quotient)
    {
        need("parameters");
        D = read_names(parameter, MAX_D);
    }
    need("coordinates");
    n = problem.n = read_names(problem.coordinate, MAX_N);
    problem.N = 2 * n * n + 3 * n;
    declare_all("", problem.coordinate, n, COORDINATE, 0);
    for (int v = 0; v < problem.N + 2 + D; v++)
        map[v] = -1;
    if (quotient)
        read_quotient(&list, map, parameter, D);
    else
        read_manifold(&list);
    if (!quotient || !line_is("loss"))
        need("initial");
    u0 = expression(rest(), CONSTANT | (line_is("loss") ? PARAMETER : COORDINATE));
    u0 = smooth(&u0_list, u0, map, problem.N + 2 + D);
    for (int i = 0; i < n; i++)
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

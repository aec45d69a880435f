/* The equations in jets against explicit solutions, and their identities with true and with false geometry.
 */
#include <criterion/criterion.h>

#include <caustic/burgers.h>

TestSuite(burgers, .timeout = 120);

#define MOST 3

/* A metric and a drift on coordinates x, y, z, and all that follows. */
typedef struct
{
    cst_expr_ctx_t ctx;
    slong n;
    cst_expr_t values[2 * MOST + 2], drift[MOST], christoffel[MOST * MOST * MOST], equations[MOST];
    cst_expr_t nu, t;
    cst_geom_matrix_t metric, cometric, ricci;
    cst_hj_viscous_t hj;
    cst_hj_jets_t jets;
    cst_hj_connection_t connection;
} space_t;

static cst_expr_t
parse(space_t *s, const char *text)
{
    const char *names[2 * MOST + 2];
    cst_expr_scope_t scope = {names, s->values, 2 * s->n + 2};
    cst_error_t error;
    cst_expr_t e = NULL;

    for (slong i = 0; i < scope.length; i++)
        names[i] = cst_expr_name(s->values[i]);
    cr_assert_eq(cst_expr_parse(&e, s->ctx, text, &scope, &error), CST_OK, "%s: %s", text, error.message);
    return e;
}

/* The metric as a quadratic form in p_x, ...; drift[j] or NULL for the Laplacian of the metric. */
static void
space_init(space_t *s, slong n, const char *form, const char *const *drift)
{
    static const char *const names[] = {"x", "y", "z", "p_x", "p_y", "p_z"};
    cst_expr_t pivots[MOST];
    cst_error_t error;

    s->ctx = cst_expr_ctx_new();
    s->n = n;
    for (slong i = 0; i < n; i++)
    {
        s->values[i] = cst_expr_variable(s->ctx, names[i]);
        s->values[n + i] = cst_expr_variable(s->ctx, names[MOST + i]);
    }
    s->values[2 * n] = s->nu = cst_expr_variable(s->ctx, "nu");
    s->values[2 * n + 1] = s->t = cst_expr_variable(s->ctx, "t");
    cst_geom_matrix_init(s->metric, s->ctx, n, n);
    cst_geom_matrix_init(s->cometric, s->ctx, n, n);
    cst_geom_matrix_init(s->ricci, s->ctx, n, n);
    s->hj.chart = (cst_lie_chart_t){s->ctx, n, s->values, NULL, 0};
    cr_assert_eq(cst_geom_metric_from_form(s->metric, s->ctx, parse(s, form), s->values + n, &error), CST_OK);
    cr_assert_eq(cst_geom_invert(pivots, s->cometric, &s->hj.chart, s->metric, &error), CST_OK);
    cr_assert_eq(cst_geom_curvature(s->christoffel, NULL, s->ricci, NULL, &s->hj.chart, s->metric, &error),
                 CST_OK);
    for (slong j = 0; j < n; j++)
    {
        s->drift[j] = cst_expr_integer(s->ctx, 0);
        for (slong k = 0; k < n * n; k++)
            s->drift[j] =
                cst_expr_sub(s->ctx, s->drift[j],
                             cst_expr_mul(s->ctx, s->cometric->entries[k], s->christoffel[j * n * n + k]));
        if (drift)
            s->drift[j] = parse(s, drift[j]);
    }
    s->hj.momenta = s->values + n;
    s->hj.cometric = s->cometric;
    s->hj.drift = s->drift;
    s->hj.hamiltonian = cst_geom_hamiltonian(s->ctx, s->cometric, s->values + n);
    s->connection = (cst_hj_connection_t){s->christoffel, s->ricci};
    cst_hj_jets_init(s->jets, s->ctx, s->values, n);
    cst_hj_burgers(s->equations, &s->hj, s->jets);
}

static void
space_clear(space_t *s)
{
    cst_hj_jets_clear(s->jets);
    cst_geom_matrix_clear(s->metric);
    cst_geom_matrix_clear(s->cometric);
    cst_geom_matrix_clear(s->ricci);
    cst_expr_ctx_free(s->ctx);
    flint_cleanup();
}

/* e where the jets are those of a function u(t, x, y, z) */
static cst_expr_t
along(const space_t *s, cst_expr_t e, cst_expr_t u)
{
    for (slong p = s->jets->length - 1; p >= 0; p--)
    {
        const cst_hj_jet_t *jet = s->jets->jets + p;
        cst_expr_t d = u;

        if (jet->time)
            d = cst_expr_derivative(s->ctx, d, s->t);
        for (int k = 0; k < jet->order; k++)
            d = cst_expr_derivative(s->ctx, d, s->values[jet->index[k]]);
        e = cst_expr_substitute(s->ctx, e, &jet->of_u, &d, 1);
        if (jet->of_v)
            e = cst_expr_substitute(s->ctx, e, &jet->of_v, &d, 1);
    }
    return e;
}

static void
assert_solution(space_t *s, const char *heat)
{
    cst_expr_t u = cst_expr_function(s->ctx, CST_EXPR_LOG, parse(s, heat));

    u = cst_expr_mul(s->ctx, cst_expr_mul(s->ctx, cst_expr_integer(s->ctx, -2), s->nu), u);
    cr_assert_eq(cst_lie_is_zero(NULL, &s->hj.chart, along(s, cst_hj_equation(&s->hj, s->jets), u)), CST_TRUE,
                 "%s", heat);
    for (slong k = 0; k < s->n; k++)
        cr_assert_eq(cst_lie_is_zero(NULL, &s->hj.chart, along(s, s->equations[k], u)), CST_TRUE, "%s", heat);
}

static void
assert_identities(space_t *s)
{
    slong k;

    cr_assert_eq(cst_hj_check_cole_hopf(NULL, &s->hj, s->jets), CST_TRUE);
    cr_assert_eq(cst_hj_check_burgers(&k, NULL, &s->hj, s->jets, s->equations), CST_TRUE);
    cr_assert_eq(cst_hj_check_convection(&k, NULL, &s->hj, s->jets, &s->connection), CST_TRUE);
    cr_assert_eq(cst_hj_check_bochner(&k, NULL, &s->hj, s->jets, &s->connection), CST_TRUE);
}

/* psi = exp(-u/(2 nu)) is a known solution of the heat equation psi_t = nu L psi. */
static const struct
{
    slong n;
    const char *metric, *drift[MOST], *heat;
} solved[] = {
    {1, "p_x^2", {NULL}, "1 + exp(nu*t - x)"},
    {1, "p_x^2", {NULL}, "exp(-x^2/(4*nu*t))/sqrt(t)"},
    {2, "p_x^2 + p_y^2", {NULL}, "2 + exp(-2*nu*t)*cos(x)*cos(y)"},
    /* stereographic sphere: the height is an eigenfunction for -2 */
    {2, "4*(p_x^2 + p_y^2)/(1 + x^2 + y^2)^2", {NULL}, "2 + exp(-2*nu*t)*(1 - x^2 - y^2)/(1 + x^2 + y^2)"},
    /* hyperbolic plane: y^s is one for s (s - 1) */
    {2, "(p_x^2 + p_y^2)/y^2", {NULL}, "1 + exp(6*nu*t)*y^3"},
    /* the plane in polar coordinates: x^2 - y^2 is harmonic */
    {2, "p_x^2 + x^2*p_y^2", {NULL}, "1 + x^2*cos(2*y) + x^2 + 4*nu*t"},
    /* space modulo rotations about an axis, s = x^2 + y^2: L = 4 s d_s^2 + 4 d_s, and s + 4 nu t solves */
    {1, "p_x^2/(4*x)", {"4"}, "x + 4*nu*t"},
    /* |x|^2 in R^3, modulo rotations, r = |x|: L = d_r^2 + 2/r d_r; sinh(r)/r is an eigenfunction for 1 */
    {1, "p_x^2", {"2/x"}, "exp(nu*t)*sinh(x)/x"},
};

Test(burgers, known_solutions)
{
    for (size_t i = 0; i < sizeof solved / sizeof *solved; i++)
    {
        space_t s;

        space_init(&s, solved[i].n, solved[i].metric, solved[i].drift[0] ? solved[i].drift : NULL);
        assert_solution(&s, solved[i].heat);
        assert_identities(&s);
        space_clear(&s);
    }
}

Test(burgers, identities_on_curved_spaces_with_drift)
{
    static const char *const plane[] = {"x*y", "1 - y^2/x"}, *const space[] = {"y", "z*x", "1/x"};
    space_t s;

    /* no gradient field: the general form of Bochner's formula */
    space_init(&s, 2, "(1 + y^2)*p_x^2 + x*p_x*p_y + (2 + x^2)*p_y^2", plane);
    assert_identities(&s);
    space_clear(&s);
    /* the cone of a ReLU neuron with three inputs, by its inverse */
    space_init(&s, 3, "p_x^2 + p_y^2 + p_z^2 - (x*p_x + y*p_y + z*p_z)^2/(2*(x^2 + y^2 + z^2))", space);
    assert_identities(&s);
    space_clear(&s);
}

Test(burgers, false_geometry_is_found)
{
    cst_expr_t remainder, one;
    space_t s;
    slong k;

    space_init(&s, 2, "4*(p_x^2 + p_y^2)/(1 + x^2 + y^2)^2", NULL);
    one = cst_expr_integer(s.ctx, 1);
    s.ricci->entries[3] = cst_expr_neg(s.ctx, s.ricci->entries[3]);
    cr_assert_eq(cst_hj_check_bochner(&k, &remainder, &s.hj, s.jets, &s.connection), CST_FALSE);
    cr_assert_eq(k, 1);
    cr_assert_not_null(remainder);
    s.christoffel[0] = cst_expr_add(s.ctx, s.christoffel[0], one);
    cr_assert_eq(cst_hj_check_convection(&k, &remainder, &s.hj, s.jets, &s.connection), CST_FALSE);
    cr_assert_eq(k, 0);
    s.equations[1] = cst_expr_add(s.ctx, s.equations[1], s.values[0]);
    cr_assert_eq(cst_hj_check_burgers(&k, &remainder, &s.hj, s.jets, s.equations), CST_FALSE);
    cr_assert_eq(k, 1);
    cr_assert_eq(cst_lie_is_zero(NULL, &s.hj.chart, cst_expr_add(s.ctx, remainder, s.values[0])), CST_TRUE);
    s.hj.hamiltonian = cst_expr_mul(s.ctx, s.hj.hamiltonian, cst_expr_integer(s.ctx, 2));
    cr_assert_eq(cst_hj_check_cole_hopf(&remainder, &s.hj, s.jets), CST_FALSE);
    space_clear(&s);
}

static void
assert_text(const space_t *s, cst_expr_t e, const char *text)
{
    char *printed = cst_expr_print(s->ctx, e);

    cr_assert_str_eq(printed, text);
    flint_free(printed);
}

Test(burgers, the_line)
{
    space_t s;
    char *latex;

    space_init(&s, 1, "p_x^2", NULL);
    assert_text(&s, cst_hj_equation(&s.hj, s.jets), "u_t + u_x^2/2 - nu*u_xx");
    assert_text(&s, s.equations[0], "v_x_t + v_x*v_x_x - nu*v_x_xx");
    s.hj.cometric = NULL;
    assert_text(&s, cst_hj_equation(&s.hj, s.jets), "u_t + u_x^2/2");
    latex = cst_hj_jet_latex(s.jets, cst_hj_jet_find(s.jets, 1, (slong[]){0}, 1), 1);
    cr_assert_str_eq(latex, "\\partial_t v_{x}");
    flint_free(latex);
    space_clear(&s);
}

Test(burgers, names)
{
    static const struct
    {
        const char *names[2], *u, *v, *nu;
    } cases[] = {
        {{"x", "y"}, "u_xy", "v_x_y", "nu"},        {{"z1", "z2"}, "u_z1_z2", "v_z1_z2", "nu"},
        {{"a_b", "a"}, "u_1_2", "v_1_2", "nu"},     {{"t", "x"}, "u_1_2", "v_1_2", "nu"},
        {{"u_1", "v_x"}, "uu_1_2", "vv_1_2", "nu"}, {{"u", "nu"}, "uu_u_nu", "v_u_nu", "nuu"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_expr_t q[2] = {cst_expr_variable(ctx, cases[i].names[0]),
                           cst_expr_variable(ctx, cases[i].names[1])};
        cst_hj_jets_t jets;
        slong place;

        cst_hj_jets_init(jets, ctx, q, 2);
        place = cst_hj_jet_find(jets, 0, (slong[]){1, 0}, 2);
        cr_assert_str_eq(cst_expr_name(jets->jets[place].of_u), cases[i].u);
        cr_assert_str_eq(cst_expr_name(jets->jets[place].of_v), cases[i].v);
        cr_assert_str_eq(cst_expr_name(jets->viscosity), cases[i].nu);
        for (slong p = 0; p < jets->length; p++)
            for (slong r = 0; r < jets->length; r++)
            {
                cr_assert(p == r || jets->jets[p].of_u != jets->jets[r].of_u);
                cr_assert(p == r || !jets->jets[p].of_v || jets->jets[p].of_v != jets->jets[r].of_v);
            }
        cr_assert_eq(cst_hj_jet_find(jets, 1, (slong[]){0, 0}, 2), -1);
        cst_hj_jets_clear(jets);
        cst_expr_ctx_free(ctx);
    }
    flint_cleanup();
}

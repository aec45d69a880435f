/* problem/domain.c -- the domain, the settings of `certify`, and positivity at the centre. */
#include <string.h>

#include "problem/draft.h"

cst_status_t
cst__problem_coordinates(cst__draft_t *draft, cst_io_node_t node)
{
    cst_problem_struct *problem = draft->problem;
    cst__names_t momenta = {NULL, NULL, 0};
    slong n = draft->coordinates.length;

    CST__TRY(cst__draft_derived_names(&momenta, draft, "p_", &draft->coordinates, node));
    problem->dimension = n;
    problem->coordinates = flint_malloc((size_t) n * sizeof *problem->coordinates);
    problem->momenta = flint_malloc((size_t) n * sizeof *problem->momenta);
    for (slong i = 0; i < n; i++)
    {
        problem->coordinates[i] = draft->coordinates.values[i];
        problem->momenta[i] = momenta.values[i];
    }
    return CST_OK;
}

static cst_status_t
read_interval(cst__draft_t *draft, slong i, cst_io_node_t node)
{
    cst_problem_struct *problem = draft->problem;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SEQUENCE, draft->error));
    if (node->length != 2)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected [lower, upper]");
    CST__TRY(cst__draft_rational(problem->lower + i, draft, node->items[0]));
    CST__TRY(cst__draft_rational(problem->upper + i, draft, node->items[1]));
    if (fmpq_cmp(problem->lower + i, problem->upper + i) >= 0)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "the lower end must be less than the upper end");
    cst__draft_say(draft, "domain ");
    cst__draft_say(draft, draft->coordinates.names[i]);
    cst__draft_say(draft, " ");
    cst__draft_say_rational(draft, problem->lower + i);
    cst__draft_say(draft, " ");
    cst__draft_say_rational(draft, problem->upper + i);
    cst__draft_say(draft, "\n");
    return CST_OK;
}

static cst_status_t
read_positive_rational(fmpq_t value, cst__draft_t *draft, cst_io_node_t node)
{
    if (!node)
        return CST_OK;
    CST__TRY(cst__draft_rational(value, draft, node));
    return fmpq_sgn(value) > 0 ? CST_OK
                               : cst__draft_fail(draft, node, CST_BAD_INPUT, "expected a positive number");
}

static cst_status_t
read_settings(cst__draft_t *draft, cst_io_node_t node)
{
    static const char *const keys[] = {"tolerance", "horizon", "complete"};
    cst_io_node_t complete = cst_io_yaml_get(node, "complete");

    if (!node)
        return CST_OK;
    CST__TRY(cst_io_yaml_known(draft->yaml, node, keys, 3, draft->error));
    CST__TRY(read_positive_rational(draft->problem->tolerance, draft, cst_io_yaml_get(node, "tolerance")));
    CST__TRY(read_positive_rational(draft->problem->horizon, draft, cst_io_yaml_get(node, "horizon")));
    if (!complete)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(draft->yaml, complete, CST_IO_SCALAR, draft->error));
    if (strcmp(complete->text, "true") != 0 && strcmp(complete->text, "false") != 0)
        return cst__draft_fail(draft, complete, CST_BAD_INPUT, "expected true or false");
    return CST_OK;
}

static fmpq *
rationals(slong length)
{
    fmpq *q = flint_malloc((size_t) length * sizeof *q);

    for (slong i = 0; i < length; i++)
        fmpq_init(q + i);
    return q;
}

cst_status_t
cst__problem_domain(cst__draft_t *draft)
{
    cst_problem_struct *problem = draft->problem;
    slong n = problem->dimension;
    cst_io_node_t domain = cst_io_yaml_get(draft->yaml->root, "domain"), interval;

    if (!domain && draft->purpose != CST_PROBLEM_CERTIFY)
        return read_settings(draft, cst_io_yaml_get(draft->yaml->root, "certify"));
    CST__TRY(cst_io_yaml_require(&domain, draft->yaml, draft->yaml->root, "domain", draft->error));
    problem->lower = rationals(n);
    problem->upper = rationals(n);
    CST__TRY(cst_io_yaml_known(draft->yaml, domain, draft->coordinates.names, n, draft->error));
    for (slong i = 0; i < n; i++)
    {
        CST__TRY(
            cst_io_yaml_require(&interval, draft->yaml, domain, draft->coordinates.names[i], draft->error));
        CST__TRY(read_interval(draft, i, interval));
    }
    return read_settings(draft, cst_io_yaml_get(draft->yaml->root, "certify"));
}

/* Positivity -------------------------------------------------------------- */

#define PLACES 48

int
cst__problem_place(fmpq *place, const cst_problem_struct *problem, slong number)
{
    if (number > 0 && (problem->lower || number >= PLACES))
        return 0;
    for (slong i = 0; i < problem->dimension; i++)
        if (problem->lower)
        {
            fmpq_add(place + i, problem->lower + i, problem->upper + i);
            fmpq_div_2exp(place + i, place + i, 1);
        }
        else /* fractions that are small, spread out, and of both signs for two places in three */
        {
            slong p = (17 * i + 29 * number + 11 * i * number) % 43 + 3;

            fmpq_set_si(place + i, number % 3 && (i + number) % 2 ? -p : p, (ulong) (7 + number % 16));
        }
    return 1;
}

char *
cst__problem_place_words(const cst_problem_struct *problem, const fmpq *place)
{
    slong n = problem->dimension;
    cst__text_t names, values;

    cst__text_init(&names);
    cst__text_init(&values);
    for (slong i = 0; i < n; i++)
    {
        char *digits = fmpq_get_str(NULL, 10, place + i), decimal[40];
        int is_long = strlen(digits) > 12;

        if (is_long)
            snprintf(decimal, sizeof decimal, "%.9g", fmpq_get_d(place + i));
        cst__text_puts(&names, i ? ", " : n > 1 ? "(" : "");
        cst__text_puts(&names, cst_expr_name(problem->coordinates[i]));
        cst__text_puts(&values, i ? ", " : n > 1 ? "(" : "");
        cst__text_puts(&values, is_long ? decimal : digits);
        flint_free(digits);
    }
    cst__text_puts(&names, n > 1 ? ") = " : " = ");
    cst__text_puts(&names, values.text);
    cst__text_puts(&names, n > 1 ? ")" : "");
    flint_free(values.text);
    return names.text;
}

void
cst__problem_centre(arb_ptr point, cst_expr_t *variables, fmpq *centre, const cst_problem_struct *problem,
                    slong prec)
{
    slong n = problem->dimension;

    cst__problem_place(centre, problem, 0);
    for (slong i = 0; i < n; i++)
    {
        variables[i] = problem->coordinates[i];
        variables[n + i] = problem->momenta[i];
        arb_set_fmpq(point + i, centre + i, prec);
        arb_indeterminate(point + n + i);
    }
    for (slong i = 0; i < n && problem->initial; i++)
        cst_expr_enclose(point + n + i,
                         cst_expr_derivative(problem->ctx, problem->initial, problem->coordinates[i]),
                         problem->coordinates, point, n, prec);
}

static cst_status_t
refuse_point(cst__draft_t *draft, slong k, const fmpq *centre)
{
    char *where = cst__problem_place_words(draft->problem, centre);
    char *function = cst_expr_print(draft->ctx, draft->positive[k]);
    cst_status_t status =
        cst__draft_fail(draft, draft->positive_nodes[k], CST_REFUSED,
                        "%s %.300s%s is not > 0 at the centre of the domain, %.200s",
                        draft->positive_whats[k], function, strlen(function) > 300 ? "..." : "", where);

    flint_free(where);
    flint_free(function);
    return status;
}

static cst_status_t
positive_at_centre(cst__draft_t *draft)
{
    cst_problem_struct *problem = draft->problem;
    slong n = problem->dimension, bad = -1;
    cst_expr_t *variables = cst__draft_alloc(draft, 2 * (size_t) n, sizeof *variables);
    arb_ptr point = _arb_vec_init(2 * n);
    fmpq *centre = _fmpq_vec_init(n);
    cst_status_t status;
    arb_t value;

    arb_init(value);
    cst__problem_centre(point, variables, centre, problem, 128);
    for (slong k = 0; k < draft->positive_length && bad < 0; k++)
    {
        cst_expr_enclose(value, draft->positive[k], variables, point, 2 * n, 128);
        if (arb_is_nonpositive(value))
            bad = k;
    }
    status = bad >= 0 ? refuse_point(draft, bad, centre) : CST_OK;
    arb_clear(value);
    _arb_vec_clear(point, 2 * n);
    _fmpq_vec_clear(centre, n);
    return status;
}

cst_status_t
cst__problem_positive(cst__draft_t *draft)
{
    cst_problem_struct *problem = draft->problem;

    CST__TRY(cst__problem_defined_hamiltonian(draft));
    if (problem->lower)
        CST__TRY(positive_at_centre(draft));
    problem->positive_length = draft->positive_length;
    problem->positive = flint_malloc((size_t) (draft->positive_length + 1) * sizeof *problem->positive);
    for (slong k = 0; k < draft->positive_length; k++)
        problem->positive[k] = draft->positive[k];
    return CST_OK;
}

/* Values of expressions on Taylor models, arguments first. Those without variables are found once. */
#include "check.h"

static void
compute(const machine_t *M, const node_t *x, model_t *o)
{
    model_t *a = x->kind >= E_ADD ? M->value[x->a] : NULL;
    mpq_srcptr factor = x->kind == E_MUL ? ex_value(x->a) : NULL;

    if (x->kind == E_CONST)
        model_constant(o, x->value);
    else if (x->kind == E_ADD)
        model_add(o, a, M->value[x->b], 1);
    else if (factor)
        model_scale(o, M->value[x->b], mpq_numref(factor), mpq_denref(factor));
    else if (x->kind == E_MUL)
        model_mul(o, a, M->value[x->b]);
    else if (x->kind != E_POSITIVE)
        model_function(o, a, x->kind, x->kind == E_POW ? ex_value(x->b) : NULL);
    else if (model_sign(a) <= 0)
        reject("a quantity that must be positive (a pivot, an assumption) is not certain");
}

void
machine_start(machine_t *M, space_t *S, const list_t *list)
{
    *M = (machine_t){.S = S, .list = list};
    M->used = ex_reach(list->e, list->length, &M->last);
    M->value = grab((size_t) M->last + 1, sizeof(model_t *));
    for (ex e = 0; e <= M->last; e++)
        if (M->used[e] && ex_node(e)->kind != E_VAR)
        {
            M->value[e] = models(1, S);
            if (!ex_node(e)->uses)
                compute(M, ex_node(e), M->value[e]);
        }
}

void
machine_end(machine_t *M)
{
    for (ex e = 0; e <= M->last; e++)
        if (M->value[e] && ex_node(e)->kind != E_VAR)
            models_free(M->value[e], 1);
    drop(M->value);
    drop(M->used);
}

void
machine_run(machine_t *M, model_t *state)
{
    for (ex e = 0; e <= M->last; e++)
    {
        const node_t *x = ex_node(e);

        if (!M->used[e] || !x->uses)
            continue;
        if (x->uses >= PARAMETER)
            reject("a formula depends on more than coordinates and momenta");
        if (x->kind != E_VAR)
            compute(M, x, M->value[e]);
        else
            M->value[e] = state + (x->uses == COORDINATE ? x->a
                                   : x->uses == MOMENTUM ? problem.n + x->a - MOMENTA
                                                         : x->a - STATE);
    }
}

model_t *
machine_value(const machine_t *M, int i)
{
    return M->value[M->list->e[i]];
}

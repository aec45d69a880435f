/* Values of expressions on Taylor models, arguments first. Those without variables are found once; a model
   whose last reader has been computed is used again. */
#include "check.h"

#include <string.h>

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

/* The model of a node that is computed from variables can be used again. */
static void
release(machine_t *M, ex e)
{
    if (e < 0 || M->value[e] == NULL || ex_node(e)->kind == E_VAR || !ex_node(e)->uses)
        return;
    M->spare[M->spares++] = M->value[e];
    M->value[e] = NULL;
}

/* The nodes that use variables, or those that do not */
static void
run(machine_t *M, int variables)
{
    for (ex e = 0; e <= M->last; e++)
    {
        const node_t *x = ex_node(e);

        if (!M->used[e] || (x->uses != 0) != variables)
            continue;
        if (x->kind == E_VAR && M->value[e] == NULL)
            reject("a formula depends on more than coordinates and momenta");
        if (x->kind == E_VAR)
            continue;
        M->value[e] = M->spares ? M->spare[--M->spares] : models(1, M->S);
        compute(M, x, M->value[e]);
        for (int i = 0; i < 2 && x->kind >= E_ADD; i++)
            if ((i ? x->b : x->a) >= 0 && M->reader[i ? x->b : x->a] == e)
                release(M, i ? x->b : x->a);
    }
}

void
machine_start(machine_t *M, space_t *S, const list_t *list)
{
    size_t size;
    ex none[VARIABLES];

    memset(none, -1, sizeof none);
    *M = (machine_t){.S = S, .root = grab((size_t) list->length, sizeof(ex))};
    for (int i = 0; i < list->length; i++)
        M->root[i] = ex_rebuild(list->e[i], none, 0);
    M->used = ex_reach(M->root, list->length, &M->last);
    size = (size_t) M->last + 1;
    M->reader = grab(size, sizeof(ex));
    M->value = grab(size, sizeof(model_t *));
    M->spare = grab(size, sizeof(model_t *));
    for (ex e = 0; e <= M->last; e++)
        for (int i = 0; i < 2 && M->used[e] && ex_node(e)->kind >= E_ADD; i++)
            if ((i ? ex_node(e)->b : ex_node(e)->a) >= 0)
                M->reader[i ? ex_node(e)->b : ex_node(e)->a] = e;
    for (int i = 0; i < list->length; i++)
        M->reader[M->root[i]] = M->last + 1;
    run(M, 0);
}

void
machine_end(machine_t *M)
{
    for (ex e = 0; e <= M->last; e++)
        if (M->value[e] && ex_node(e)->kind != E_VAR)
            models_free(M->value[e], 1);
    while (M->spares > 0)
        models_free(M->spare[--M->spares], 1);
    drop(M->spare);
    drop(M->value);
    drop(M->reader);
    drop(M->used);
    drop(M->root);
}

void
machine_bind(machine_t *M, int variable, model_t *value)
{
    ex e = ex_var(variable);

    if (e <= M->last)
        M->value[e] = value;
}

void
machine_run(machine_t *M)
{
    for (ex e = 0; e <= M->last; e++)
        release(M, e);
    run(M, 1);
}

model_t *
machine_value(const machine_t *M, int i)
{
    return M->value[M->root[i]];
}

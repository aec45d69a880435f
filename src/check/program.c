/* Straight-line programs on Taylor models: the used nodes of expressions in their order, with registers that
 * are used again. */
#include "check.h"

#include <string.h>

static ex
integer_power(ex base, unsigned long n)
{
    ex half;

    if (n <= 1)
        return n == 1 ? base : ex_int(1);
    half = integer_power(base, n / 2);
    half = ex_make(E_MUL, half, half);
    return n % 2 ? ex_make(E_MUL, half, base) : half;
}

/* x^q = x^m x^f with an integer m towards zero; x^-m = (1/x)^m. Of the powers only 1/x and x^f remain. */
static ex
lower_power(ex x, mpq_srcptr q)
{
    unsigned long m;
    ex e;
    mpz_t whole;
    mpq_t f;

    mpz_init(whole);
    mpq_init(f);
    mpz_tdiv_q(whole, mpq_numref(q), mpq_denref(q));
    mpq_set_z(f, whole);
    mpq_sub(f, q, f);
    m = mpz_get_ui(whole);
    e = integer_power(m && mpq_sgn(q) < 0 ? ex_make(E_POW, x, ex_int(-1)) : x, m);
    if (mpq_sgn(f) != 0)
        x = ex_make(E_POW, x, ex_const(f));
    if (mpq_sgn(f) != 0)
        e = m ? ex_make(E_MUL, e, x) : x;
    mpq_clear(f);
    mpz_clear(whole);
    return e;
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
                image[e] = lower_power(image[x.a], ex_value(x.b));
            else
                image[e] = ex_make(x.kind, image[x.a], x.kind <= E_MUL ? image[x.b] : -1);
        }
    for (int i = 0; i < length; i++)
        roots[i] = image[roots[i]];
    drop(image);
    drop(mark);
}

/* The arguments that an instruction reads; an exponent or a constant factor is not one. */
static int
arguments(ex e, ex argument[2])
{
    const node_t *x = ex_node(e);
    int n = 0;

    if (x->kind >= E_ADD && !(x->kind == E_MUL && ex_value(x->a)))
        argument[n++] = x->a;
    if (x->kind == E_ADD || x->kind == E_MUL)
        argument[n++] = x->b;
    return n;
}

/* What is known of each node while a program is made */
typedef struct
{
    ex last;
    char *used, *constant;
    int *reg;          /* its register */
    int *user;         /* the last node that reads it; last + 1 for what stays to the end */
    int *pool, unused; /* registers that can be used again */
} draft_t;

static void
survey(draft_t *d, tape_t *tape)
{
    ex argument[2];

    for (ex e = 0; e <= d->last; e++)
        if (d->used[e])
        {
            const node_t *x = ex_node(e);
            int n = arguments(e, argument);

            d->constant[e] = x->kind != E_VAR;
            for (int i = 0; i < n; i++)
            {
                d->constant[e] = (char) (d->constant[e] && d->constant[argument[i]]);
                d->user[argument[i]] = d->user[argument[i]] > d->last ? d->last + 1 : e;
            }
            if (x->kind != E_VAR)
                continue;
            if (x->a > problem.N + 1)
                reject("the Hamiltonian depends on more than coordinates and momenta");
            tape->input[x->a] = d->reg[e] = tape->registers++;
        }
}

static void
emit(draft_t *d, tape_t *tape, ex e)
{
    const node_t *x = ex_node(e);
    ex argument[2];
    int n = arguments(e, argument);
    instruction_t *code = &tape->code[tape->length++];

    *code = (instruction_t){.kind = x->kind, .value = x->kind == E_CONST ? x->value : NULL};
    if (x->kind == E_POW)
        code->value = ex_value(x->b);
    if (x->kind == E_MUL && n == 1)
        code->kind = OP_SCALE, code->value = ex_value(x->a);
    code->a = n > 0 ? d->reg[argument[0]] : 0;
    code->b = n > 1 ? d->reg[argument[1]] : 0;
    if (x->kind < E_POSITIVE)
        code->out = d->reg[e] = d->unused && !d->constant[e] ? d->pool[--d->unused] : tape->registers++;
    for (int i = 0; i < n && !d->constant[e]; i++)
        if (d->user[argument[i]] == e && !d->constant[argument[i]] && ex_node(argument[i])->kind != E_VAR)
        {
            d->pool[d->unused++] = d->reg[argument[i]];
            d->user[argument[i]] = -1;
        }
}

/* The used nodes in their order, those that do not depend on a variable first and once for all. */
void
compile(tape_t *tape, const ex *output, int outputs, const conditions_t *list)
{
    int roots = outputs + list->length;
    ex *root = grab((size_t) roots, sizeof(ex));
    draft_t d = {0};
    size_t size;

    memcpy(root, output, (size_t) outputs * sizeof(ex));
    if (list->length)
        memcpy(root + outputs, list->e, (size_t) list->length * sizeof(ex));
    lower(root, roots);
    d.used = ex_reach(root, roots, &d.last);
    size = (size_t) d.last + 1;
    d.constant = grab(size, 1);
    d.reg = grab(size, sizeof(int));
    d.user = grab(size, sizeof(int));
    d.pool = grab(size, sizeof(int));
    tape->code = grab(size, sizeof(instruction_t));
    tape->output = grab((size_t) outputs, sizeof(int));
    memset(tape->input, -1, sizeof tape->input);
    for (int i = 0; i < outputs; i++)
        d.user[root[i]] = d.last + 1;
    survey(&d, tape);
    for (int pass = 1; pass >= 0; pass--)
    {
        for (ex e = 0; e <= d.last; e++)
            if (d.used[e] && d.constant[e] == pass && ex_node(e)->kind != E_VAR)
                emit(&d, tape, e);
        if (pass)
            tape->constants = tape->length;
    }
    for (int i = 0; i < outputs; i++)
        tape->output[i] = d.reg[root[i]];
    drop(d.pool);
    drop(d.user);
    drop(d.reg);
    drop(d.constant);
    drop(d.used);
    drop(root);
}

/* ---- Programs on Taylor models ---- */

static void
execute(machine_t *M, int from, int to)
{
    for (int i = from; i < to; i++)
    {
        const instruction_t *x = &M->tape->code[i];
        model_t *a = M->reg[x->a], *b = M->reg[x->b], *o = M->reg[x->out];

        switch (x->kind)
        {
        case E_CONST:
            model_constant(o, x->value);
            break;
        case E_ADD:
            model_add(o, a, b, 1);
            break;
        case E_MUL:
            model_mul(o, a, b);
            break;
        case OP_SCALE:
            model_scale(o, a, mpq_numref(x->value), mpq_denref(x->value));
            break;
        case E_POSITIVE:
            if (model_sign(a) <= 0)
                reject("a quantity that must be positive (a pivot, an assumption, a domain) is not certain");
            break;
        case E_NONZERO:
            if (model_sign(a) == 0)
                reject("a quantity that must not be zero is not certain");
            break;
        default:
            model_function(o, a, x->kind, x->value);
        }
    }
}

void
machine_start(machine_t *M, const tape_t *tape, space_t *S)
{
    int n = tape->registers;

    *M = (machine_t){tape, S, grab((size_t) n, sizeof(model_t)), grab((size_t) n + 1, sizeof(model_t *))};
    for (int i = 0; i < n; i++)
        M->reg[i] = &M->own[i];
    for (int v = 0; v < MAX_STATE + 2; v++)
        machine_bind(M, v, NULL);
    for (int i = 0; i < n; i++)
        if (M->reg[i])
            model_start(M->reg[i], S);
    execute(M, 0, tape->constants);
}

void
machine_end(machine_t *M)
{
    for (int i = 0; i < M->tape->registers; i++)
        if (M->own[i].S)
            model_end(&M->own[i]);
    drop(M->own);
    drop(M->reg);
}

void
machine_bind(machine_t *M, int variable, model_t *value)
{
    if (M->tape->input[variable] >= 0)
        M->reg[M->tape->input[variable]] = value;
}

void
machine_run(machine_t *M)
{
    for (int i = 0; i < M->tape->registers; i++)
        if (M->reg[i] == NULL)
            reject("the program uses a variable that has no value");
    execute(M, M->tape->constants, M->tape->length);
}

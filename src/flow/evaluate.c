#include "flow/model.h"

static cst_status_t
run_operation(cst_model_struct *at, slong i, const cst_tape_t tape, const cst_model_struct *inputs)
{
    const cst_tape_op_t *op = tape->ops + i;
    cst_model_struct *x = at + i;
    arb_t pi;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        cst_model_set(x, inputs + op->a);
        return CST_OK;
    case CST_TAPE_RATIONAL:
        cst_model_set_fmpq(x, op->value);
        return CST_OK;
    case CST_TAPE_PI:
        arb_init(pi);
        arb_const_pi(pi, x->shape->bits + 10);
        cst_model_set_arb(x, pi);
        arb_clear(pi);
        return CST_OK;
    case CST_TAPE_ADD:
        cst_model_add(x, at + op->a, at + op->b);
        return CST_OK;
    case CST_TAPE_SUB:
        cst_model_sub(x, at + op->a, at + op->b);
        return CST_OK;
    case CST_TAPE_MUL:
        cst_model_mul(x, at + op->a, at + op->b);
        return CST_OK;
    case CST_TAPE_SCALE:
        cst_model_scale_fmpq(x, at + op->a, op->value);
        return CST_OK;
    default:
        return cst_model_function(x, op->code, at + op->a, op->value);
    }
}

cst_status_t
cst__model_run_tape_all(cst_model_struct *at, const cst_tape_t tape, const cst_model_struct *inputs)
{
    cst_status_t status = CST_OK;

    for (slong i = 0; status == CST_OK && i < tape->length; i++)
        status = run_operation(at, i, tape, inputs);
    return status;
}

cst_status_t
cst_model_run_tape(cst_model_struct *outputs, const cst_tape_t tape, const cst_model_struct *inputs,
                   const cst_shape_t shape)
{
    cst_model_struct *at = cst__models_new(tape->length, shape);
    cst_status_t status = cst__model_run_tape_all(at, tape, inputs);

    for (slong i = 0; status == CST_OK && i < tape->output_count; i++)
        cst_model_set(outputs + i, at + tape->outputs[i]);
    cst__models_free(at, tape->length);
    return status;
}

/* hj/cubature-box.h -- integrals over one box of a cubature. */
#ifndef CST_HJ_CUBATURE_BOX_H
#define CST_HJ_CUBATURE_BOX_H

#include "hj/cubature.h"

/* Boxes are dyadic: their sides are 2 radius / 2^level, with a level for each direction. */
typedef struct
{
    slong place[CST__CUBATURE_MAX_DIMENSION]; /* the box's number along each direction, from 0 */
    int level[CST__CUBATURE_MAX_DIMENSION];
    arb_struct integrals[CST__CUBATURE_MAX_WEIGHTS];
    double error; /* the sum of their radii */
} cst__cubature_box_t;

typedef struct
{
    const cst__cubature_t *problem;
    slong n, count, prec;
    cst_tape_t tape; /* E, then the weights */
    cst_shape_t shape;
    slong models;
    cst_model_struct *inputs, *outputs, *product; /* n, count + 1, 1 */
} cst__cubature_rule_t;

/* CST_BAD_INPUT: an expression uses other variables; there is nothing to clear then. */
cst_status_t cst__cubature_rule_init(cst__cubature_rule_t *rule, const cst__cubature_t *problem, slong prec,
                                     cst_error_t *error);
void cst__cubature_rule_clear(cst__cubature_rule_t *rule);

/* The integrals over the box of the place and level given, as narrow as they come; bounds whose error is
   below negligible do. */
void cst__cubature_box_integrate(cst__cubature_box_t *box, cst__cubature_rule_t *rule, double negligible);
void cst__cubature_box_clear(cst__cubature_box_t *box, const cst__cubature_rule_t *rule);

#endif

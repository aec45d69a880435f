/* cli/derive.h -- the three forms of a derivation. */
#ifndef CST_CLI_DERIVE_H
#define CST_CLI_DERIVE_H

#include "cli/cli.h"

/* d_t u (or d_t v_k) + transport = nu viscous, of an equation of a derivation. */
typedef struct
{
    cst_expr_t time, transport, viscous;
} cst__sides_t;

/* k = -1: the equation of u; else the one of v_k. */
cst__sides_t cst__derive_sides(const cst_derivation_t d, slong k);

void cst__derive_text(FILE *out, const cst_derivation_t d);
void cst__derive_latex(FILE *out, const cst_derivation_t d);
void cst__derive_json(FILE *out, const cst_derivation_t d);

#endif

/* flow/model.h -- what the files of this room share about Taylor models. */
#ifndef CST_FLOW_MODEL_H
#define CST_FLOW_MODEL_H

#include <caustic/flow.h>

__extension__ typedef __int128 cst__wide_t;
__extension__ typedef unsigned __int128 cst__uwide_t;

/* Coefficients of a word can be multiplied and summed in two words while the norms' product
   stays below this many bits. */
#define CST__WIDE_BITS 125

/* Recomputes norm, graded, used and small from the coefficients. */
void cst__model_refresh(cst_model_t x);

/* x = value, exactly or with one unit of radius. */
void cst__fmpz_set_wide(fmpz_t x, cst__wide_t value);

slong cst__shape_block_length(const cst_shape_struct *shape, slong block);

/* Runs a tape and keeps the model of every operation: at has room for tape->length. */
cst_status_t cst__model_run_tape_all(cst_model_struct *at, const cst_tape_t tape,
                                     const cst_model_struct *inputs);

cst_model_struct *cst__models_new(slong count, const cst_shape_struct *shape);
void cst__models_free(cst_model_struct *models, slong count);

#endif

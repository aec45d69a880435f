/* observe/fold.h -- matrices of a transformer as they act: normalizations folded into what reads after them.

   Layer normalization x -> gain (x - mean) / deviation + shift: a reader W becomes (1 - J/d) diag(gain) W, J
   all ones, and a bias b becomes b + shift W. Without normalization nothing changes. */
#ifndef CST_OBSERVE_FOLD_H
#define CST_OBSERVE_FOLD_H

#include "observe/matrix.h"
#include "observe/model.h"

typedef struct
{
    const cst__model_struct *model;
    const cst_io_checkpoint_struct *checkpoint;
    cst_io_tensor_t tensor; /* the one that is decoded */
    double *x;
} cst__loader_t;

void cst__loader_clear(cst__loader_t *loader);

/* The heads side by side: rows x (heads cols); or one below the other: (heads rows) x cols. Views of nothing
   give zeros. Entries that are not finite give an infinite error. */
void cst__load_beside(cst__mat_t a, cst__loader_t *loader, cst__view_t view, slong heads, slong rows,
                      slong cols);
void cst__load_below(cst__mat_t a, cst__loader_t *loader, cst__view_t view, slong heads, slong rows,
                     slong cols);

/* What a reader becomes with the gain before it, and its bias (1 x cols, initialized, NULL: none). */
void cst__fold_reader(cst__mat_t w, cst__mat_struct *bias, cst__loader_t *loader, cst__view_t gain,
                      cst__view_t shift);

/* bias += shift w, what the shift before a reader makes of its weights. */
void cst__fold_bias(cst__mat_t bias, const cst__mat_t w, cst__loader_t *loader, cst__view_t shift);

/* What a writer becomes: layer normalization does not see the mean of what is written. */
void cst__fold_writer(cst__mat_t w, const cst__model_struct *model);

/* A compressed factor of the rows of an embedding (count x width), centred over the rows, and their mean
   (1 x width). Reads the tensor in pieces. */
void cst__load_centred(cst__mat_t r, cst__mat_t mean, cst__loader_t *loader, cst__view_t view, slong count);

/* The same of two checkpoints, one beside the other: r has 2 width columns. */
void cst__load_centred_both(cst__mat_t r, cst__mat_struct *means, cst__loader_t *const *loaders,
                            const cst__view_t *views, slong count);

/* The part of columns [from, from + cols), and its transpose-free copies of rows. */
void cst__mat_cols(cst__mat_t part, const cst__mat_t a, slong from, slong cols);
void cst__mat_rows(cst__mat_t part, const cst__mat_t a, slong from, slong rows);

/* a with the rows of b below it. */
void cst__mat_stack(cst__mat_t c, const cst__mat_t a, const cst__mat_t b);

#endif

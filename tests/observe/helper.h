/* Checkpoints in memory, and rows of tables. */
#ifndef TESTS_OBSERVE_HELPER_H
#define TESTS_OBSERVE_HELPER_H

#include <caustic/observe.h>

/* A safetensors file under construction: F64 tensors. */
typedef struct
{
    char header[1 << 15];
    size_t head, length;
    double *data;
    unsigned char *file;
} builder_t;

void build_begin(builder_t *b);
double *build_tensor(builder_t *b, const char *name, int rank,
                     const slong *shape); /* to be filled, at once */
void build_end(builder_t *b, cst_io_checkpoint_t checkpoint);
void build_clear(builder_t *b);

/* Copies of all floating tensors of a checkpoint, to be changed and put together again. */
typedef struct
{
    slong length;
    char **names;
    int *rank;
    slong (*shape)[8];
    double **x;
} weights_t;

void weights_read(weights_t *w, const cst_io_checkpoint_t checkpoint);
double *weights_find(const weights_t *w, const char *name);
void weights_build(builder_t *b, const weights_t *w, cst_io_checkpoint_t checkpoint);
void weights_clear(weights_t *w);

void open_data(cst_io_checkpoint_t checkpoint, const char *name); /* of tests/data/checkpoints */

/* The first row of this name; fails if there is none. */
const cst_observation_t *row_of(const cst_observe_table_t table, slong step, const char *layer,
                                const char *observable);

/* The row holds this value, and its error is at most relative to it. */
void assert_row(const cst_observe_table_t table, slong step, const char *layer, const char *observable,
                double value, double tolerance, double relative);

/* Random numbers in (0, 1), and normal ones. */
double uniform(uint64_t *state);
double normal(uint64_t *state);
void permutation(slong *p, slong n, uint64_t *state);

/* Settings from a text. */
cst_io_node_t settings_of(cst_io_yaml_t yaml, const char *text);

/* The rows of two checkpoints of a run, at steps 0 and 10. */
void observe_both(cst_observe_table_t table, const weights_t *w, const char *settings);

#endif

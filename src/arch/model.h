/* arch/model.h -- how blocks put together tensors and symmetries. */
#ifndef CST_ARCH_MODEL_H
#define CST_ARCH_MODEL_H

#include <caustic/arch.h>

/* What is known of each kind of symmetry: rows of the table in facts.c. */
typedef enum
{
    CST__FACT_SCALE,
    CST__FACT_MONOMIAL,
    CST__FACT_QUADRATIC,
    CST__FACT_FLIP,
    CST__FACT_SIGMOID_FLIP,
    CST__FACT_PERMUTE,
    CST__FACT_EXP,
    CST__FACT_NEURONS,
    CST__FACT_CHAIN,
    CST__FACT_SOFTMAX,
    CST__FACT_UNIT,
    CST__FACT_WEIGHT_NORM,
    CST__FACT_BATCH_SCALE,
    CST__FACT_GROUP_SCALE,
    CST__FACT_NORM_SIGN,
    CST__FACT_PRENORM_BIAS,
    CST__FACT_RUNNING_SCALE,
    CST__FACT_RUNNING_SCALE_UNBIASED,
    CST__FACT_RUNNING_BIAS,
    CST__FACT_CHANNEL,
    CST__FACT_QK,
    CST__FACT_VO,
    CST__FACT_ROTARY,
    CST__FACT_ROTARY_EQUAL,
    CST__FACT_KEY_BIAS,
    CST__FACT_VALUE_BIAS,
    CST__FACT_VALUE_KERNEL,
    CST__FACT_HEADS,
    CST__FACT_QK_NORM,
    CST__FACT_QK_GAIN,
    CST__FACT_QK_SIGN,
    CST__FACT_GATED_UP,
    CST__FACT_GATED_GATE,
    CST__FACT_GAIN,
    CST__FACT_SHIFT,
    CST__FACT_SHIFT_UNBIASED,
    CST__FACT_WRITERS,
    CST__FACT_READERS,
    CST__FACT_ROTATE,
    CST__FACT_LINEAR,
    CST__FACT_TRANSLATE,
    CST__FACT_STREAM_SCALE,
    CST__FACT_STREAM_PERMUTE,
    CST__FACT_POSITIONS,
    CST__FACT_GATE,
    CST__FACT_STATE,
    CST__FACT_STATE_DIAGONAL,
    CST__FACT_COUNT
} cst__fact_t;

extern const cst_arch_fact_t cst__arch_facts[CST__FACT_COUNT];

/* A Lie algebra of n x n matrices, by a basis of sparse ones. */
typedef enum
{
    CST__ALGEBRA_DIAGONAL,
    CST__ALGEBRA_SCALAR, /* multiples of 1 */
    CST__ALGEBRA_GENERAL,
    CST__ALGEBRA_SKEW,
    CST__ALGEBRA_SKEW_FIXING,      /* skew matrices that kill (1, ..., 1) */
    CST__ALGEBRA_PAIRS,            /* n/2 real numbers on pairs of coordinates */
    CST__ALGEBRA_COMPLEX_DIAGONAL, /* n/2 complex numbers on pairs of coordinates */
    CST__ALGEBRA_COMPLEX_GENERAL,
    CST__ALGEBRA_KERNEL,   /* nor is this: b_V in the kernel of W_O */
    CST__ALGEBRA_CHAIN,    /* not matrices: the fibres of a product of matrices, see chain.c */
    CST__ALGEBRA_QUADRATIC /* w_i += v_j w_j, w_j -= v_i w_i for i < j */
} cst__algebra_t;

/* What a matrix A of the algebra does to a tensor x, of which it sees the entries offset ... offset + n - 1
   along an axis. i is the index along that axis, others stand for the remaining ones. */
typedef enum
{
    CST__SLOT_LINEAR,   /* x_i += factor A_ij x_j (transposed: A_ji x_j) */
    CST__SLOT_CONSTANT, /* x_i += factor A_ii */
    CST__SLOT_ONES,     /* x_(i, others) += factor A_ii (over: / gain_others) */
    CST__SLOT_ALL,      /* every entry += factor A_00 */
    CST__SLOT_ROWS,     /* x_(r, i) += factor A_ii for all r, i counting all axes but the first */
    CST__SLOT_COLUMN,   /* x_r += factor A_ii source_(r, i), for all r; the offset is in source */
    CST__SLOT_RATIO,    /* x_i += factor A_ii sum_j source_j/gain_j */
    CST__SLOT_OUTER,    /* x_(r, j) += factor A_ii x_(r, i)/gain_j, for all r and j */
    CST__SLOT_MEAN,     /* x_i += factor A_ii m_i, m the running means of a convolution */
    CST__SLOT_FOLD,     /* x_i += factor A_ii source_i/s_i (over: times m_i), s their deviations */
    CST__SLOT_RENORM    /* x = g' of w' = g' v'/|v'|: x_r += factor A_ii x_r |v'_(r, i)|^2/|v'_r|^2 */
} cst__slot_mode_t;

typedef struct
{
    cst__slot_mode_t mode;
    slong tensor;
    int axis;
    slong factor;
    slong offset, step; /* copy c of the algebra acts at offset + c step */
    int transposed;
    /* 0, or 1 + a tensor: LINEAR acts on x_i gain_i (over = 1) or on x_i/gain_i (over = -1) instead of x_i.
     */
    slong gain;
    int over;
    slong source;      /* 1 + a tensor */
    slong convolution; /* MEAN, FOLD: from 0 */
} cst__slot_t;

struct cst__arch_action
{
    cst__algebra_t algebra;
    slong n, copies;
    int interleaved; /* pairs are (0,1), (2,3), ...; else (0, n/2), ... */
    slong count;     /* generators of one copy */
    cst__slot_t *slots;
    slong slot_count;
};

#define CST__TRY(call)                                                                                       \
    do                                                                                                       \
    {                                                                                                        \
        cst_status_t status_ = (call);                                                                       \
        if (status_ != CST_OK)                                                                               \
            return status_;                                                                                  \
    } while (0)

/* ---- model.c */

/* Adds a tensor; axes are those of the sizes that are not 0. */
slong cst__arch_tensor(cst_arch_t arch, slong a, slong b, slong c, slong d, const char *name, slong number);
/* The tensor of this name, with the number behind it if that is not negative; -1 if there is none. */
slong cst__arch_find_numbered(const cst_arch_t arch, const char *name, slong number);

/* Adds a symmetry that does nothing yet, with discrete order 1. number < 0: place as it is. */
cst_arch_symmetry_t *cst__arch_symmetry(cst_arch_t arch, cst__fact_t fact, const char *place, slong number);
void cst__arch_group(cst_arch_symmetry_t *symmetry, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds an action of copies of an algebra and its number of generators to the dimension. */
cst__arch_action_t *cst__arch_act(cst_arch_symmetry_t *symmetry, cst__algebra_t algebra, slong n,
                                  slong copies);
void cst__arch_slot(cst__arch_action_t *action, cst__slot_t slot);
/* The commonest slot: x_i += factor A_ij x_j along an axis, at offset + c step for copy c. */
void cst__arch_linear(cst__arch_action_t *action, slong tensor, int axis, slong factor);

/* The order of the discrete part times n!^power, or base^power. */
void cst__arch_permutations(cst_arch_symmetry_t *symmetry, slong n, slong power);
void cst__arch_copies(cst_arch_symmetry_t *symmetry, ulong base, slong power);
void cst__arch_conserve(cst_arch_symmetry_t *symmetry, slong count);
void cst__arch_doubt(cst_arch_t arch, const char *reason);

cst_status_t cst__arch_fail(cst_error_t *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- The blocks. A tensor that is not there is -1. */

/* How the next layer reads the units of a hidden layer. */
typedef struct
{
    slong tensor;
    int axis;
    slong renorm; /* the gain of a weight-normalized reader, or -1 */
} cst__reader_t;

typedef struct
{
    const char *place;
    slong number;
    slong width;
    cst_arch_activation_t activation;
    slong degree;
    slong units[2]; /* scaled with a unit, along axis 0: weights (or gain), bias (or shift); or -1 */
    const cst__reader_t *readers;
    slong reader_count;
    int fixed;     /* the units cannot be scaled */
    int unordered; /* their permutations are counted elsewhere */
    int next_bias; /* the next layer has a bias */
    slong groups;  /* permutations keep this many groups of equal size; 0 is 1 */
    int channels;  /* say so in the census */
} cst__hidden_t;

/* A dense layer of outputs under a softmax: a constant to all of them. bias may be -1. */
void cst__arch_add_softmax(cst_arch_t arch, slong weight, slong bias);

/* Signs between normalized weights and the gain behind them, of so many units, channels or groups. */
void cst__arch_add_signs(cst_arch_t arch, slong layer, slong count);

void cst__arch_hidden(cst_arch_t arch, const cst__hidden_t *hidden);
cst_status_t cst__arch_mlp(cst_arch_t arch, cst_error_t *error);
cst_status_t cst__arch_chain(cst_arch_t arch, cst_error_t *error);
cst_status_t cst__arch_cnn(cst_arch_t arch, cst_error_t *error);
cst_status_t cst__arch_transformer(cst_arch_t arch, cst_error_t *error);
cst_status_t cst__arch_attention(cst_arch_t arch, cst_error_t *error);
cst_status_t cst__arch_gate(cst_arch_t arch, cst_error_t *error);
cst_status_t cst__arch_state_space(cst_arch_t arch, cst_error_t *error);

/* The generators of a chain come in four parts for each layer l; how many there are, and how many vectors
   span the left kernel of W_{l-1} ... W_1 and the right kernel of W_L ... W_{l+1}. */
enum
{
    CST__CHAIN_GENERAL,
    CST__CHAIN_TRANSLATE,
    CST__CHAIN_LEFT,
    CST__CHAIN_RIGHT,
    CST__CHAIN_PARTS
};

slong cst__arch_chain_part(const cst_arch_spec_struct *spec, slong l, int part);
slong cst__arch_chain_left(const cst_arch_spec_struct *spec, slong l);
slong cst__arch_chain_right(const cst_arch_spec_struct *spec, slong l);
/* chain-field.c: generator k of the chain, added to the terms of a field. */
typedef struct cst__field cst__field_t;
void cst__arch_chain_field(cst__field_t *field, slong k);

/* A field in the making (generator.c): its entries so far, in any order. */
struct cst__field
{
    cst_expr_ctx_t ctx;
    const cst_arch_struct *arch;
    cst_arch_generator_struct *terms;
};

/* Adds coefficient to the entry of a tensor at a flat index. */
void cst__field_add(cst__field_t *field, slong tensor, slong index, cst_expr_t coefficient);
/* The parameter at a flat index of a tensor. */
cst_expr_t cst__field_entry(const cst__field_t *field, slong tensor, slong index);

/* The stream that blocks read from and write to, each read through a normalization. */
#define CST__MOST_CONSUMERS 4

typedef struct
{
    slong number; /* of the layer, or -1 for the last */
    slong gain, shift;
    slong weights[CST__MOST_CONSUMERS], biases[CST__MOST_CONSUMERS];
    slong count;
    slong after; /* how many writers come before it */
} cst__read_t;

typedef struct
{
    slong *writers; /* tensors; a matrix writes along axis 0, an embedding along axis 1 */
    int *axes;
    slong writer_count, writer_room;
    cst__read_t *reads;
    slong read_count;
} cst__stream_t;

void cst__stream_write(cst__stream_t *stream, slong tensor, int axis);
void cst__stream_consume(cst__read_t *read, slong weight, slong bias);

/* Adds the tensors and symmetries of one attention block (attention.c); stream and read may be NULL. */
void cst__arch_attention_block(cst_arch_t arch, cst__stream_t *stream, cst__read_t *read, slong number);
/* Adds the symmetries of the stream itself and of its normalizations (stream.c). */
void cst__arch_stream_close(cst_arch_t arch, cst__stream_t *stream, slong embedding, slong positions,
                            slong unembedding);

#endif

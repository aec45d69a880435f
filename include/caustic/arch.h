/* caustic/arch.h -- network architectures: parameters, symmetries with their counts, network functions. */
#ifndef CAUSTIC_ARCH_H
#define CAUSTIC_ARCH_H

#include <stdio.h>

#include <caustic/expr.h>
#include <caustic/io.h>
#include <caustic/tape.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Description ------------------------------------------------------------------------------ */

typedef enum
{
    CST_ARCH_MLP,             /* widths n_0 ... n_L: x -> W_L s(... s(W_1 x + b_1) ...) + b_L */
    CST_ARCH_LINEAR,          /* the same without activation; frozen: LoRA, x -> (W_0 + W_2 W_1) x */
    CST_ARCH_SCALE_INVARIANT, /* an MLP whose hidden units use w/|w| */
    CST_ARCH_MEAN_FIELD,      /* widths n, N, m: x -> (1/N) sum_j v_j s(w_j x + b_j) */
    CST_ARCH_CNN,             /* convolutions, then a dense layer if there are classes */
    CST_ARCH_TRANSFORMER, /* token and position embedding, attention and feed-forward blocks, unembedding */
    CST_ARCH_ATTENTION,   /* one attention block, of vectors */
    CST_ARCH_GATE,        /* x -> sum_e p_e(x) x V_e, p the gate of a mixture of linear experts */
    CST_ARCH_STATE_SPACE, /* y_t = sum_k C A^k B x_(t-k) */
    CST_ARCH_KIND_COUNT
} cst_arch_kind_t;

typedef enum
{
    CST_ARCH_RELU, /* relu(x)^degree */
    CST_ARCH_LEAKY_RELU,
    CST_ARCH_MONOMIAL, /* x^degree */
    CST_ARCH_TANH,
    CST_ARCH_SIN,
    CST_ARCH_SIGMOID,
    CST_ARCH_GELU,
    CST_ARCH_SILU,
    CST_ARCH_SOFTPLUS,
    CST_ARCH_EXP,
    CST_ARCH_RELU6,
    CST_ARCH_IDENTITY,
    CST_ARCH_ACTIVATION_COUNT
} cst_arch_activation_t;

typedef enum
{
    CST_ARCH_NORM_NONE,
    CST_ARCH_NORM_LAYER,
    CST_ARCH_NORM_RMS,
    CST_ARCH_NORM_BATCH,
    CST_ARCH_NORM_GROUP,
    CST_ARCH_NORM_WEIGHT, /* w = g v/|v| */
    CST_ARCH_NORM_COUNT
} cst_arch_norm_t;

typedef enum
{
    CST_ARCH_POSITION_NONE,
    CST_ARCH_POSITION_LEARNED,
    CST_ARCH_POSITION_ROTARY,
    CST_ARCH_POSITION_ALIBI,
    CST_ARCH_POSITION_COUNT
} cst_arch_position_t;

typedef enum
{
    CST_ARCH_POOL_NONE,
    CST_ARCH_POOL_MAX,
    CST_ARCH_POOL_AVERAGE,
    CST_ARCH_POOL_COUNT
} cst_arch_pool_t;

#define CST_ARCH_MOST_LAYERS 1024
#define CST_ARCH_MOST_WIDTH 1000000000

/* One convolution (kernel x kernel, over a square of zeros-padded positions), its normalization, its
   activation, its pooling (pool_size x pool_size, not overlapping). */
typedef struct
{
    slong channels; /* 0: depthwise, as many as come in */
    slong kernel, stride, padding;
    int bias;
    cst_arch_norm_t norm; /* none, batch, group or weight */
    slong groups;         /* of the group normalization */
    cst_arch_activation_t activation;
    cst_arch_pool_t pool;
    slong pool_size;
} cst_arch_convolution_t;

/* All that describes a network; what a kind does not use is ignored. */
typedef struct
{
    cst_arch_kind_t kind;
    cst_arch_activation_t activation;
    slong degree; /* of relu and monomial, 1 unless set */
    fmpq_t leak;  /* of leaky-relu, 1/100 unless set */
    int bias;
    int softmax;    /* the function is softmax of the outputs: they count up to a common constant */
    fmpq_t epsilon; /* in the normalizations: 1/sqrt(variance + epsilon); 0 unless set */

    /* mlp, linear, scale-invariant, mean-field */
    slong depth; /* number of layers of weights */
    slong widths[CST_ARCH_MOST_LAYERS + 1];
    int frozen;           /* linear with two layers: added to a constant matrix */
    cst_arch_norm_t norm; /* mlp: none or weight (its hidden layers); transformer: none, layer or rms */

    /* cnn */
    slong input[3]; /* channels, height, width */
    slong convolutions;
    cst_arch_convolution_t convolution[CST_ARCH_MOST_LAYERS];
    slong classes; /* outputs of the dense layer at the end; 0: all channels and positions are outputs */
    int running;   /* BatchNorm in evaluation mode: its statistics are fixed numbers, not those of the batch */

    /* transformer, attention */
    slong vocabulary, context; /* V, T */
    slong output_vocabulary;   /* rows of an unembedding that is not tied; vocabulary unless set */
    slong width, layers;       /* d, L */
    slong heads, key_value_heads, key_width, value_width;
    cst_arch_position_t position;
    slong rotary_width; /* leading dimensions of a head that turn; all unless set */
    slong rotary_base;
    int interleaved;             /* rotary pairs (1,2), (3,4) ...; else (1, 1+r/2), (2, 2+r/2) ... */
    int qk_norm;                 /* RMS normalization of each query and key, gains shared by the heads */
    int query_bias, output_bias; /* b_Q, b_K, b_V; b_O */
    int causal;
    slong hidden;  /* d_ff */
    int gated;     /* down(s(gate x) * up x), else down(s(up x)) */
    int feed_bias; /* of the feed-forward block */
    int norm_bias; /* LayerNorm's */
    int tied;      /* the unembedding is the embedding */

    /* mixture gate, state space */
    slong experts; /* inputs: width; outputs: value_width */
    int sigmoid;   /* the gate is a normalized sigmoid instead of a softmax */
    slong state;
    int diagonal;
} cst_arch_spec_struct;
typedef cst_arch_spec_struct cst_arch_spec_t[1];

/* A spec of a kind, with that kind's usual choices: relu, no bias; a transformer like GPT-2. */
CST_API void cst_arch_spec_init(cst_arch_spec_t spec, cst_arch_kind_t kind);
CST_API void cst_arch_spec_clear(cst_arch_spec_t spec);
CST_API void cst_arch_spec_set(cst_arch_spec_t target, const cst_arch_spec_t source);

/* The two families of language models; sizes are left to the caller. GPT-2: LayerNorm, learned positions,
   biases, tied, GELU. LLaMA: RMSNorm, rotary, SwiGLU, grouped queries, no biases, not tied. */
CST_API void cst_arch_spec_gpt2(cst_arch_spec_t spec);
CST_API void cst_arch_spec_llama(cst_arch_spec_t spec);

/* Reads `{kind: mlp, widths: [2, 1, 1], activation: relu, bias: false}`: the keys of doc/arch.rst.
   Initializes spec. CST_BAD_INPUT, with the place, for an unknown key, a missing size, or a size out of
   range; then nothing is left to clear. */
CST_API cst_status_t cst_arch_spec_read(cst_arch_spec_t spec, const cst_io_yaml_t yaml, cst_io_node_t node,
                                        cst_error_t *error);

/* Words of the input syntax. */
CST_API const char *cst_arch_kind_word(cst_arch_kind_t kind);
CST_API const char *cst_arch_activation_word(cst_arch_activation_t activation);

/* ---- Parameters and symmetries ---------------------------------------------------------------- */

/* A named array of parameters, stored by rows from `offset` in the flat vector of all parameters. Its
   entries are the variables name_i_j, indices from 1. */
typedef struct
{
    char name[24];
    int axes; /* 1 to 4 */
    slong shape[4];
    slong offset, size;
} cst_arch_tensor_t;

/* What is known of a kind of symmetry, in words. h, n, d stand for the sizes of the block. */
typedef struct
{
    const char *name;       /* "hidden unit scale" */
    const char *law;        /* of the dimension, such as "h" or "n_kv d_k^2" */
    const char *action;     /* "(w, b) -> c (w, b), v -> c^-k v" */
    const char *strata;     /* where the action is free and proper, and what happens elsewhere */
    const char *invariants; /* coordinates of the quotient */
    const char *metric;     /* an invariant metric */
    const char *slice;      /* a balanced slice, or another global one */
    const char *conserved;  /* by Euclidean gradient flow */
    const char *volume;     /* log of the orbits' volume density, or of their number of points */
} cst_arch_fact_t;

typedef struct cst__arch_action cst__arch_action_t;

/* One symmetry of one block. */
typedef struct
{
    const cst_arch_fact_t *fact;
    char place[24];    /* "layer 3", "stream", "output" */
    char group[64];    /* "R+^5 x| S_5" */
    fmpz_t dimension;  /* of its orbits at a generic point, beyond what the symmetries before it span */
    fmpz_t generators; /* how many are listed; they span its orbits' tangent spaces */
    fmpz_t conserved;  /* number of independent conserved quantities */
    fmpz_t order;      /* of the discrete part; 0 if it has too many digits to write out */
    arb_t log10_order;
    cst__arch_action_t *actions; /* hidden */
    slong action_count;
} cst_arch_symmetry_t;

/* How sure it is that the redundancy counts all symmetries. Its generators are symmetries in any case. */
typedef enum
{
    CST_ARCH_THEOREM,    /* a proof for all sizes */
    CST_ARCH_VERIFIED,   /* certified ranks of small models of this make */
    CST_ARCH_LOWER_BOUND /* outside the conditions of the above: there may be more */
} cst_arch_basis_t;

typedef struct
{
    cst_arch_spec_t spec;
    cst_arch_tensor_t *tensors;
    slong tensor_count, tensor_room;
    cst_arch_symmetry_t *symmetries;
    slong symmetry_count, symmetry_room;
    slong parameters;  /* P */
    fmpz_t redundancy; /* sum of the dimensions: P - rank of the Jacobian at a generic point */
    fmpz_t conserved;
    fmpz_t order; /* product of the orders; 0 if it has too many digits to write out */
    arb_t log10_order;
    cst_arch_basis_t basis;
    const char *reason; /* for CST_ARCH_LOWER_BOUND: why */
    /* Of BatchNorm in evaluation mode, for the channels of all convolutions one after the other; NULL: 0 and
       1. Set by cst_arch_set_statistics. */
    double *running_mean, *running_variance;
} cst_arch_struct;
typedef cst_arch_struct cst_arch_t[1];

/* Composes the network's blocks. CST_BAD_INPUT (no place) if sizes do not fit together; then nothing is left
   to clear. */
CST_API cst_status_t cst_arch_init(cst_arch_t arch, const cst_arch_spec_t spec, cst_error_t *error);
CST_API void cst_arch_clear(cst_arch_t arch);

/* Sets what the BatchNorm of a convolution (from 0) subtracts and, with epsilon added, divides by the root of,
   in evaluation mode (spec->running): constants, no parameters, so that the symmetries move none of them. The
   counts do not depend on them; the function does, and with it the generators. CST_BAD_INPUT (no place) for a
   convolution without BatchNorm, and numbers that are no mean and no positive variance (0, with epsilon). */
CST_API cst_status_t cst_arch_set_statistics(cst_arch_t arch, slong convolution, const double *mean,
                                             const double *variance, cst_error_t *error);

/* effective = P - redundancy, the dimension of the set of functions near a generic one. */
CST_API void cst_arch_effective(fmpz_t effective, const cst_arch_t arch);

/* The tensor of this name, or -1. */
CST_API slong cst_arch_find_tensor(const cst_arch_t arch, const char *name);

/* The name of a parameter, such as w1_2_1, and its variable. name has room for 64 bytes. */
CST_API void cst_arch_parameter_name(char *name, const cst_arch_t arch, slong parameter);
CST_API cst_expr_t cst_arch_parameter(cst_expr_ctx_t ctx, const cst_arch_t arch, slong parameter);

/* A vector field on the parameters, xi = sum coefficient d/dparameter: only its entries that are not zero,
   sorted by parameter. Coefficients are expressions in the parameters, linear for most symmetries. */
typedef struct
{
    slong length, room;
    slong *parameters;
    cst_expr_t *coefficients;
} cst_arch_generator_struct;
typedef cst_arch_generator_struct cst_arch_generator_t[1];

CST_API void cst_arch_generator_init(cst_arch_generator_t generator);
CST_API void cst_arch_generator_clear(cst_arch_generator_t generator);

/* Generator k, from 0, of a symmetry. */
CST_API void cst_arch_generator(cst_arch_generator_t generator, cst_expr_ctx_t ctx, const cst_arch_t arch,
                                slong symmetry, slong k);

/* The conserved quantities of Euclidean gradient flow that a symmetry gives: functions whose gradients are
   generators, so that their derivative along -grad L is 0. Their number (for linear chains some of them
   depend on others: symmetries[symmetry].conserved is the number of independent ones), and each of them. */
CST_API slong cst_arch_law_count(const cst_arch_t arch, slong symmetry);
CST_API cst_expr_t cst_arch_law(cst_expr_ctx_t ctx, const cst_arch_t arch, slong symmetry, slong k);

/* ---- The function ------------------------------------------------------------------------------

   Numbers that one input and one output consist of. A transformer's input is `context` tokens from 0, its
   outputs are vocabulary logits for each position; attention and state-space layers have a vector for each
   position, images go by channels, rows, columns. */
CST_API slong cst_arch_input_size(const cst_arch_t arch);
CST_API slong cst_arch_output_size(const cst_arch_t arch);

/* The outputs for a batch of inputs, one after another, as expressions in the parameters, exactly: gelu by
   erf, the statistics of BatchNorm those of the batch, a frozen LoRA matrix left out. CST_REFUSED if the
   network is too large to be written out, CST_BAD_INPUT for an input that is no token. */
CST_API cst_status_t cst_arch_forward(cst_expr_t *outputs, cst_expr_ctx_t ctx, const cst_arch_t arch,
                                      const fmpq *inputs, slong batch, cst_error_t *error);

/* The same as a program whose inputs are the parameters; under softmax its outputs are the differences to the
   last one of each position. */
CST_API cst_status_t cst_arch_compile(cst_tape_t tape, const cst_arch_t arch, const fmpq *inputs, slong batch,
                                      cst_error_t *error);

/* How a rank was certified. */
typedef enum
{
    CST_ARCH_PROOF_FIELD,   /* modulo a prime, exactly */
    CST_ARCH_PROOF_DOUBLES, /* double precision with proved bounds of all errors */
    CST_ARCH_PROOF_BALLS    /* balls of more digits */
} cst_arch_proof_method_t;

/* What is proved of a network. */
typedef struct
{
    slong rank;            /* of the Jacobian at a rational point: a certified lower bound */
    slong independent;     /* generators that are independent at a generic point: a lower bound */
    cst_truth_t invariant; /* do all generators annihilate the function? */
    cst_truth_t proved;    /* is the redundancy right? */
    slong failed_symmetry, failed_generator; /* unless invariant: one of those that fail; -1: not known */
    cst_arch_proof_method_t method;
    ulong prime; /* 0 unless in a field */
} cst_arch_check_t;

/* Proves that the redundancy of a network is right: its generators annihilate the function, so
   rank <= P - independent at generic points; and rank + independent = P at a random rational point. The rank
   is certified in balls up to 300 parameters, beyond as by cst_arch_prove. The generators are tested modulo
   a random prime-field point, where functions that are not rational are taken as unknown but for their
   derivatives: right but for a chance of about degree/2^61. The seed chooses points and inputs; another one
   may succeed where `proved` is CST_UNKNOWN (units that are dead or always active at the chosen points).
   CST_REFUSED where cst_arch_prove refuses. */
CST_API cst_status_t cst_arch_verify(cst_arch_check_t *check, const cst_arch_t arch, ulong seed,
                                     cst_error_t *error);

/* What is proved of a network at given weights. Each rank is a certain lower bound, and they add up to P at
   most where the generators annihilate the function; where they add up to P, the orbits of the generators are
   all that the function does not see, to first order, and P - independent parameters are effective there. */
typedef struct
{
    slong rank;            /* of the Jacobian of the function, at enough inputs */
    slong independent;     /* generators that are independent at these weights */
    cst_truth_t invariant; /* CST_FALSE: a generator was refuted */
    cst_truth_t proved;    /* CST_TRUE: rank + independent = P; else CST_UNKNOWN */
    slong rows;            /* random sums of outputs at random inputs, that were looked at */
    slong idle;            /* parameters that moved none of them: of units that are dead at these weights */
    slong tangents;        /* random sums of generators, tested on each row */
    cst_arch_proof_method_t method;
    ulong prime; /* the modulus; 0 where it is not in a field */
    int stopped; /* the caller did not want to wait: rank is what was reached */
} cst_arch_proof_t;

/* How far a proof is; passed to the caller's callback many times a second, but not during the last step in
   doubles, a few products of matrices. */
typedef struct
{
    slong rows, all_rows; /* gradients so far, and how many there will be at least */
    slong rank, most;     /* the rank so far, 0 if it comes at the end, and what it can be */
} cst_arch_progress_t;

typedef struct
{
    int (*progress)(void *data, const cst_arch_progress_t *progress); /* not 0: stop with what is reached */
    void *data;
} cst_arch_watch_t;

/* Proves that the symmetries are all at these weights (in the order of the tensors, exact). Networks of +, -,
   *, relu, max and exp, sigmoid, tanh or softmax of those, with dyadic weights, have their Jacobian mapped to
   a prime field: the weights are dyadic, the signs of units are decided in intervals, and by the theorem of
   Lindemann and Weierstrass exp(z) of algebraic z may go to g^z. A rank modulo p is at most the true one.
   That generators annihilate the function is tested on random sums of them, which err with a probability of
   p^-tangents about. Networks of other functions (normalizations, attention upon attention, GELU, SiLU) with
   at most 16000 parameters have the columns of their Jacobian and of the generators certified as independent
   in double precision, with bounds for all roundings (conventional matrix products in round-to-nearest are
   assumed of the BLAS), small ones else in balls. CST_REFUSED for other ones, for more than 32768 parameters
   and for weights that are not finite. watch: or NULL. */
CST_API cst_status_t cst_arch_prove(cst_arch_proof_t *proof, const cst_arch_t arch, const double *weights,
                                    ulong seed, const cst_arch_watch_t *watch, cst_error_t *error);

/* Is the function at these inputs invariant under a generator, as an exact identity of expressions? For tiny
   networks. Unless CST_TRUE, sets *remainder (if not NULL) to what should be zero: CST_UNKNOWN also for a
   network that is too large to be written out. */
CST_API cst_truth_t cst_arch_is_invariant(cst_expr_t *remainder, cst_expr_ctx_t ctx, const cst_arch_t arch,
                                          const fmpq *inputs, slong batch, slong symmetry, slong k);

/* ---- The quotient -------------------------------------------------------------------------------

   Coordinates of the quotient of a perceptron with one hidden layer by its continuous symmetry, and a
   section. For homogeneous activations of degree k, with a_j = |v_1j|^(1/k): z_j = a_j (w_j, b_j),  y_rj =
   v_rj/|v_1j| for r > 1; the section has |(w_j, b_j)|^2 - k |v_j|^2 = level (k > 1: level 0) and v_1j of the
   sign that is asked for. For exp with biases: w_j, y_rj = e^b_j v_rj, and b_j = 0. Without a continuous
   symmetry, of networks of any kind and depth, the coordinates are the parameters. */
typedef struct
{
    slong parameter_count, dimension;
    cst_expr_t *parameters;  /* variables */
    cst_expr_t *coordinates; /* variables: z1_2 and so on, or the parameters themselves */
    cst_expr_t *invariants;  /* the coordinates in terms of the parameters */
    cst_expr_t *section;     /* the parameters in terms of the coordinates */
    /* What has to be positive: in the parameters, and the same in the coordinates. */
    cst_expr_t *positive, *positive_below;
    slong positive_count;
} cst_arch_quotient_struct;
typedef cst_arch_quotient_struct cst_arch_quotient_t[1];

/* signs: for each hidden unit 1 or -1, the sign of v_1j; NULL: all 1. level: NULL is 0. CST_REFUSED, with the
   reason, for other networks; then nothing is left to clear. The expressions belong to ctx. */
CST_API cst_status_t cst_arch_quotient_init(cst_arch_quotient_t quotient, cst_expr_ctx_t ctx,
                                            const cst_arch_t arch, const int *signs, const fmpq *level,
                                            cst_error_t *error);
CST_API void cst_arch_quotient_clear(cst_arch_quotient_t quotient);

/* ---- Census ----------------------------------------------------------------------------------- */

/* Writes a table: a row for each symmetry, with place, name, group, dimension, law and the discrete order;
   below it the totals. Equal rows of consecutive layers are joined unless every is set. */
CST_API void cst_arch_census_print(FILE *stream, const cst_arch_t arch, int every);

/* The same as a JSON object: parameters, redundancy, effective, basis, symmetries: [{place, name, group,
   dimension, law, conserved, log10_order, strata, invariants, ...}]. */
CST_API void cst_arch_census_json(cst_io_json_t json, const cst_arch_t arch);

/* The keys and values of that object, inside of one that the caller has begun. */
CST_API void cst_arch_census_members(cst_io_json_t json, const cst_arch_t arch);

#ifdef __cplusplus
}
#endif

#endif

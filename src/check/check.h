/* caustic-check verifies a certificate with GMP integers alone; doc/certificate.rst defines it. To be read in
   this order: text.c, expr.c, parse.c, problem.c, identity.c, quotient.c, model.c, function.c,
   machine.c, cover.c, main.c. A process makes one check: the line at hand, the expressions and the problem
   are static objects of their files, reject() ends it from anywhere, and what belongs to the problem is never
   released. */
#ifndef CAUSTIC_CHECK_H
#define CAUSTIC_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <gmp.h>

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

enum
{
    MAX_N = 12,
    MAX_PARAMETERS = 64,
    MAX_STATE = 2 * MAX_N * MAX_N + 3 * MAX_N,
    MAX_BITS = 4096,
    MAX_DEGREE = 200,
    MAX_TERMS = 20000,
    MAX_PAIRS = 1 << 24,
    MAX_DEPTH = 1000,
    MAX_LINE = 8 << 20,
    MAX_EXPRESSION = 1 << 20,
    MAX_NODES = 1 << 20,
    MAX_NESTING = 200,
    MAX_NAMES = 1000,
    MAX_DIGITS = 16384,   /* of a number in the text */
    MAX_CONSTANT = 65536, /* bits of an exact constant or of a coefficient */
    MAX_EXPONENT = 1 << 20,
    MAX_ROOT = 100
};
#ifndef MAX_MEMORY
#    define MAX_MEMORY ((size_t) 2 << 30)
#endif

/* ---- main.c (test programs have their own): what ends a check, and memory ---- */

_Noreturn void reject(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *resize(void *p, size_t old, size_t size); /* as GMP calls it; p may be NULL, the result is not */
void drop(void *p);

/* ---- text.c: lines and tokens ---- */

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

extern unsigned long line_number;
void read_certificate(FILE *in);                /* returns if it is accepted */
void *grab(size_t count, size_t size);          /* zeroed */
void *enlarge(void *p, int *room, size_t size); /* an array with twice the room */
void open_text(FILE *in);                       /* the first line is at hand */
void advance(void);                             /* the line at hand must be used up; read the next */
int more(void);                                 /* are there tokens left on the line? */
int is(const char *token);                      /* is it the next token? */
int accept(const char *token);                  /* if it is, use it up */
void need(const char *token);                   /* it must be */
const char *rest(void);                         /* the rest of the line, not empty */
long count(long least, long most);
void integer(mpz_t z);
void rational(mpq_t q);
char *name(void); /* a copy */

/* ---- sha256.c ---- */

typedef struct
{
    uint32_t h[8];
    uint64_t bytes;
    unsigned char block[64];
} sha256_t;

void sha256_start(sha256_t *s);
void sha256_add(sha256_t *s, const void *data, size_t size);
void sha256_hex(char hex[65], const sha256_t *s);

/* ---- expr.c: exact expressions; nodes are stored once and numbered so that arguments come first ---- */

typedef int ex;

enum
{
    E_CONST,
    E_PI,
    E_VAR, /* a is its number */
    E_ADD,
    E_MUL,
    E_POW, /* b is the node of the exponent */
    E_EXP,
    E_LOG,
    E_SIN,
    E_COS,
    E_ATAN,
    E_ERF,
    E_STEP,    /* 1 for x > 0, 0 for x < 0 */
    E_SIGMOID, /* 1/(1 + exp(-x)) */
    E_POSITIVE /* a condition: no value, never an argument */
};

/* Groups of variables, and their first numbers */
enum
{
    COORDINATE = 1,
    MOMENTUM = 2,
    OTHER = 4, /* R, W, M and, as component N, the time of the static rule */
    PARAMETER = 8,
    DIFFERENTIAL = 16,
    MOMENTA = MAX_N,
    STATE = 2 * MAX_N, /* STATE + i is component i of the state, if that is not q or p */
    PARAMETERS = STATE + MAX_STATE + 1,
    DIFFERENTIALS = PARAMETERS + MAX_PARAMETERS,
    VARIABLES = DIFFERENTIALS + MAX_PARAMETERS
};

typedef struct
{
    int kind;
    ex a, b;       /* arguments */
    ex next;       /* in the hash chain */
    int uses;      /* groups of variables */
    mpq_ptr value; /* of a constant */
} node_t;

void ex_start(void);
const node_t *ex_node(ex e);
ex ex_const(mpq_srcptr q);
ex ex_ratio(long num, unsigned long den);
ex ex_int(long v);
ex ex_var(int variable);
mpq_srcptr ex_value(ex e); /* of a constant; otherwise NULL */
int ex_is(ex e, long v);
ex ex_make(int kind, ex a, ex b); /* as it stands; only constants are folded */
ex ex_add(ex a, ex b);            /* these fold 0, 1 and constant factors */
ex ex_sub(ex a, ex b);
ex ex_neg(ex a);
ex ex_mul(ex a, ex b);
ex ex_inverse(ex a);
/* map[v] takes the place of variable v, unless it is negative. Either it folds; or it leaves things as they
   are written, except that of powers only 1/x and roots remain, and products. */
ex ex_rebuild(ex e, const ex *map, int fold);
ex ex_substitute(ex e, const ex *map); /* folds */
ex ex_partial(ex e, int variable);
char *ex_reach(const ex *roots, int length, ex *last); /* marks every node that the roots use */

/* ---- parse.c ---- */

void parse_start(void);
void declare(const char *prefix, const char *name, int group, ex value); /* group 0: a constant */
ex expression(const char *text, int groups); /* as it is written; may use constants and these groups */

/* ---- problem.c ---- */

typedef struct
{
    ex *e;
    int length, room;
} list_t;

typedef struct
{
    int n, N, flat; /* coordinates; components of the state (q, p, R, W, M); is the static rule allowed? */
    mpq_t lower, upper;
    int has_upper;
    char *coordinate[MAX_N];
    mpq_t lo[MAX_N], hi[MAX_N];
    /* Each list ends with what must be defined and positive where it is evaluated. */
    list_t field;   /* the derivative of the state */
    list_t initial; /* p, R - C, W and M - 1/C at time 0 */
    list_t still;   /* the upper triangle of F of the static rule */
} problem_t;

extern problem_t problem;
void append(list_t *list, ex e);
void read_problem(void);

/* ---- identity.c, quotient.c ---- */

/* A quotient as its text gives it; parameter a is the variable PARAMETERS + a. */
typedef struct
{
    int D, fields, maps, balanced;
    ex metric;                                           /* in parameters and differentials */
    ex (*field)[MAX_PARAMETERS], (*map)[MAX_PARAMETERS]; /* generators; discrete symmetries */
    ex invariant[MAX_N], loss;                           /* loss < 0: there is none */
    const ex *section;                                   /* the substitution of the parameters */
    list_t assumed;                                      /* positive */
    mpq_t level;
} quotient_t;

void prove_quotient(const quotient_t *Q);
/* Is it proved that e = 0 wherever it is defined and what is assumed is positive? */
int vanishes(ex e, const list_t *assumed, const ex *map);

/* ---- model.c: Taylor models in fixed point ---- */

typedef struct
{
    unsigned long B; /* units of 2^-B */
    int m, K, weight, D, timed;
    int alphas, terms;
    unsigned char *exponent;                  /* m of them for each alpha */
    int *degree, *first;                      /* |alpha|; place of t^0 z^alpha */
    int fewer[2 * MAX_N + 1][MAX_DEGREE + 2]; /* [j][d]: monomials of degree < d in j variables */
    int **product;     /* product[a][b]: number of the product of the monomials a and b */
    int64_t *v, *size; /* room for products */
    i128 *small;
    mpz_t *big, *sizes, s, t;
    mpz_t unit; /* 2^B */
} space_t;

typedef struct
{
    space_t *S;
    mpz_t *c;        /* coefficients, in units of 2^-B */
    mpz_t norm, rad; /* sum of the |c|; radius */
    int *len;        /* for each alpha: powers of t up to the last that is not zero */
} model_t;

space_t *space_new(unsigned long B, int m, int K, int weight, int D, int timed);
void space_free(space_t *S);
model_t *models(int n, space_t *S);
void models_free(model_t *o, int n);
void model_settle(model_t *o); /* after c was changed */
void model_zero(model_t *o);
void model_copy(model_t *o, const model_t *a);
void model_constant(model_t *o, mpq_srcptr q);
void model_add(model_t *o, const model_t *a, const model_t *b, int sign);
void model_scale(model_t *o, const model_t *a, const mpz_t num, const mpz_t den);
void model_ratio(model_t *o, const model_t *a, long num, long den);
void model_mul(model_t *o, const model_t *a, const model_t *b);
void model_halve(model_t *o, const model_t *a, int i, int side); /* z_i becomes (z_i + side)/2 */
void model_infimum(mpz_t low, const model_t *a);
void model_least(mpz_t low, const model_t *a); /* of |a|, if it is positive */
void model_size(mpz_t size, const model_t *a);
int model_sign(const model_t *a); /* 1 or -1 if it is certain on the whole set, otherwise 0 */

/* ---- function.c ---- */

/* o = f(x); f is E_PI, E_POW (exponent q) or E_EXP ... E_SIGMOID; o is not x */
void model_function(model_t *o, const model_t *x, int f, mpq_srcptr q);

/* ---- machine.c: values of expressions on Taylor models ---- */

typedef struct
{
    space_t *S;
    const list_t *list;
    ex last;
    char *used;      /* of each node */
    model_t **value; /* of each node, if it is used */
} machine_t;

void machine_start(machine_t *M, space_t *S, const list_t *list);
void machine_end(machine_t *M);
void machine_run(machine_t *M, model_t *state);
model_t *machine_value(const machine_t *M, int i); /* of expression i of the list */

/* ---- cover.c ---- */

extern char proof_path[]; /* the node of the proof at hand */
void read_evidence(void);

#endif

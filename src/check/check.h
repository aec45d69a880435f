/* caustic-check verifies a certificate with GMP integers alone; doc/certificate.rst defines it.
   To be read in this order: text.c, expr.c, parse.c, problem.c, polynomial.c, identity.c, quotient.c,
   model.c, function.c, program.c, cover.c. One check runs at a time in a process: the line at hand, the
   expressions and the problem are static objects of their files, and reject() ends the check from anywhere.
 */
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
    MAX_VARIABLES = MAX_STATE + 2 + 2 * MAX_PARAMETERS,
    MAX_BITS = 4096,
    MAX_DEGREE = 200,
    MAX_TERMS = 20000,
    MAX_PAIRS = 1 << 24,
    MAX_DEPTH = 1000,
    MAX_LINE = 8 << 20,
    REPORTED = 200, /* characters of a line in the report */
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

/* ---- text.c: the verdict, memory, lines and tokens ---- */

typedef enum
{
    ACCEPTED,
    REJECTED,
    UNUSABLE
} verdict_t;

/* Reads a certificate; writes the theorem to report if it is not NULL, a cause of rejection to errors. */
verdict_t check_stream(FILE *in, const char *name, FILE *report, FILE *errors);

_Noreturn void reject(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *grab(size_t count, size_t size);          /* zeroed */
void *enlarge(void *p, int *room, size_t size); /* an array with twice the room */
void drop(void *p);
char *copy_text(const char *s);

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

void open_text(FILE *in);
void advance(void);               /* the line at hand must be used up; read the next and its keyword */
int line_is(const char *keyword); /* is this the keyword of the line at hand? */
void need(const char *keyword);   /* it must be */
int more(void);                   /* are there tokens left on the line? */
int next_is(const char *token);   /* is it the next token? */
void need_word(const char *token);
const char *word(void); /* the next token */
const char *rest(void); /* the rest of the line, not empty */
long count(long least, long most);
void integer(mpz_t z);
void rational(mpq_t q);
const char *name(void);
void seal(void); /* the line at hand is the seal, right, and the last */

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

/* ---- expr.c: exact expressions, numbered so that arguments come first ---- */

typedef int ex;

enum
{
    E_CONST,
    E_PI,
    E_VAR, /* a is its number */
    E_ADD,
    E_MUL, /* a constant factor is a */
    E_POW, /* b is the node of the exponent */
    E_EXP,
    E_LOG,
    E_SIN,
    E_COS,
    E_ATAN,
    E_ERF,
    E_STEP,
    E_SIGMOID,
    E_POSITIVE, /* conditions: no values, never arguments */
    E_NONZERO
};

typedef struct
{
    int kind;
    ex a, b; /* arguments */
    ex next; /* in the hash chain */
    mpq_ptr value;
} node_t;

void ex_start(void);
const node_t *ex_node(ex e);
ex ex_make(int kind, ex a, ex b); /* as it stands; the others fold */
ex ex_const(mpq_srcptr q);
ex ex_ratio(long num, unsigned long den);
ex ex_int(long v);
ex ex_var(int variable);
mpq_srcptr ex_value(ex e); /* of a constant; otherwise NULL */
int ex_is(ex e, long v);
ex ex_add(ex a, ex b);
ex ex_neg(ex a);
ex ex_sub(ex a, ex b);
ex ex_mul(ex a, ex b);
ex ex_inverse(ex a);
ex ex_pow(ex a, mpq_srcptr q);
ex ex_condition(int kind, ex e);
ex ex_substitute(ex e, const ex *map, int length);
ex ex_derivative(ex e, const ex *direction, int length);
ex ex_partial(ex e, int variable);
char *ex_reach(const ex *roots, int length, ex *last); /* marks every node that the roots use */
int ex_contains(ex e, int from, int to);               /* a variable v with from <= v < to */

/* ---- parse.c ---- */

/* A set of conditions */
typedef struct
{
    ex *e;
    int length, room;
} conditions_t;

/* Names that a text may use, in groups */
enum
{
    COORDINATE = 1,
    PARAMETER = 2,
    DIFFERENTIAL = 4,
    MOMENTUM = 8,
    CONSTANT = 16 /* a name without coordinates */
};
void parse_start(void);
void declare(const char *prefix, const char *name, int group, ex value, const conditions_t *conditions);
void note(conditions_t *list, ex condition);
ex expression(const char *text, int groups, conditions_t *list); /* adds the conditions on it to the list */
ex derivative_of_function(int kind, ex x);

/* ---- problem.c ---- */

/* A straight-line program that computes its outputs and requires its conditions. */
typedef struct
{
    int kind, a, b, out; /* a kind of node, or OP_SCALE; registers */
    mpq_srcptr value;    /* of a constant, a factor, an exponent */
} instruction_t;
enum
{
    OP_SCALE = 100
};
typedef struct
{
    instruction_t *code;
    int length, constants; /* the first so many instructions do not depend on any variable */
    int registers;
    int input[MAX_STATE + 2]; /* register of a variable, or -1 */
    int *output;
} tape_t;

typedef struct
{
    int n, N, flat; /* coordinates; components of the state; is the static rule allowed? */
    mpq_t lower, upper;
    int has_upper;
    char *coordinate[MAX_N];
    mpq_t lo[MAX_N], hi[MAX_N];
    tape_t initial, field, still; /* state at 0 from q and c; its derivative; F of the static rule */
} problem_t;

extern problem_t problem;
void read_problem(void);
void print_problem(FILE *report);

/* ---- identity.c, quotient.c ---- */

/* A quotient as its text gives it; the parameters are the variables from `first` on. */
typedef struct
{
    int D, first, fields, maps, balanced;
    ex metric[MAX_PARAMETERS][MAX_PARAMETERS];           /* i <= j */
    ex (*field)[MAX_PARAMETERS], (*map)[MAX_PARAMETERS]; /* generators; discrete symmetries */
    ex invariant[MAX_N], loss;                           /* loss < 0: there is none */
    const ex *section;                                   /* the substitution of the parameters */
    conditions_t assumed;
    mpq_t level;
} quotient_t;

void prove_quotient(const quotient_t *Q);
/* Is it proved that e = 0 wherever it is defined and what is assumed is positive? */
int vanishes(ex e, const conditions_t *assumed, const ex *map);

/* ---- model.c: Taylor models in fixed point ---- */

typedef struct space space_t;
typedef struct
{
    space_t *S;
    mpz_t *c;        /* coefficients, in units of 2^-B */
    mpz_t norm, rad; /* sum of the |c|; radius */
    int *len;        /* for each alpha: powers of t up to the last that is not zero */
    mpz_t *grade;    /* norms of each weighted degree, then of each |alpha|, if graded */
    int graded;
} model_t;

struct space
{
    unsigned long B;
    int m, K, weight, timed;
    int alphas, terms, D;
    unsigned char *exponent;     /* m of them for each alpha */
    int *degree, *first, *below; /* |alpha|; place of t^0 z^alpha; number of alpha of degree <= d */
    int *parent, *up; /* up[m a + i]: number of z_i times monomial a; parent: without its last variable */
    int **product;    /* product[a][b]: number of the product of the monomials a and b */
    int64_t *u, *v;
    i128 *small;
    mpz_t *big;
};

space_t *space_new(unsigned long B, int m, int K, int weight, int D, int timed);
void space_free(space_t *S);
void model_start(model_t *o, space_t *S);
void model_end(model_t *o);
void model_settle(model_t *o); /* after c was changed */
void model_zero(model_t *o);
void model_copy(model_t *o, const model_t *a);
void model_constant(model_t *o, mpq_srcptr q);
void model_put(model_t *o, int i, const mpz_t num, const mpz_t den); /* c_i += num/den */
void model_add(model_t *o, const model_t *a, const model_t *b, int sign);
void model_shift(model_t *o, const model_t *number); /* o += a number in units of its own */
void model_scale(model_t *o, const model_t *a, const mpz_t num, const mpz_t den);
void model_mul(model_t *o, model_t *a, model_t *b);
void model_halve(model_t *o, const model_t *a, int i, int side); /* z_i becomes (z_i + side)/2 */
void model_infimum(mpz_t low, const model_t *a);
int model_sign(const model_t *a); /* 1 or -1 if it is certain on the whole set, otherwise 0 */

/* ---- function.c ---- */

/* o = op(x); op is E_PI, E_POW (exponent -1 <= f < 1) or E_EXP ... E_SIGMOID; o is not x */
void model_function(model_t *o, const model_t *x, int op, mpq_srcptr f);

/* ---- program.c ---- */

void compile(tape_t *tape, const ex *output, int outputs, const conditions_t *list);

typedef struct
{
    const tape_t *tape;
    space_t *S;
    model_t *own, **reg;
} machine_t;

void machine_start(machine_t *M, const tape_t *tape, space_t *S);
void machine_end(machine_t *M);
void machine_bind(machine_t *M, int variable, model_t *value);
void machine_run(machine_t *M);

/* ---- cover.c ---- */

extern char proof_path[]; /* the node of the proof at hand */
void read_evidence(void);
void print_evidence(FILE *report);

#endif

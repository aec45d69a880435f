/* caustic-check verifies a certificate with GMP integers alone; doc/certificate.rst defines it.
   To be read in this order: text.c, expr.c, problem.c, taylor.c, function.c, cover.c.
   One check runs at a time in a process: the line at hand, the expressions and the problem are
   static objects of their files, and reject() ends the check from anywhere. */
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
    REPORTED = 200, /* characters of a line in the report */
    MAX_EXPRESSION = 1 << 20,
    MAX_NODES = 1 << 20,
    MAX_NESTING = 200,
    MAX_NAMES = 1000,
    MAX_DIGITS = 16384,   /* of a number in the text */
    MAX_CONSTANT = 65536, /* bits of an exact constant or of a coefficient */
    MAX_EXPONENT = 1 << 20
};
#ifndef MAX_MEMORY
#define MAX_MEMORY ((size_t) 2 << 30)
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
void *grab(size_t count, size_t size); /* zeroed */
void drop(void *p);
char *copy_text(const char *s);

void open_text(FILE *in);
void advance(void);               /* the line at hand must be used up; read the next and its keyword */
int line_is(const char *keyword); /* is this the keyword of the line at hand? */
void need(const char *keyword);   /* it must be */
int more(void);                   /* are there tokens left on the line? */
int next_is(const char *token);   /* is it the next token? */
void need_word(const char *token);
const char *word(void); /* the next token */
const char *rest(void);           /* the rest of the line, not empty */
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
    E_VAR,
    E_ADD,
    E_MUL,
    E_POW, /* b is the node of a constant exponent */
    E_EXP,
    E_LOG,
    E_SIN,
    E_COS,
    E_ATAN,
    E_ERF,
    E_STEP, /* 1 for x > 0, 0 for x < 0 */
    E_ASIN, /* from here on: kinds for the sake of their derivatives, replaced before they are evaluated */
    E_SIGMOID,
    E_SOFTPLUS
};

typedef struct
{
    int kind;
    ex a, b; /* arguments; of E_VAR, a is its number */
    ex next; /* in the hash chain */
    mpq_ptr value;
} node_t;

void ex_start(void);
const node_t *ex_node(ex e);
ex ex_make(int kind, ex a, ex b); /* as it stands */
ex ex_const(mpq_srcptr q);
ex ex_int(long v);
ex ex_var(int variable);
ex ex_add(ex a, ex b); /* these fold */
ex ex_sub(ex a, ex b);
ex ex_mul(ex a, ex b);
ex ex_pow(ex a, ex exponent);
ex ex_inverse(ex a);
int ex_is(ex e, long v);
ex ex_substitute(ex e, const ex *map, int length); /* folds; map[v] replaces variable v unless negative */
ex *ex_images(ex e, const ex *map, int length);    /* the same for every node that e uses; to be dropped */
ex ex_derivative(ex e, int variable);
char *ex_reach(const ex *roots, int length, ex *last); /* marks every node that the roots use */
int ex_contains(ex e, int from, int to);               /* a variable v with from <= v < to */

/* Names that a text may use, in groups; an expression is read as it stands, without folding. */
enum
{
    COORDINATE = 1,
    PARAMETER = 2,
    DIFFERENTIAL = 4,
    MOMENTUM = 8,
    CONSTANT = 16 /* a name without coordinates */
};
void declare(const char *prefix, const char *name, int group, ex value);
ex expression(const char *text, int groups);

/* ---- problem.c ---- */

typedef struct
{
    ex *e;
    char *positive; /* e > 0 is required; otherwise e != 0 */
    int length, room;
} conditions_t;

/* A straight-line program that computes its outputs and requires its conditions. */
typedef struct
{
    int op; /* an E_ kind, or one of these */
    int a, b, out;
    mpq_srcptr value;
} instruction_t;
enum
{
    OP_SCALE = 100,
    OP_POSITIVE,
    OP_NONZERO
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

/* ---- taylor.c: Taylor models in fixed point ---- */

typedef struct space space_t;
typedef struct
{
    space_t *S;
    mpz_t *c;                 /* coefficients, in units of 2^-B */
    mpz_t *grade, *order;     /* norm of each weighted degree; of each |alpha| */
    mpz_t norm, rad;          /* of all; radius */
    int *len;                 /* for each alpha: powers of t up to the last that is not zero */
    int narrow;               /* norm < 2^62, and w is a copy of c */
    int64_t *w;
} model_t;

struct space
{
    unsigned long B;
    int m, K, weight, timed;
    int alphas, terms, D;
    unsigned char *exponent; /* m of them for each alpha */
    int *degree, *first, *below; /* |alpha|; place of t^0 z^alpha; number of alpha of degree <= d */
    int **sum; /* sum[a][b]: number of the product of the monomials a and b */
    i128 *small;
    mpz_t *big, *coefficient, *slack;
    model_t spare;
};

space_t *space_new(unsigned long B, int m, int K, int weight, int D, int timed);
void space_free(space_t *S);
int space_rank(const space_t *S, const unsigned char *alpha);
void model_start(model_t *o, space_t *S);
void model_end(model_t *o);
void model_settle(model_t *o); /* after c was changed */
void model_zero(model_t *o);
void model_copy(model_t *o, const model_t *a);
void model_constant(model_t *o, mpq_srcptr q);
void model_put(model_t *o, int i, const mpz_t num, const mpz_t den); /* c_i += num/den */
void model_add(model_t *o, const model_t *a, const model_t *b, int sign);
void model_add_ball(model_t *o, const mpz_t c, const mpz_t r);
void model_scale(model_t *o, const model_t *a, const mpz_t num, const mpz_t den);
void model_mul(model_t *o, const model_t *a, const model_t *b);
void model_halve(model_t *o, const model_t *a, int i, int side); /* z_i becomes (z_i + side)/2 */
void model_infimum(mpz_t low, const model_t *a);
int model_sign(const model_t *a); /* 1 or -1 if it is certain on the whole set, otherwise 0 */

/* ---- function.c ---- */

/* o = op(x); op is E_PI, E_POW (exponent f = -1 or 0 < f < 1) or E_EXP ... E_STEP; o is not x */
void model_function(model_t *o, model_t *x, int op, mpq_srcptr f);

/* ---- cover.c ---- */

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

void read_evidence(void);
void print_evidence(FILE *report);

#endif

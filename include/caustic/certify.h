/* caustic/certify.h -- the first shock time over a box, enclosed from both sides and certified. */
#ifndef CAUSTIC_CERTIFY_H
#define CAUSTIC_CERTIFY_H

#include <caustic/problem.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What has been reached so far; passed to the caller's callback from time to time, never from two threads at
 * once. */
typedef struct
{
    double seconds;
    double lower;  /* the lower bound proved so far; 0 if none */
    double upper;  /* HUGE_VAL if none */
    double target; /* the lower bound being proved */
    double done;   /* share of the domain settled for it, 0 to 1 */
    slong boxes;
} cst_certify_progress_t;

/* Zero-initialize, then set what you need. */
typedef struct
{
    fmpq tolerance[1];  /* width of the enclosure asked for; 0: the problem's, or 1e-6 */
    slong bits;         /* of the fixed-point numbers; 0: chosen from the tolerance */
    int threads;        /* 0: all cores */
    double time_limit;  /* seconds; 0: none */
    const char *resume; /* a state or a certificate of the same problem, whose boxes and witness guide the
                           search; or NULL */
    /* Called about ten times a second; a value other than 0 stops the search with what is reached. May be
     * NULL. */
    int (*progress)(void *data, const cst_certify_progress_t *progress);
    void *data;
} cst_certify_options_t;

typedef enum
{
    CST_CERTIFY_CERTIFIED, /* lower <= t* <= upper, to the tolerance */
    CST_CERTIFY_PARTIAL,   /* the same, but wider; or one bound only */
    CST_CERTIFY_NO_SHOCK   /* no focal time in [0, horizon]; lower = horizon */
} cst_certify_verdict_t;

typedef struct
{
    cst_certify_verdict_t verdict;
    fmpq_t lower; /* 0: no lower bound was reached */
    fmpq_t upper;
    int has_upper;
    fmpz_poly_t exact; /* if has_exact: the minimal polynomial of t*, its only root in [lower, upper] */
    int has_exact;     /* on the line, for quadratic H and polynomial u0 with rational coefficients */
    slong dimension;
    fmpq *point; /* the witness: a starting point with a focal time before upper */
    fmpz *direction;
    slong boxes; /* leaves of the cover */
    slong bits;
    double seconds;
    char reason[256];  /* why a partial result is partial */
    char *certificate; /* the text, NULL if nothing was proved; owned */
    size_t certificate_length;
    char *state; /* of a partial result: what `resume` takes up, certificate or not; owned, or NULL */
    size_t state_length;
} cst_certify_result_struct;
typedef cst_certify_result_struct cst_certify_result_t[1];

/* Encloses t*(D) = the infimum of the first focal times of the characteristics that start in the domain, by
   the monotone matrix theorem (see doc/certificate.rst). Every bound in the result is proved and its evidence
   is in the certificate. Returns CST_OK (certified, or no shock), CST_PARTIAL, or an error with nothing to
   clear. */
CST_API cst_status_t cst_certify(cst_certify_result_t result, const cst_problem_t problem,
                                 const cst_certify_options_t *options, cst_error_t *error);
CST_API void cst_certify_result_clear(cst_certify_result_t result);

#ifdef __cplusplus
}
#endif

#endif

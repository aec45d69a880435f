/* The search: a witness gives the upper bound, a cover of the domain the lower one, closer and closer to it.
 */
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <caustic/certify.h>

#include "certify/exact.h"
#include "certify/grid.h"
#include "certify/resume.h"
#include "core/double.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION
#define DEFAULT_HORIZON 10
#define BOX_LIMIT 2000000
#define COARSEST_GAP 8 /* the first claim is upper (1 - 1/8) */
#define GAP_RATIO 16   /* and each next one is so much closer */
#define MOST_WITNESSES 12
#define MOST_WITNESS_BITS 128

typedef struct
{
    const cst_problem_struct *problem;
    const cst_certify_options_t *options;
    cst_certify_result_struct *result;
    cst_hj_t hj;
    cst__tapes_t tapes;
    fmpq_t tolerance, horizon;
    double lower[N], upper[N]; /* the domain, in doubles */
    double place[N];           /* of the least focal time found, and that time */
    double focal_time;
    double resumed[N]; /* the place of an earlier witness, if has_resumed */
    int has_resumed;
    slong grid; /* claims are multiples of 2^-grid */
    cst__node_t *root;
    cst__cert_text_t witness;
    struct timespec start;
    double last_progress;
    double target;
    int out_of_time;
    int stopped;
} search_t;

static double
elapsed(const search_t *s)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) (now.tv_sec - s->start.tv_sec) + 1e-9 * (double) (now.tv_nsec - s->start.tv_nsec);
}

/* Called by the cover's threads, one at a time. */
static int
should_stop(void *data, double done, slong boxes)
{
    search_t *s = data;
    double now = elapsed(s);
    cst_certify_progress_t p;

    if (s->options->time_limit > 0 && now > s->options->time_limit)
        s->out_of_time = s->stopped = 1;
    if (s->stopped)
        return 1;
    if (!s->options->progress || now - s->last_progress < 0.1)
        return 0;
    s->last_progress = now;
    p.seconds = now;
    p.lower = cst__fmpq_to_double(s->result->lower);
    p.upper = s->result->has_upper ? cst__fmpq_to_double(s->result->upper) : HUGE_VAL;
    p.target = s->target;
    p.done = done;
    p.boxes = boxes;
    s->stopped = s->options->progress(s->options->data, &p);
    return s->stopped;
}

/* The same before and between covers. */
static int
should_stop_here(void *data)
{
    return should_stop(data, 0, 0);
}

static cst__hunt_t
hunt(search_t *s, double horizon)
{
    return (cst__hunt_t){
        &s->tapes, s->lower, s->upper, horizon, cst__fmpq_to_double(s->tolerance) / 64, should_stop_here, s};
}

/* The simplest point near s->place whose focal time is as good within slack; returns that time. */
static double
simple_point(fmpq *point, const search_t *s, double slack)
{
    slong n = s->problem->dimension;
    double at[N], focal_time = HUGE_VAL;

    for (int fine = 8; fine <= 40 && !(focal_time < s->focal_time + slack); fine += 8)
    {
        for (slong i = 0; i < n; i++)
        {
            cst__grid_point(point + i, s->place[i], s->problem->lower + i, s->problem->upper + i,
                            s->upper[i] - s->lower[i], fine);
            at[i] = cst__fmpq_to_double(point + i);
        }
        focal_time = cst__guide_focal_time(&s->tapes, at, 2 * s->focal_time, CST__GUIDE_FINE);
    }
    return focal_time;
}

/* Proves a focal time near that of s->place; a new upper bound if it is better. */
static cst_status_t
find_witness(search_t *s)
{
    cst_certify_result_struct *r = s->result;
    slong n = s->problem->dimension;
    fmpq *point = _fmpq_vec_init(n);
    fmpz *direction = _fmpz_vec_init(n);
    cst__cert_text_t text;
    fmpq_t end;
    cst_status_t status = CST_UNDECIDED;
    /* the guide computes in doubles, so the witness cannot come closer than this */
    double slack = fmax(cst__fmpq_to_double(s->tolerance) / 32, ldexp(s->focal_time, -48)), focal_time;

    fmpq_init(end);
    cst__cert_init(&text);
    focal_time = simple_point(point, s, slack / 4);
    for (slong more = 0; more <= MOST_WITNESS_BITS;
         more += 32) /* a characteristic may lose many bits on its way */
    {
        status = cst__prove_witness(end, direction, &text, &s->tapes, point,
                                    fmin(focal_time, 2 * s->focal_time), slack, s->grid, r->bits + more,
                                    more + 32 > MOST_WITNESS_BITS, should_stop_here, s);
        if (status != CST_UNDECIDED)
            break;
    }
    if (status == CST_OK && (!r->has_upper || fmpq_cmp(end, r->upper) < 0))
    {
        r->has_upper = 1;
        fmpq_set(r->upper, end);
        for (slong i = 0; i < n; i++)
        {
            fmpq_set(r->point + i, point + i);
            fmpz_set(r->direction + i, direction + i);
        }
        cst__cert_clear(&s->witness);
        s->witness = text;
        cst__cert_init(&text);
    }
    cst__cert_clear(&text);
    fmpq_clear(end);
    _fmpq_vec_clear(point, n);
    _fmpz_vec_clear(direction, n);
    return status;
}

/* Writes down what is proved: the claim, the witness and the cover. */
static void
record(search_t *s, const fmpq_t lower)
{
    cst_certify_result_struct *r = s->result;
    cst__cert_text_t text;

    cst__cert_init(&text);
    fmpq_set(r->lower, lower);
    cst__cert_head(&text, s->problem->title, lower, r->has_upper ? r->upper : NULL, s->problem->statement);
    if (r->has_upper)
        cst__cert_append(&text, s->witness.bytes, s->witness.length);
    cst__cert_append(&text, "cover\n", 6);
    r->boxes = cst__cover_print(&text, s->root);
    cst__cert_append(&text, "end\n", 4);
    cst__cert_seal(&text);
    flint_free(r->certificate);
    r->certificate = text.bytes;
    r->certificate_length = text.length;
}

static cst__cover_answer_t
settle_up_to(search_t *s, const fmpq_t lower, const fmpq_t ample)
{
    cst__cover_task_t task;
    cst__cover_answer_t answer;
    double place[N];

    memset(&task, 0, sizeof task);
    task.tapes = &s->tapes;
    task.domain_lower = s->problem->lower;
    task.domain_upper = s->problem->upper;
    fmpq_init(task.lower);
    fmpq_init(task.ample);
    fmpq_set(task.lower, lower);
    fmpq_set(task.ample, ample);
    task.upper = s->result->has_upper ? cst__fmpq_to_double(s->result->upper) : HUGE_VAL;
    task.bits = s->result->bits;
    task.box_limit = BOX_LIMIT;
    task.threads = s->options->threads > 0 ? s->options->threads : (int) sysconf(_SC_NPROCESSORS_ONLN);
    task.stop = should_stop;
    task.data = s;
    s->target = cst__fmpq_to_double(lower);
    answer = cst__cover_settle(s->root, &task, place);
    if (answer == CST__COVER_BEATEN)
        memcpy(s->place, place, sizeof place);
    fmpq_clear(task.lower);
    fmpq_clear(task.ample);
    return answer;
}

/* gap(k) = upper/8/16^k, at last 0.9 tolerance; 1 for the last. */
static int
claim(fmpq_t lower, const search_t *s, int rung)
{
    double upper = cst__fmpq_to_double(s->result->upper), last = 0.9 * cst__fmpq_to_double(s->tolerance);
    double gap = upper / COARSEST_GAP / pow(GAP_RATIO, rung);
    fmpq_t g;

    fmpq_init(g);
    fmpz_set_d(fmpq_numref(g), floor(ldexp(fmax(gap, last), (int) s->grid)));
    fmpz_one_2exp(fmpq_denref(g), (ulong) s->grid);
    fmpq_canonicalise(g);
    fmpq_sub(lower, s->result->upper, g);
    fmpq_clear(g);
    return gap <= last;
}

static void
give_reason(search_t *s, cst__cover_answer_t answer)
{
    const char *reason =
        answer == CST__COVER_STOPPED || s->stopped
            ? s->out_of_time ? "the time limit was reached" : "interrupted"
        : answer == CST__COVER_BEATEN
            ? "the starting points found for the upper bound did not come close enough to the infimum"
            : "boxes became too small or too many";

    snprintf(s->result->reason, sizeof s->result->reason, "%s", reason);
}

/* With a witness: claims ever closer to it, until the tolerance is met. */
static cst_status_t
close_the_gap(search_t *s)
{
    cst__cover_answer_t answer = CST__COVER_DONE;
    int rung = 0, witnesses = 1;
    fmpq_t lower;
    cst_status_t status = CST_PARTIAL;

    fmpq_init(lower);
    for (;;)
    {
        int last = claim(lower, s, rung);

        answer = settle_up_to(s, lower, s->result->upper);
        if (answer == CST__COVER_DONE)
        {
            record(s, lower);
            if (last)
            {
                status = CST_OK;
                break;
            }
            rung++;
        }
        else if (answer == CST__COVER_BEATEN && witnesses++ < MOST_WITNESSES)
        {
            cst__hunt_t near = hunt(s, 2 * cst__fmpq_to_double(s->result->upper));

            s->focal_time = cst__guide_descend(s->place, &near, 0.01);
            if (find_witness(s) != CST_OK)
                break;
        }
        else
            break;
    }
    if (status == CST_OK)
    {
        s->result->verdict = CST_CERTIFY_CERTIFIED;
        s->result->has_exact = cst__exact_time(s->result->exact, &s->hj, s->problem->lower, s->problem->upper,
                                               s->result->lower, s->result->upper);
    }
    else
        give_reason(s, answer);
    fmpq_clear(lower);
    return status;
}

/* Without one: no focal time up to the horizon. CST_UNDECIDED when a place with a focal time turned up. */
static cst_status_t
prove_no_shock(search_t *s)
{
    cst__cover_answer_t answer;
    fmpq_t end;
    cst_status_t status = CST_OK;

    fmpq_init(end);
    cst__grid_above(end, s->horizon, s->grid);
    answer = settle_up_to(s, end, end);
    if (answer == CST__COVER_DONE)
    {
        record(s, end);
        s->result->verdict = CST_CERTIFY_NO_SHOCK;
    }
    else if (answer == CST__COVER_BEATEN)
        status = CST_UNDECIDED;
    else
    {
        give_reason(s, answer);
        status = CST_PARTIAL;
    }
    fmpq_clear(end);
    return status;
}

static cst_status_t
search(search_t *s)
{
    double horizon = cst__fmpq_to_double(s->horizon), resumed = HUGE_VAL;
    cst__hunt_t near = hunt(s, horizon), far = hunt(s, 2 * horizon);
    cst_status_t status;

    s->focal_time = cst__guide_minimum(s->place, &near);
    if (s->has_resumed)
        resumed = cst__guide_focal_time(&s->tapes, s->resumed, horizon, CST__GUIDE_FINE);
    if (resumed < s->focal_time)
    {
        memcpy(s->place, s->resumed, sizeof s->place);
        s->focal_time = resumed;
    }
    if (!(s->focal_time < horizon))
    {
        status = prove_no_shock(s);
        if (status != CST_UNDECIDED)
            return status;
        s->focal_time = cst__guide_descend(s->place, &far, 0.01);
    }
    status = find_witness(s);
    if (status != CST_OK)
    {
        snprintf(s->result->reason, sizeof s->result->reason, "%s",
                 "no starting point with a focal time could be proved");
        if (s->stopped)
            give_reason(s, CST__COVER_STOPPED);
        return status == CST_UNDECIDED ? CST_PARTIAL : status;
    }
    return close_the_gap(s);
}

static void
set_precision(search_t *s)
{
    slong fine = (slong) ceil(-log2(cst__fmpq_to_double(s->tolerance)));

    s->grid = FLINT_MAX(24, fine + 6);
    s->result->bits = s->options->bits > 0 ? s->options->bits : FLINT_MAX(52, fine + 24);
    if (s->result->bits < s->grid)
        s->grid = s->result->bits;
}

static cst_status_t
prepare(search_t *s, cst_error_t *error)
{
    const cst_problem_struct *p = s->problem;
    cst_status_t status;

    s->hj.ctx = p->ctx;
    s->hj.dimension = p->dimension;
    s->hj.coordinates = p->coordinates;
    s->hj.momenta = p->momenta;
    s->hj.hamiltonian = p->hamiltonian;
    s->hj.initial = p->initial;
    s->hj.positive = p->positive;
    s->hj.positive_length = p->positive_length;
    status = cst__tapes_init(&s->tapes, &s->hj, error);
    if (status != CST_OK)
        return status;
    if (fmpq_sgn(s->options->tolerance) > 0)
        fmpq_set(s->tolerance, s->options->tolerance);
    else if (fmpq_sgn(p->tolerance) > 0)
        fmpq_set(s->tolerance, p->tolerance);
    else
        fmpq_set_si(s->tolerance, 1, 1000000);
    if (fmpq_sgn(p->horizon) > 0)
        fmpq_set(s->horizon, p->horizon);
    else
        fmpq_set_si(s->horizon, DEFAULT_HORIZON, 1);
    for (slong i = 0; i < p->dimension; i++)
    {
        s->lower[i] = cst__fmpq_to_double(p->lower + i);
        s->upper[i] = cst__fmpq_to_double(p->upper + i);
    }
    set_precision(s);
    return CST_OK;
}

static void
save_state(search_t *s)
{
    cst__cert_text_t text;

    cst__cert_init(&text);
    cst__resume_write(&text, s->problem->statement, s->result->has_upper ? s->result->point : NULL,
                      s->problem->dimension, s->root);
    s->result->state = text.bytes;
    s->result->state_length = text.length;
}

static cst_status_t
take_up_resume(search_t *s, cst_error_t *error)
{
    slong n = s->problem->dimension;
    fmpq *point = _fmpq_vec_init(n);
    cst_status_t status = cst__resume_read(point, &s->has_resumed, s->root, s->options->resume,
                                           s->problem->statement, n, error);

    for (slong i = 0; i < n; i++) /* a guess like any other, but inside the domain */
        s->resumed[i] = fmin(fmax(cst__fmpq_to_double(point + i), s->lower[i]), s->upper[i]);
    _fmpq_vec_clear(point, n);
    return status;
}

cst_status_t
cst_certify(cst_certify_result_t result, const cst_problem_t problem, const cst_certify_options_t *options,
            cst_error_t *error)
{
    search_t s;
    cst_status_t status;
    slong n = problem->dimension;

    if (n > CST__LARGEST_DIMENSION)
        return cst_error_set(error, CST_REFUSED, "more than %d coordinates", CST__LARGEST_DIMENSION);
    memset(&s, 0, sizeof s);
    if (!problem->statement)
        return cst_error_set(error, CST_REFUSED, "the problem has no quotient, domain or initial function");
    memset(result, 0, sizeof *result);
    clock_gettime(CLOCK_MONOTONIC, &s.start);
    s.problem = problem;
    s.options = options;
    s.result = result;
    s.root = cst__cover_new();
    cst__cert_init(&s.witness);
    fmpq_init(s.tolerance);
    fmpq_init(s.horizon);
    fmpq_init(result->lower);
    fmpq_init(result->upper);
    fmpz_poly_init(result->exact);
    result->verdict = CST_CERTIFY_PARTIAL;
    result->dimension = n;
    result->point = _fmpq_vec_init(n);
    result->direction = _fmpz_vec_init(n);
    status = prepare(&s, error);
    if (status == CST_OK)
    {
        if (options->resume)
            status = take_up_resume(&s, error);
        if (status == CST_OK)
            status = search(&s);
        if (status == CST_PARTIAL)
            save_state(&s);
        cst__tapes_clear(&s.tapes);
    }
    result->seconds = elapsed(&s);
    cst__cover_free(s.root);
    cst__cert_clear(&s.witness);
    fmpq_clear(s.tolerance);
    fmpq_clear(s.horizon);
    if (status != CST_OK && status != CST_PARTIAL)
        cst_certify_result_clear(result);
    return status;
}

void
cst_certify_result_clear(cst_certify_result_t result)
{
    fmpq_clear(result->lower);
    fmpq_clear(result->upper);
    fmpz_poly_clear(result->exact);
    _fmpq_vec_clear(result->point, result->dimension);
    _fmpz_vec_clear(result->direction, result->dimension);
    flint_free(result->certificate);
    flint_free(result->state);
    result->certificate = result->state = NULL;
}

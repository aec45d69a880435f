#include <math.h>

#include "flow/model.h"
#include "flow/series.h"

/* How often the radii may grow before a step is given up, and how small a step may get: a part of the whole
   way, since ever smaller steps announce radii that explode. */
#define INCLUSION_TRIALS 7
#define SMALLEST_STEP_OF_A_POINT 20
#define SMALLEST_STEP_OF_A_BOX 9
#define SPARE_UNITS 4096
#define SHORTENINGS 3 /* of a step whose truncation adds too much */

void
cst_tube_init(cst_tube_t tube, slong dimension, slong bits, slong parameters, slong degree, slong weight,
              slong top)
{
    cst_shape_init(tube->shape, bits, parameters, degree, weight, top);
    cst_shape_init_timeless(tube->end_shape, bits, parameters, parameters ? top : 0);
    tube->dimension = dimension;
    tube->length = 0;
    tube->capacity = 0;
    tube->steps = NULL;
    tube->state = cst__models_new(dimension, tube->end_shape);
    fmpz_init(tube->time);
    tube->stop = NULL;
    tube->stop_data = NULL;
}

void
cst_tube_clear(cst_tube_t tube)
{
    for (slong i = 0; i < tube->length; i++)
    {
        fmpz_clear(tube->steps[i].duration);
        cst__models_free(tube->steps[i].phi, tube->dimension);
    }
    flint_free(tube->steps);
    cst__models_free(tube->state, tube->dimension);
    fmpz_clear(tube->time);
    cst_shape_clear(tube->shape);
    cst_shape_clear(tube->end_shape);
}

/* One trial step: polynomials, radii, and for each component e_i and G_i of the inclusion test. */
typedef struct
{
    cst_model_struct *phi;
    fmpz *start;  /* e_i: what the polynomial misses of the initial set, plus its radius */
    fmpz *defect; /* G_i = |h f_i(phi) - phi_i'|_1 + radius */
    fmpz_t duration;
} trial_t;

static void
trial_init(trial_t *trial, const cst_tube_t tube)
{
    trial->phi = cst__models_new(tube->dimension, tube->shape);
    trial->start = _fmpz_vec_init(tube->dimension);
    trial->defect = _fmpz_vec_init(tube->dimension);
    fmpz_init(trial->duration);
}

static void
trial_clear(trial_t *trial, const cst_tube_t tube)
{
    if (trial->phi)
        cst__models_free(trial->phi, tube->dimension);
    _fmpz_vec_clear(trial->start, tube->dimension);
    _fmpz_vec_clear(trial->defect, tube->dimension);
    fmpz_clear(trial->duration);
}

static void
measure_start(trial_t *trial, const cst_tube_t tube)
{
    fmpz_t d;

    fmpz_init(d);
    for (slong i = 0; i < tube->dimension; i++)
    {
        const cst_model_struct *phi = trial->phi + i, *state = tube->state + i;

        fmpz_set(trial->start + i, state->radius);
        for (slong b = 0; b < tube->shape->blocks; b++)
        {
            fmpz_sub(d, state->coeff + b, phi->coeff + tube->shape->offset[b]);
            fmpz_abs(d, d);
            fmpz_add(trial->start + i, trial->start + i, d);
        }
    }
    fmpz_clear(d);
}

/* |h f - phi'|_1 + radius of h f, where h f = f scaled by an integer in units. */
static void
measure_defect(fmpz_t defect, const cst_model_t f, const cst_model_t phi, const fmpz_t duration)
{
    const cst_shape_struct *shape = f->shape;
    fmpz_t c, r;
    cst_model_t hf;
    fmpq_t h;

    fmpz_init(c);
    fmpz_init(r);
    fmpq_init(h);
    cst_model_init(hf, shape);
    fmpz_set(fmpq_numref(h), duration);
    fmpz_one_2exp(fmpq_denref(h), (ulong) shape->bits);
    cst_model_scale_fmpq(hf, f, h);
    fmpz_set(defect, hf->radius);
    for (slong b = 0; b < shape->blocks; b++)
        for (slong k = 0; k < cst__shape_block_length(shape, b); k++)
        {
            const fmpz *value = hf->coeff + shape->offset[b] + k;

            if (k + 1 < cst__shape_block_length(shape, b))
            {
                fmpz_mul_ui(r, phi->coeff + shape->offset[b] + k + 1, (ulong) (k + 1));
                fmpz_sub(c, value, r);
            }
            else
                fmpz_set(c, value);
            if (fmpz_sgn(c) < 0)
                fmpz_sub(defect, defect, c);
            else
                fmpz_add(defect, defect, c);
        }
    fmpz_clear(c);
    fmpz_clear(r);
    fmpq_clear(h);
    cst_model_clear(hf);
}

static int
all_positive(const cst_model_struct *outputs, slong from, slong count)
{
    int good = 1;
    fmpz_t bound;

    fmpz_init(bound);
    for (slong i = from; good && i < count; i++)
    {
        cst_model_infimum(bound, outputs + i);
        good = fmpz_sgn(bound) > 0;
    }
    fmpz_clear(bound);
    return good;
}

static int
stopped(const cst_tube_t tube)
{
    return tube->stop && tube->stop(tube->stop_data);
}

/* Is the trial proved: f defined and the positive outputs positive on the tube, and e_i + G_i < radius_i for
   all i, with room to spare, so that a checker whose arithmetic rounds otherwise agrees? The radii are
   enlarged until it is. */
static int
prove_inclusion(trial_t *trial, const cst_tube_t tube, const cst_tape_t f, const fmpz *growth)
{
    slong n = tube->dimension;
    cst_model_struct *out = cst__models_new(f->output_count, tube->shape);
    fmpz_t sum, limit;
    int proved = 0;

    fmpz_init(sum);
    fmpz_init(limit);
    fmpz_one_2exp(limit, (ulong) tube->shape->bits + 2);
    for (slong i = 0; i < n; i++)
    {
        fmpz_mul_ui(sum, trial->start + i, 5);
        fmpz_fdiv_q_2exp(sum, sum, 2);
        fmpz_add(sum, sum, growth + i);
        fmpz_add_ui(trial->phi[i].radius, sum, 2 * SPARE_UNITS);
    }
    for (int trials = 0; !proved && trials < INCLUSION_TRIALS && !stopped(tube); trials++)
    {
        int small = 1;

        if (cst_model_run_tape(out, f, trial->phi, tube->shape) != CST_OK ||
            !all_positive(out, n, f->output_count))
            break;
        proved = 1;
        for (slong i = 0; i < n; i++)
        {
            measure_defect(trial->defect + i, out + i, trial->phi + i, trial->duration);
            fmpz_add(sum, trial->start + i, trial->defect + i);
            fmpz_mul_ui(sum, sum, 33);
            fmpz_cdiv_q_2exp(sum, sum, 5);
            fmpz_add_ui(sum, sum, SPARE_UNITS);
            proved = proved && fmpz_cmp(sum, trial->phi[i].radius) < 0;
        }
        for (slong i = 0; !proved && i < n; i++)
        {
            fmpz_add(sum, trial->start + i, trial->defect + i);
            fmpz_mul_ui(sum, sum, 9);
            fmpz_fdiv_q_2exp(sum, sum, 3);
            fmpz_add_ui(trial->phi[i].radius, sum, 2 * SPARE_UNITS);
            small = small && fmpz_cmp(sum, limit) < 0;
        }
        if (!small)
            break;
    }
    cst__models_free(out, f->output_count);
    fmpz_clear(sum);
    fmpz_clear(limit);
    return proved;
}

/* By which factor could the step grow so that the last coefficients in t stay at the target? */
static double
step_factor(const cst_model_struct *phi, slong n, double target)
{
    const cst_shape_struct *shape = phi->shape;
    double factor = 4;

    for (slong b = 0; b < shape->blocks; b++)
    {
        slong last = cst__shape_block_length(shape, b) - 1;
        double size = 0;

        if (last < 2)
            continue;
        for (slong i = 0; i < n; i++)
            for (slong k = last - 1; k <= last; k++)
                size = fmax(size, fabs(fmpz_get_d(phi[i].coeff + shape->offset[b] + k)));
        size = ldexp(size, -(int) shape->bits);
        if (size > 0)
            factor = fmin(factor, pow(target / size, 1.0 / (double) last));
    }
    return factor;
}

/* phi(t) becomes phi(factor t), with the factor rounded to a fraction of 256. */
static void
shorten(trial_t *trial, slong n, double factor)
{
    slong f = (slong) fmax(1, floor(256 * fmin(factor, 1)));
    const cst_shape_struct *shape = trial->phi->shape;
    fmpz_t power;

    fmpz_init(power);
    for (slong i = 0; i < n; i++)
    {
        for (slong b = 0; b < shape->blocks; b++)
        {
            fmpz_one(power);
            for (slong k = 1; k < cst__shape_block_length(shape, b); k++)
            {
                fmpz *c = trial->phi[i].coeff + shape->offset[b] + k;

                fmpz_mul_si(power, power, f);
                fmpz_mul(c, c, power);
                fmpz_fdiv_q_2exp(c, c, (ulong) (8 * k));
            }
        }
        cst__model_refresh(trial->phi + i);
    }
    fmpz_mul_si(trial->duration, trial->duration, f);
    fmpz_fdiv_q_2exp(trial->duration, trial->duration, 8);
    fmpz_clear(power);
}

/* What truncation alone adds, the largest G_i with zero radii relative to what may be added to component i.
 */
static double
truncation_ratio(trial_t *trial, const cst_tube_t tube, const cst_tape_t f, double target)
{
    slong n = tube->dimension;
    cst_model_struct *out = cst__models_new(f->output_count, tube->shape);
    double ratio = 0, largest = 0;

    for (slong i = 0; i < n; i++)
    {
        fmpz_zero(trial->phi[i].radius);
        largest = fmax(largest, fmpz_get_d(trial->start + i));
    }
    target = ldexp(target, (int) tube->shape->bits);
    if (cst_model_run_tape(out, f, trial->phi, tube->shape) != CST_OK)
        ratio = HUGE_VAL;
    for (slong i = 0; ratio < HUGE_VAL && i < n; i++)
    {
        double allowed =
            fmax(fmax(target, 2 * SPARE_UNITS), fmax(fmpz_get_d(trial->start + i) / 4, largest / 64));

        measure_defect(trial->defect + i, out + i, trial->phi + i, trial->duration);
        ratio = fmax(ratio, fmpz_get_d(trial->defect + i) / allowed);
    }
    cst__models_free(out, f->output_count);
    return ratio;
}

/* Takes over the trial as the next step; the state becomes (phi(1, .), e + G). */
static void
accept(cst_tube_t tube, trial_t *trial)
{
    cst_tube_step_struct *step;

    if (tube->length == tube->capacity)
    {
        tube->capacity = tube->capacity ? 2 * tube->capacity : 8;
        tube->steps = flint_realloc(tube->steps, (size_t) tube->capacity * sizeof *tube->steps);
    }
    step = tube->steps + tube->length++;
    step->phi = trial->phi;
    fmpz_init_set(step->duration, trial->duration);
    trial->phi = NULL;
    fmpz_add(tube->time, tube->time, step->duration);
    for (slong i = 0; i < tube->dimension; i++)
    {
        cst_model_struct *state = tube->state + i;

        for (slong b = 0; b < tube->shape->blocks; b++)
            _fmpz_vec_sum(state->coeff + b, step->phi[i].coeff + tube->shape->offset[b],
                          cst__shape_block_length(tube->shape, b));
        fmpz_add(state->radius, trial->start + i, trial->defect + i);
        cst__model_refresh(state);
    }
}

/* One step towards end. *next is the duration to try; growth the defects of the last step. */
static cst_status_t
take_step(cst_tube_t tube, const cst_tape_t f, const fmpz_t end, const fmpz_t smallest, double target,
          fmpz_t next, fmpz *growth)
{
    trial_t trial;
    cst_status_t status;
    double factor;
    int proved = 0, is_rest;

    trial_init(&trial, tube);
    fmpz_sub(trial.duration, end, tube->time);
    is_rest = fmpz_cmp(trial.duration, smallest) < 0; /* a last step may be short */
    if (fmpz_cmp(next, trial.duration) < 0)
        fmpz_set(trial.duration, next);
    status =
        cst__series_solution(trial.phi, f, tube->state, tube->dimension, trial.duration, tube->end_shape);
    if (status == CST_OK)
    {
        factor = step_factor(trial.phi, tube->dimension, target);
        if (factor < 0.9)
            shorten(&trial, tube->dimension, factor);
        for (int i = 0; i < SHORTENINGS; i++)
        {
            double ratio;

            measure_start(&trial, tube);
            ratio = truncation_ratio(&trial, tube, f, target);
            if (ratio <= 1)
                break;
            factor = fmax(0.5, pow(ratio, -2 / (double) tube->shape->degree));
            shorten(&trial, tube->dimension, factor);
        }
        while (!proved && !stopped(tube) && (fmpz_cmp(trial.duration, smallest) >= 0 || is_rest))
        {
            measure_start(&trial, tube);
            proved = prove_inclusion(&trial, tube, f, growth);
            if (!proved)
                shorten(&trial, tube->dimension, 0.5);
            is_rest = 0;
        }
        if (fmpz_is_zero(trial.duration))
            proved = 0;
        fmpz_set(next, trial.duration);
        if (factor > 1)
        {
            fmpz_mul_si(next, next, (slong) (16 * fmin(2, 0.95 * factor)));
            fmpz_fdiv_q_2exp(next, next, 4);
        }
    }
    if (proved)
    {
        for (slong i = 0; i < tube->dimension; i++)
        {
            fmpz_mul_ui(growth + i, trial.defect + i, 5);
            fmpz_fdiv_q_2exp(growth + i, growth + i, 2);
        }
        accept(tube, &trial);
    }
    trial_clear(&trial, tube);
    return proved ? CST_OK : stopped(tube) ? CST_PARTIAL : CST_UNDECIDED;
}

cst_status_t
cst_tube_integrate(cst_tube_t tube, const cst_tape_t f, const fmpz_t end, double error_target)
{
    fmpz *growth = _fmpz_vec_init(tube->dimension);
    cst_status_t status = CST_OK;
    fmpz_t next, smallest;

    fmpz_init(next);
    fmpz_init(smallest);
    fmpz_sub(next, end, tube->time);
    fmpz_cdiv_q_2exp(smallest, next,
                     tube->shape->variables ? SMALLEST_STEP_OF_A_BOX : SMALLEST_STEP_OF_A_POINT);
    fmpz_cdiv_q_2exp(next, next, 2);
    while (status == CST_OK && fmpz_cmp(tube->time, end) < 0)
        status = stopped(tube) ? CST_PARTIAL : take_step(tube, f, end, smallest, error_target, next, growth);
    _fmpz_vec_clear(growth, tube->dimension);
    fmpz_clear(next);
    fmpz_clear(smallest);
    return status;
}

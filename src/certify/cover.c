#include <math.h>
#include <pthread.h>
#include <string.h>

#include "certify/cover.h"
#include "core/double.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION

cst__node_t *
cst__cover_new(void)
{
    cst__node_t *node = flint_calloc(1, sizeof *node);

    fmpq_init(node->proved);
    cst__cert_init(&node->evidence);
    return node;
}

void
cst__cover_free(cst__node_t *node)
{
    if (!node)
        return;
    cst__cover_free(node->child[0]);
    cst__cover_free(node->child[1]);
    fmpq_clear(node->proved);
    cst__cert_clear(&node->evidence);
    flint_free(node);
}

slong
cst__cover_print(cst__cert_text_t *text, const cst__node_t *node)
{
    if (!node->child[0])
    {
        cst__cert_append(text, node->evidence.bytes, node->evidence.length);
        return 1;
    }
    cst__cert_printf(text, "split %ld\n", (long) node->axis + 1);
    return cst__cover_print(text, node->child[0]) + cst__cover_print(text, node->child[1]);
}

void
cst__cover_print_splits(cst__cert_text_t *text, const cst__node_t *node)
{
    if (!node->child[0])
    {
        cst__cert_printf(text, "leaf\n");
        return;
    }
    cst__cert_printf(text, "split %ld\n", (long) node->axis + 1);
    cst__cover_print_splits(text, node->child[0]);
    cst__cover_print_splits(text, node->child[1]);
}

/* A leaf to settle, with its box. */
typedef struct
{
    cst__node_t *node;
    cst__box_t box;
    int depth;
} job_t;

typedef struct
{
    const cst__cover_task_t *task;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    job_t *jobs; /* a stack */
    slong length, capacity;
    int busy; /* threads at work */
    slong boxes;
    double done;
    int over;
    cst__cover_answer_t answer;
    double place[N];
} crew_t;

static void
push(crew_t *crew, cst__node_t *node, const cst__box_t *box, int depth)
{
    job_t *job;

    if (crew->length == crew->capacity)
    {
        crew->capacity = crew->capacity ? 2 * crew->capacity : 64;
        crew->jobs = flint_realloc(crew->jobs, (size_t) crew->capacity * sizeof(job_t));
    }
    job = crew->jobs + crew->length++;
    job->node = node;
    job->depth = depth;
    job->box = *box;
}

static cst__box_t
box_new(slong n)
{
    cst__box_t box = {n, _fmpq_vec_init(n), _fmpq_vec_init(n)};

    return box;
}

static void
box_clear(cst__box_t *box)
{
    _fmpq_vec_clear(box->center, box->dimension);
    _fmpq_vec_clear(box->halfwidth, box->dimension);
}

static cst__box_t
half_of(const cst__box_t *box, slong axis, int side)
{
    cst__box_t half = box_new(box->dimension);

    for (slong i = 0; i < box->dimension; i++)
    {
        fmpq_set(half.center + i, box->center + i);
        fmpq_set(half.halfwidth + i, box->halfwidth + i);
    }
    fmpq_div_2exp(half.halfwidth + axis, half.halfwidth + axis, 1);
    if (side)
        fmpq_add(half.center + axis, half.center + axis, half.halfwidth + axis);
    else
        fmpq_sub(half.center + axis, half.center + axis, half.halfwidth + axis);
    return half;
}

/* Pushes the leaves below node that are not proved up to the claim; counts those that are. */
static void
push_open_leaves(crew_t *crew, cst__node_t *node, const cst__box_t *box, int depth)
{
    if (node->child[0])
    {
        for (int side = 1; side >= 0; side--)
        {
            cst__box_t half = half_of(box, node->axis, side);

            push_open_leaves(crew, node->child[side], &half, depth + 1);
            box_clear(&half);
        }
    }
    else if (fmpq_cmp(node->proved, crew->task->lower) >= 0 && !fmpq_is_zero(node->proved))
    {
        crew->done += ldexp(1, -depth);
        crew->boxes++;
    }
    else
    {
        cst__box_t copy = box_new(box->dimension);

        for (slong i = 0; i < box->dimension; i++)
        {
            fmpq_set(copy.center + i, box->center + i);
            fmpq_set(copy.halfwidth + i, box->halfwidth + i);
        }
        push(crew, node, &copy, depth);
    }
}

static void
finish(crew_t *crew, cst__cover_answer_t answer, const double *place)
{
    if (!crew->over)
    {
        crew->over = 1;
        crew->answer = answer;
        if (place)
            memcpy(crew->place, place, (size_t) crew->task->tapes->dimension * sizeof(double));
    }
    pthread_cond_broadcast(&crew->changed);
}

static void
poll_task(crew_t *crew)
{
    if (crew->task->stop && crew->task->stop(crew->task->data, crew->done, crew->boxes))
        finish(crew, CST__COVER_STOPPED, NULL);
}

/* Polled inside of a box. */
static int
is_over(void *data)
{
    crew_t *crew = data;
    int over;

    pthread_mutex_lock(&crew->lock);
    poll_task(crew);
    over = crew->over;
    pthread_mutex_unlock(&crew->lock);
    return over;
}

/* Proves the box up to a time, and takes over the evidence. */
static cst_status_t
prove_box(job_t *job, const crew_t *crew, const fmpq_t end, const cst__effort_t *effort)
{
    slong n = job->box.dimension;
    cst_model_struct *f;
    cst_shape_t shape;
    cst__cert_text_t text;
    cst_status_t status;

    cst__cert_init(&text);
    status = cst__focal_matrix(&f, shape, &text, crew->task->tapes, &job->box, end, effort);
    if (status == CST_OK)
    {
        status = cst__prove_positive(&text, f, n, effort->halvings);
        cst__models_free(f, n * (n + 1) / 2);
        cst_shape_clear(shape);
    }
    if (status == CST_OK)
    {
        cst__cert_clear(&job->node->evidence);
        job->node->evidence = text;
        fmpq_set(job->node->proved, end);
    }
    else
        cst__cert_clear(&text);
    return status;
}

/* The room between the claim and the focal time in the middle decides how much care the box gets. In many
   dimensions polynomials are long: short ones, which small boxes are content with, are tried first. */
static int
settle(job_t *job, crew_t *crew, double *focal_time, double *center)
{
    const cst__cover_task_t *task = crew->task;
    slong n = job->box.dimension;
    double lower = cst__fmpq_to_double(task->lower), ample = cst__fmpq_to_double(task->ample), room;
    static const struct
    {
        slong degree, weight, top;
    } plan[] = {{12, 2, 2}, {16, 2, 4}, {18, 2, 6}, {20, 2, 8}};
    int is_static = task->tapes->is_static, first, last, spare;
    cst_status_t status = CST_UNDECIDED;

    for (slong i = 0; i < n; i++)
        center[i] = cst__fmpq_to_double(job->box.center + i);
    *focal_time = cst__guide_focal_time(task->tapes, center, 2 * ample, CST__GUIDE_FINE);
    if (*focal_time <= lower)
        return 0;
    room = fmin(1, (*focal_time - lower) / lower);
    first = n > 2 && !is_static ? 0 : room > 0.05 ? 1 : 2;
    last = room > 0.05 ? 1 : is_static || n > 3 ? 2 : 3;
    if (n > 4 && !is_static)
        last = 1;
    spare = !is_static && *focal_time - ample > (*focal_time - lower) / 2;
    for (int trial = first; trial <= last && status == CST_UNDECIDED; trial++)
    {
        cst__effort_t effort = {task->bits,
                                plan[trial].degree,
                                plan[trial].weight,
                                plan[trial].top,
                                fmax(room * 1e-5, ldexp(1, 12 - (int) task->bits)),
                                ample,
                                trial > 1 ? 400 : 40,
                                is_over,
                                crew};

        status = prove_box(job, crew, spare ? task->ample : task->lower, &effort);
    }
    return status == CST_OK;
}

/* The axis along which the box is widest, relative to the domain; the first one where that is much the same.
 */
static slong
split_axis(const cst__box_t *box, const cst__cover_task_t *task)
{
    slong axis = 0;
    double widest = -1;

    for (slong i = 0; i < box->dimension; i++)
    {
        double w = cst__fmpq_to_double(box->halfwidth + i) / (cst__fmpq_to_double(task->domain_upper + i) -
                                                              cst__fmpq_to_double(task->domain_lower + i));

        if (w > widest * 1.01)
        {
            widest = w;
            axis = i;
        }
    }
    return axis;
}

static void
split(crew_t *crew, job_t *job)
{
    slong axis = split_axis(&job->box, crew->task);

    job->node->axis = axis;
    for (int side = 1; side >= 0; side--)
    {
        cst__box_t half = half_of(&job->box, axis, side);

        job->node->child[side] = cst__cover_new();
        push(crew, job->node->child[side], &half, job->depth + 1);
    }
    cst__cert_clear(&job->node->evidence);
}

/* A focal time below the claim, or so little above it that no box around could be proved: the witness is not
 * good enough. */
static int
too_close(const cst__cover_task_t *task, double focal_time)
{
    double lower = cst__fmpq_to_double(task->lower);

    return focal_time <= lower || (isfinite(task->upper) && focal_time < task->upper &&
                                   focal_time - lower < 0.01 * (task->upper - lower));
}

static void
work(crew_t *crew, job_t *job)
{
    double focal_time, center[N];
    int settled;

    pthread_mutex_unlock(&crew->lock);
    settled = settle(job, crew, &focal_time, center);
    pthread_mutex_lock(&crew->lock);
    if (settled)
    {
        crew->boxes++;
        crew->done += ldexp(1, -job->depth);
    }
    else if (crew->over) /* halved, so that a search that goes on from here gets further */
        split(crew, job);
    else if (too_close(crew->task, focal_time))
        finish(crew, CST__COVER_BEATEN, center);
    else if (job->depth >= CST__COVER_DEEPEST || crew->boxes > crew->task->box_limit)
        finish(crew, CST__COVER_EXHAUSTED, center);
    else
        split(crew, job);
    box_clear(&job->box);
    poll_task(crew);
}

static void *
worker(void *data)
{
    crew_t *crew = data;

    pthread_mutex_lock(&crew->lock);
    while (!crew->over)
    {
        if (crew->length > 0)
        {
            job_t job = crew->jobs[--crew->length];

            crew->busy++;
            work(crew, &job);
            crew->busy--;
            pthread_cond_broadcast(&crew->changed);
        }
        else if (crew->busy > 0)
            pthread_cond_wait(&crew->changed, &crew->lock);
        else
            finish(crew, CST__COVER_DONE, NULL);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static void *
helper_thread(void *data)
{
    worker(data);
    flint_cleanup();
    return NULL;
}

static void
run_crew(crew_t *crew)
{
    int count = crew->task->threads, started = 0;
    pthread_t *thread = flint_malloc((size_t) (count > 0 ? count : 1) * sizeof *thread);

    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->changed, NULL);
    while (started + 1 < count && pthread_create(thread + started, NULL, helper_thread, crew) == 0)
        started++;
    worker(crew);
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&crew->lock);
    pthread_cond_destroy(&crew->changed);
    flint_free(thread);
}

cst__cover_answer_t
cst__cover_settle(cst__node_t *root, const cst__cover_task_t *task, double *place)
{
    slong n = task->tapes->dimension;
    cst__box_t domain = box_new(n);
    crew_t crew;

    memset(&crew, 0, sizeof crew);
    crew.task = task;
    for (slong i = 0; i < n; i++)
    {
        fmpq_add(domain.center + i, task->domain_lower + i, task->domain_upper + i);
        fmpq_div_2exp(domain.center + i, domain.center + i, 1);
        fmpq_sub(domain.halfwidth + i, task->domain_upper + i, domain.center + i);
    }
    push_open_leaves(&crew, root, &domain, 0);
    run_crew(&crew);
    while (crew.length > 0)
        box_clear(&crew.jobs[--crew.length].box);
    flint_free(crew.jobs);
    box_clear(&domain);
    memcpy(place, crew.place, (size_t) n * sizeof(double));
    return crew.answer;
}

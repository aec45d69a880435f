/* What main.c gives to the checker, for many checks in one process: all memory stands in a ring and is
   released when a check ends. */
#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct block
{
    struct block *before, *after;
    size_t size, unused; /* keeps what follows aligned */
} block_t;

static block_t ring = {&ring, &ring, 0, 0};
static size_t in_use;
static int running;
static jmp_buf way_out;
static char cause[400];

void
reject(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(cause, sizeof cause, format, list);
    va_end(list);
    if (running)
        longjmp(way_out, 1);
    fprintf(stderr, "%s\n", cause);
    abort();
}

void *
resize(void *p, size_t old, size_t size)
{
    block_t *b = p ? (block_t *) p - 1 : NULL;

    old = b ? b->size : 0;
    if (size > MAX_MEMORY || in_use + size > MAX_MEMORY)
        reject("too much memory");
    b = realloc(b, sizeof *b + size);
    if (b == NULL)
        abort();
    if (p == NULL)
        *b = (block_t){.before = &ring, .after = ring.after};
    b->before->after = b->after->before = b;
    b->size = size;
    in_use += size - old;
    return b + 1;
}

void
drop(void *p)
{
    block_t *b = p ? (block_t *) p - 1 : NULL;

    if (b == NULL)
        return;
    in_use -= b->size;
    b->before->after = b->after;
    b->after->before = b->before;
    free(b);
}

static void *
take(size_t size)
{
    return resize(NULL, 0, size);
}

static void
give(void *p, size_t size)
{
    (void) size;
    drop(p);
}

static void
release(void)
{
    while (ring.after != &ring)
        drop(ring.after + 1);
}

void
harness_start(void)
{
    release();
    mp_set_memory_functions(take, resize, give);
}

int
check_stream(FILE *in, FILE *errors)
{
    void *(*old_take)(size_t), *(*old_resize)(void *, size_t, size_t);
    void (*old_give)(void *, size_t);
    volatile int accepted = 0;

    mp_get_memory_functions(&old_take, &old_resize, &old_give);
    mp_set_memory_functions(take, resize, give);
    running = 1;
    proof_path[0] = 0;
    if (setjmp(way_out) == 0)
    {
        read_certificate(in);
        accepted = 1;
    }
    else
        fprintf(errors, "%lu: %s: %s\n", line_number, proof_path, cause);
    running = 0;
    mp_set_memory_functions(old_take, old_resize, old_give);
    release();
    return accepted;
}

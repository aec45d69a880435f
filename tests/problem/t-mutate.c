/* Damaged problem files are read or refused, with a place, and never more. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/problem.h>
#include <caustic/system.h>

TestSuite(problem_mutate, .timeout = 120);

#define ROOM 4096

static const char *const problems[] = {
    "caustic: 1\n"
    "constants: {c: 1/2, d: 2*c}\n"
    "manifold:\n"
    "  coordinates: [x, y]\n"
    "  where: {r: x^2 + y^2}\n"
    "  metric: 4*(dx^2 + dy^2)/(1 + r)^2\n"
    "initial: (1 - r)/(1 + d*r)\n"
    "domain: {x: [-1/2, 1/2], y: [-1/2, c]}\n"
    "certify: {tolerance: 1e-10, complete: true}\n",
    "caustic: 1\n"
    "parameters: [w, v, a]\n"
    "assume: [a > 0, w^2 + v^2 > 0]\n"
    "metric: a^2*(dw^2 + dv^2) + (w^2 + v^2)*da^2\n"
    "symmetry:\n"
    "  construction: invariant-metric\n"
    "  generators: [{w: w, v: v, a: -a}]\n"
    "  discrete: [{w: -w, a: -a, v: -v}]\n"
    "quotient:\n"
    "  coordinates: {x: a*w, y: a*v}\n"
    "  section: {w: x/s, v: y/s, a: s}\n"
    "  where: {s: sqrt(sqrt(x^2 + y^2))}\n"
    "loss: (a*w - 1)^2 + a^2*relu(w + v)\n"
    "domain: {x: [1/2, 1], y: [0, 1/2]}\n",
};

static const char *const systems[] = {
    "caustic: 1\n"
    "constants: {c: 1/2, d: 2*c}\n"
    "parameters: {m: [0.9, 1.1]}\n"
    "where: {r: x^2 + y^2}\n"
    "system: {x: m*y - r, y: -x/(1 + r)}\n"
    "initial: {x: [0, c], y: sqrt(2)}\n"
    "start: 1\n"
    "time: 2*pi\n"
    "event: x - y\n"
    "integrate: {tolerance: 1e-10}\n",
    "caustic: 1\n"
    "atlas:\n"
    "  n:\n"
    "    coordinates: [x]\n"
    "    metric: dx^2/(1 + x^2)^2\n"
    "    domain: x^2 < 4\n"
    "    transition: {s: {y: 1/x}}\n"
    "  s:\n"
    "    coordinates: [y]\n"
    "    cometric: [[(1 + y^2)^2]]\n"
    "    transition: {n: {x: 1/y}}\n"
    "initial: {x: 1}\n"
    "velocity: {x: 1/2}\n"
    "transport: {x: [1, 2]}\n"
    "time: 3\n",
};

static unsigned seed;

static size_t
below(size_t n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

/* Swaps, doubles or drops some bytes. Digits stay what they are, so that no exponent grows. */
static size_t
damage(char *text, size_t length)
{
    static const char bytes[] = "+-*/^()[]{},: \n\t\"'#&*!|>%@`xyawdpi.\\\x01\x80\xff<=";
    size_t at = below(length), other = below(length), count = 1 + below(6);

    switch (below(5))
    {
    case 0:
        text[at] = bytes[below(sizeof bytes - 1)];
        return length;
    case 1:
        count = count < length - at ? count : length - at;
        memmove(text + at, text + at + count, length - at - count);
        return length - count;
    case 2:
        if (length + 1 >= ROOM)
            return length;
        memmove(text + at + 1, text + at, length - at);
        text[at] = bytes[below(sizeof bytes - 1)];
        return length + 1;
    case 3:
        text[at] = (char) (text[at] ^ text[other]);
        text[other] = (char) (text[other] ^ text[at]);
        text[at] = (char) (text[at] ^ text[other]);
        return length;
    default:
        return at + 1; /* cut off */
    }
}

static cst_status_t
read_problem(const char *text, size_t length, cst_error_t *error)
{
    cst_problem_t problem;
    cst_status_t status = cst_problem_parse(problem, "m.yaml", text, length, error);

    if (status == CST_OK)
    {
        cr_assert(problem->dimension > 0 && strlen(problem->statement) > 0);
        cst_problem_clear(problem);
    }
    return status;
}

static cst_status_t
read_system(const char *text, size_t length, cst_error_t *error)
{
    cst_system_t system;
    cst_status_t status = cst_system_parse(system, "m.yaml", text, length, error);
    cst_atlas_charts_t charts;

    if (status == CST_OK)
    {
        cr_assert(system->dimension > 0);
        cr_assert_eq(cst_system_charts(&charts, system, error), CST_OK, "%s", error->message);
        cst_system_charts_clear(&charts);
        cst_system_clear(system);
    }
    return status;
}

static void
mutate(const char *const texts[2], cst_status_t (*read_text)(const char *, size_t, cst_error_t *),
       unsigned first, unsigned last)
{
    char text[ROOM];
    int read = 0, refused = 0;

    for (unsigned i = first; i < last; i++)
    {
        size_t length = strlen(texts[i % 2]);
        cst_error_t error;
        cst_status_t status;

        seed = i;
        memcpy(text, texts[i % 2], length);
        for (size_t k = below(3) + 1; k > 0 && length > 1; k--)
            length = damage(text, length);
        status = read_text(text, length, &error);
        cr_assert(status == CST_OK || status == CST_BAD_INPUT || status == CST_REFUSED, "seed %u: %d", i,
                  (int) status);
        read += status == CST_OK;
        refused += status != CST_OK;
        if (status != CST_OK)
            cr_assert(strlen(error.message) > 0 && error.line > 0 && error.column > 0, "seed %u: %s", i,
                      error.message);
    }
    cr_assert(read > 0 && refused > 0);
    flint_cleanup();
}

Test(problem_mutate, damaged_once)
{
    mutate(problems, read_problem, 0, 300);
}

Test(problem_mutate, damaged_again)
{
    mutate(problems, read_problem, 300, 600);
}

Test(problem_mutate, damaged_systems)
{
    mutate(systems, read_system, 0, 600);
}

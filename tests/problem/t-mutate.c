/* Damaged problem files are read or refused, with a place, and never more. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/problem.h>

TestSuite(problem_mutate, .timeout = 120);

#define ROOM 4096

static const char *const texts[] = {
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

static void
mutate(unsigned first, unsigned last)
{
    char text[ROOM];
    int read = 0, refused = 0;

    for (unsigned i = first; i < last; i++)
    {
        size_t length = strlen(texts[i % 2]);
        cst_problem_t problem;
        cst_error_t error;
        cst_status_t status;

        seed = i;
        memcpy(text, texts[i % 2], length);
        for (size_t k = below(3) + 1; k > 0 && length > 1; k--)
            length = damage(text, length);
        status = cst_problem_parse(problem, "m.yaml", text, length, &error);
        cr_assert(status == CST_OK || status == CST_BAD_INPUT || status == CST_REFUSED, "seed %u: %d", i,
                  (int) status);
        if (status == CST_OK)
        {
            cr_assert(problem->dimension > 0 && strlen(problem->statement) > 0);
            cst_problem_clear(problem);
            read++;
            continue;
        }
        cr_assert(strlen(error.message) > 0 && error.line > 0 && error.column > 0, "seed %u: %s", i,
                  error.message);
        refused++;
    }
    cr_assert(read > 0 && refused > 0);
    flint_cleanup();
}

Test(problem_mutate, damaged_once)
{
    mutate(0, 300);
}

Test(problem_mutate, damaged_again)
{
    mutate(300, 600);
}

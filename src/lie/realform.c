/* lie/realform.c -- names of simple real Lie algebras, from Cartan's table (Helgason, Differential Geometry,
   Lie Groups, and Symmetric Spaces, X.6). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lie/realform.h"

typedef struct
{
    char *name;
    slong compact;
} match_t;

/* Another name, if its maximal compact subalgebra has the right dimension. */
static void
offer(const match_t *match, slong compact, const char *format, ...)
{
    size_t used = strlen(match->name);
    va_list arguments;

    if (compact != match->compact || used > 90)
        return;
    if (used)
        used += (size_t) snprintf(match->name + used, 128 - used, " or ");
    va_start(arguments, format);
    vsnprintf(match->name + used, 128 - used, format, arguments);
    va_end(arguments);
}

static void
offer_linear(const match_t *match, long n)
{
    if (n == 2)
        offer(match, 3, "so(3)");
    else
        offer(match, n * n - 1, "su(%ld)", n);
    for (long q = 1; 2 * q <= n && n > 2; q++)
        offer(match, (n - q) * (n - q) + q * q - 1, "su(%ld,%ld)", n - q, q);
    offer(match, n * (n - 1) / 2, "sl(%ld,R)", n);
    if (n > 2 && n % 2 == 0)
        offer(match, n / 2 * (n + 1), "sl(%ld,H)", n / 2);
}

static void
offer_orthogonal(const match_t *match, long n)
{
    offer(match, n * (n - 1) / 2, "so(%ld)", n);
    for (long q = 1; 2 * q <= n; q++)
    {
        long p = n - q, compact = p * (p - 1) / 2 + q * (q - 1) / 2;

        if (n == 5 && q == 2)
            offer(match, compact, "sp(4,R)");
        else
            offer(match, compact, "so(%ld,%ld)", p, q);
    }
    if (n > 8 && n % 2 == 0) /* so*(8) = so(6,2) */
        offer(match, n * n / 4, "so*(%ld)", n);
}

static void
offer_symplectic(const match_t *match, long n)
{
    offer(match, n * (2 * n + 1), "sp(%ld)", n);
    for (long q = 1; 2 * q <= n; q++)
        offer(match, (n - q) * (2 * n - 2 * q + 1) + q * (2 * q + 1), "sp(%ld,%ld)", n - q, q);
    offer(match, n * n, "sp(%ld,R)", 2 * n);
}

/* By the character, noncompact minus compact dimension. */
static void
offer_exceptional(const match_t *match, char series, long rank, slong dimension)
{
    static const struct
    {
        char series;
        signed char rank;
        short compact[5];
    } forms[] = {{'G', 2, {14, 6}},
                 {'F', 4, {52, 36, 24}},
                 {'E', 6, {78, 52, 46, 38, 36}},
                 {'E', 7, {133, 79, 69, 63}},
                 {'E', 8, {248, 136, 120}}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (int k = 0; k < 5 && forms[i].series == series && forms[i].rank == rank; k++)
            offer(match, forms[i].compact[k], "%c%ld(%ld)", series - 'A' + 'a', rank,
                  (long) (dimension - 2 * match->compact));
}

void
cst__realform_name(char name[128], char series, slong rank, slong dimension, slong compact)
{
    match_t match = {name, compact};

    name[0] = '\0';
    if (series == 'A')
        offer_linear(&match, rank + 1);
    if (series == 'B' || series == '?')
        offer_orthogonal(&match, 2 * rank + 1);
    if (series == 'C' || series == '?')
        offer_symplectic(&match, rank);
    if (series == 'D')
        offer_orthogonal(&match, 2 * rank);
    offer_exceptional(&match, series == '?' ? 'E' : series, rank, dimension);
}

void
cst__realform_complex_name(char name[128], char series, slong rank, slong dimension)
{
    long n = rank;

    if (series == 'A')
        snprintf(name, 128, "sl(%ld,C)", n + 1);
    else if (series == 'B' && n == 2)
        snprintf(name, 128, "sp(4,C)");
    else if (series == 'B' || series == 'D')
        snprintf(name, 128, "so(%ld,C)", series == 'B' ? 2 * n + 1 : 2 * n);
    else if (series == 'C')
        snprintf(name, 128, "sp(%ld,C)", 2 * n);
    else if (series == '?')
        snprintf(name, 128, "so(%ld,C) or sp(%ld,C)%s", 2 * n + 1, 2 * n, dimension == 78 ? " or e6(C)" : "");
    else
        snprintf(name, 128, "%c%ld(C)", series - 'A' + 'a', n);
}

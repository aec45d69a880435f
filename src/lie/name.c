/* lie/name.c -- the type of a Lie algebra, and readable names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr/pool.h"
#include "lie/realform.h"
#include "lie/space.h"

/* Sums of names ------------------------------------------------------------------------- */

typedef struct
{
    char **term;
    slong length;
} sum_t;

static void
sum_add(sum_t *sum, const char *name)
{
    size_t size = strlen(name) + 1;

    sum->term = flint_realloc(sum->term, (size_t) (sum->length + 1) * sizeof *sum->term);
    sum->term[sum->length] = flint_malloc(size);
    memcpy(sum->term[sum->length++], name, size);
}

static void
sum_clear(sum_t *sum)
{
    for (slong i = 0; i < sum->length; i++)
        flint_free(sum->term[i]);
    flint_free(sum->term);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Sorts the terms from a number on. */
static void
sum_sort(sum_t *sum, slong from)
{
    if (sum->length > from)
        qsort(sum->term + from, (size_t) (sum->length - from), sizeof *sum->term, by_name);
}

static void
add_wrapped(cst__text_t *text, const char *name)
{
    int wrap = strchr(name, ' ') != NULL;

    cst__text_puts(text, wrap ? "(" : "");
    cst__text_puts(text, name);
    cst__text_puts(text, wrap ? ")" : "");
}

/* "a + b", terms of several words in parentheses where they do not stand alone. */
static char *
join(const sum_t *sum)
{
    cst__text_t text;

    cst__text_init(&text);
    cst__text_puts(&text, "");
    for (slong i = 0; i < sum->length; i++)
    {
        if (i > 0)
            cst__text_puts(&text, " + ");
        if (sum->length > 1)
            add_wrapped(&text, sum->term[i]);
        else
            cst__text_puts(&text, sum->term[i]);
    }
    return text.text;
}

/* Names of parts ------------------------------------------------------------------------- */

static char *sum_of_ideals(const cst_algebra_t g);

static void
add_format(cst__text_t *text, const char *format, const char *word, long a, long b)
{
    char buffer[256];

    snprintf(buffer, sizeof buffer, format, word, a, b);
    cst__text_puts(text, buffer);
}

/* The forms b on the abelian ideal with b(u, v) = b(v, u) and b([x, u], v) + b(u, [x, v]) = 0 for all x in g,
   rows of k^2 entries. */
static void
invariant_forms(fmpq_mat_t forms, const cst_algebra_t g, const fmpq_mat_t ideal)
{
    slong n = g->dimension, k = fmpq_mat_nrows(ideal), row;
    fmpq_mat_t moved, action, conditions;

    fmpq_mat_init(moved, k, n);
    fmpq_mat_init(action, 0, 0);
    fmpq_mat_init(conditions, k * k, (n + 1) * k * k);
    for (slong i = 0; i < n; i++)
    {
        fmpq_mat_mul(moved, ideal, g->table + i);
        cst__space_coordinates(action, ideal, moved); /* row u: the coordinates of [e_i, u] */
        for (slong u = 0; u < k; u++)
            for (slong v = 0; v < k; v++)
                for (slong w = 0; w < k; w++)
                {
                    fmpq *first = fmpq_mat_entry(conditions, w * k + v, (i * k + u) * k + v);
                    fmpq *second = fmpq_mat_entry(conditions, u * k + w, (i * k + u) * k + v);

                    fmpq_add(first, first, fmpq_mat_entry(action, u, w));
                    fmpq_add(second, second, fmpq_mat_entry(action, v, w));
                }
    }
    for (slong u = 0; u < k; u++)
        for (slong v = 0; v < u; v++)
        {
            row = (n * k + u) * k + v;
            fmpq_set_si(fmpq_mat_entry(conditions, u * k + v, row), 1, 1);
            fmpq_set_si(fmpq_mat_entry(conditions, v * k + u, row), -1, 1);
        }
    cst__space_left_kernel(forms, conditions);
    fmpq_mat_clear(moved);
    fmpq_mat_clear(action);
    fmpq_mat_clear(conditions);
}

/* The signature of the only form (up to a factor) that g leaves invariant; 0 if there is none or more. */
static int
invariant_signature(slong *p, slong *q, const cst_algebra_t g, const fmpq_mat_t ideal)
{
    slong k = fmpq_mat_nrows(ideal), t;
    int found = 0;
    fmpq_mat_t forms, form;

    fmpq_mat_init(forms, 0, 0);
    fmpq_mat_init(form, k, k);
    invariant_forms(forms, g, ideal);
    if (fmpq_mat_nrows(forms) == 1)
    {
        for (slong u = 0; u < k; u++)
            for (slong v = 0; v < k; v++)
                fmpq_set(fmpq_mat_entry(form, u, v), fmpq_mat_entry(forms, 0, u * k + v));
        cst_algebra_signature(p, q, form);
        found = *p + *q == k;
        t = *p;
        if (found && *p < *q)
        {
            *p = *q;
            *q = t;
        }
    }
    fmpq_mat_clear(forms);
    fmpq_mat_clear(form);
    return found;
}

/* If the nilradical r is abelian, of dimension k, and its own centralizer, then g/r is a subalgebra of gl(k):
   all of it for aff(k), all of so(p, q) for e(p, q); the extension splits, by Whitehead's lemma and since 1
   in gl(k) acts as 1. */
static int
name_affine(cst__text_t *text, const cst_algebra_t g, const fmpq_mat_t nilradical)
{
    slong k = fmpq_mat_nrows(nilradical), l = g->dimension - k, p, q;
    int found = 0;
    fmpq_mat_t centralizer;

    fmpq_mat_init(centralizer, 0, 0);
    cst_algebra_centralizer(centralizer, g, nilradical);
    if (k > 0 && fmpq_mat_equal(centralizer, nilradical))
    {
        found = l == k * k || (l == k * (k - 1) / 2 && invariant_signature(&p, &q, g, nilradical));
        if (l == k * k)
            add_format(text, k == 1 ? "aff(1)" : "aff(%s%ld)", "", (long) k, 0);
        else if (found)
            add_format(text, q ? "e(%s%ld,%ld)" : "e(%s%ld)", "", (long) p, (long) q);
    }
    fmpq_mat_clear(centralizer);
    return found;
}

/* Nilpotent without abelian summand. With the centre equal to [g, g] and one-dimensional, the bracket is a
   symplectic form on the quotient. */
static void
name_nilpotent(cst__text_t *text, const cst_algebra_t g)
{
    fmpq_mat_t centre, derived;

    fmpq_mat_init(centre, 0, 0);
    fmpq_mat_init(derived, 0, 0);
    cst_algebra_centre(centre, g);
    cst_algebra_derived(derived, g);
    add_format(text, "%s(%ld)",
               fmpq_mat_nrows(derived) == 1 && fmpq_mat_equal(centre, derived) ? "heisenberg" : "nilpotent",
               (long) g->dimension, 0);
    fmpq_mat_clear(centre);
    fmpq_mat_clear(derived);
}

static char *
name_of_subalgebra(const cst_algebra_t g, const fmpq_mat_t basis)
{
    char *name;
    cst_algebra_t h;

    cst_algebra_init(h);
    cst_algebra_subalgebra(h, g, basis, NULL);
    name = sum_of_ideals(h);
    cst_algebra_clear(h);
    return name;
}

/* Solvable, not nilpotent. */
static void
name_solvable(cst__text_t *text, const cst_algebra_t g, const fmpq_mat_t nilradical)
{
    char *inner = name_of_subalgebra(g, nilradical);

    if (fmpq_mat_nrows(nilradical) == g->dimension - 1)
        cst__text_puts(text, "R x| ");
    else
        add_format(text, "solvable(%s%ld) with nilradical ", "", (long) g->dimension, 0);
    add_wrapped(text, inner);
    flint_free(inner);
}

static void
name_mixed(cst__text_t *text, const cst_algebra_t g, const fmpq_mat_t levi, const fmpq_mat_t radical)
{
    char *semisimple = name_of_subalgebra(g, levi), *solvable = name_of_subalgebra(g, radical);

    add_wrapped(text, semisimple);
    cst__text_puts(text, " x| ");
    add_wrapped(text, solvable);
    flint_free(semisimple);
    flint_free(solvable);
}

/* Over R, a simple algebra over Q is a sum over the places of its centroid. */
static void
name_simple(sum_t *sum, const cst_algebra_t g)
{
    char name[128];
    cst_algebra_simple_t simple;

    cst_algebra_simple_init(simple, g, NULL);
    for (slong k = 0; k < simple->real_places; k++)
    {
        cst__realform_name(name, simple->series, simple->rank, simple->dimension, simple->compact[k]);
        sum_add(sum, name);
    }
    cst__realform_complex_name(name, simple->series, simple->rank, simple->dimension);
    for (slong k = simple->real_places; k < simple->copies; k += 2)
        sum_add(sum, name);
    cst_algebra_simple_clear(simple);
}

/* An indecomposable ideal that is not abelian. */
static void
name_ideal(sum_t *sum, const cst_algebra_t g)
{
    cst__text_t text;
    fmpq_mat_t radical, nilradical, levi;

    fmpq_mat_init(radical, 0, 0);
    fmpq_mat_init(nilradical, 0, 0);
    fmpq_mat_init(levi, 0, 0);
    cst_algebra_radical(radical, g);
    cst__text_init(&text);
    if (fmpq_mat_nrows(radical) == 0)
        name_simple(sum, g);
    else
    {
        cst_algebra_nilradical(nilradical, g);
        cst_algebra_levi(levi, g);
        if (fmpq_mat_nrows(nilradical) == g->dimension)
            name_nilpotent(&text, g);
        else if (name_affine(&text, g, nilradical))
            ;
        else if (fmpq_mat_nrows(radical) == g->dimension)
            name_solvable(&text, g, nilradical);
        else
            name_mixed(&text, g, levi, radical);
        sum_add(sum, text.text);
    }
    flint_free(text.text);
    fmpq_mat_clear(radical);
    fmpq_mat_clear(nilradical);
    fmpq_mat_clear(levi);
}

/* The whole name -------------------------------------------------------------------------- */

static void
name_abelian(sum_t *sum, slong dimension)
{
    char name[32];

    snprintf(name, sizeof name, dimension == 1 ? "R" : "R^%ld", (long) dimension);
    sum_add(sum, name);
}

static char *
sum_of_ideals(const cst_algebra_t g)
{
    sum_t sum = {NULL, 0};
    slong abelian;
    char *name;
    cst_algebra_t h;
    cst_algebra_ideals_t ideals;

    cst_algebra_init(h);
    cst_algebra_ideals_init(ideals, g);
    abelian = fmpq_mat_nrows(ideals->ideal);
    if (abelian)
        name_abelian(&sum, abelian);
    for (slong i = 1; i < ideals->length; i++)
    {
        cst_algebra_subalgebra(h, g, ideals->ideal + i, NULL);
        name_ideal(&sum, h);
    }
    if (sum.length == 0)
        sum_add(&sum, "0");
    sum_sort(&sum, abelian > 0);
    name = join(&sum);
    sum_clear(&sum);
    cst_algebra_ideals_clear(ideals);
    cst_algebra_clear(h);
    return name;
}

/* The usual name of a sum, or NULL: the exceptional isomorphisms (Helgason, X.6.4), gl and u. */
static const char *
usual_name(char buffer[64], const char *name)
{
    static const char *const usual[][2] = {
        {"so(3) + so(3)", "so(4)"},    {"sl(2,C)", "so(3,1)"}, {"sl(2,R) + sl(2,R)", "so(2,2)"},
        {"sl(2,R) + so(3)", "so*(4)"}, {"sp(4,R)", "so(3,2)"}, {"su(4)", "so(6)"},
        {"sl(2,H)", "so(5,1)"},        {"su(2,2)", "so(4,2)"}, {"sl(4,R)", "so(3,3)"},
        {"su(3,1)", "so*(6)"},         {"R + so(3)", "u(2)"}};
    char last;
    long n;

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(name, usual[i][0]) == 0)
            return usual[i][1];
    if (strchr(name, '+') && strchr(strchr(name, '+') + 1, '+'))
        return NULL;
    if (sscanf(name, "R + sl(%ld,R%c", &n, &last) == 2 && last == ')')
        snprintf(buffer, 64, "gl(%ld,R)", n);
    else if (sscanf(name, "R + su(%ld%c", &n, &last) == 2 && last == ')')
        snprintf(buffer, 64, "u(%ld)", n);
    else
        return NULL;
    return buffer;
}

static char *
full_name(const cst_algebra_t g)
{
    char buffer[64], *name = sum_of_ideals(g);
    const char *usual = usual_name(buffer, name);
    cst__text_t text;

    if (!usual)
        return name;
    cst__text_init(&text);
    cst__text_puts(&text, usual);
    cst__text_puts(&text, " = ");
    cst__text_puts(&text, name);
    flint_free(name);
    return text.text;
}

/* The complex type of a semisimple algebra. */
static char *
cartan_type(const cst_algebra_t s)
{
    sum_t sum = {NULL, 0};
    char word[64], *name;
    cst_algebra_t h;
    cst_algebra_ideals_t ideals;
    cst_algebra_simple_t simple;

    cst_algebra_init(h);
    cst_algebra_ideals_init(ideals, s);
    for (slong i = 1; i < ideals->length; i++)
    {
        cst_algebra_subalgebra(h, s, ideals->ideal + i, NULL);
        cst_algebra_simple_init(simple, h, NULL);
        if (simple->series == '?')
            snprintf(word, sizeof word, "B%ld or C%ld%s", (long) simple->rank, (long) simple->rank,
                     simple->rank == 6 ? " or E6" : "");
        else
            snprintf(word, sizeof word, "%c%ld", simple->series, (long) simple->rank);
        for (slong k = 0; k < simple->copies; k++)
            sum_add(&sum, word);
        cst_algebra_simple_clear(simple);
    }
    sum_sort(&sum, 0);
    name = join(&sum);
    sum_clear(&sum);
    cst_algebra_ideals_clear(ideals);
    cst_algebra_clear(h);
    return name;
}

/* The type ------------------------------------------------------------------------------------ */

static int
is_unimodular(const cst_algebra_t g)
{
    int unimodular = 1;
    fmpq_t trace;

    fmpq_init(trace);
    for (slong i = 0; i < g->dimension && unimodular; i++)
    {
        fmpq_mat_trace(trace, g->table + i);
        unimodular = fmpq_is_zero(trace);
    }
    fmpq_clear(trace);
    return unimodular;
}

static void
set_dimensions(cst_algebra_type_t type, const cst_algebra_t g)
{
    fmpq_mat_t w, form;

    fmpq_mat_init(w, 0, 0);
    fmpq_mat_init(form, g->dimension, g->dimension);
    type->dimension = g->dimension;
    cst_algebra_derived(w, g);
    type->derived = fmpq_mat_nrows(w);
    cst_algebra_centre(w, g);
    type->centre = fmpq_mat_nrows(w);
    cst_algebra_nilradical(w, g);
    type->nilradical = fmpq_mat_nrows(w);
    cst_algebra_radical(w, g);
    type->radical = fmpq_mat_nrows(w);
    cst_algebra_killing(form, g);
    cst_algebra_signature(&type->positive, &type->negative, form);
    fmpq_mat_clear(w);
    fmpq_mat_clear(form);
}

void
cst_algebra_type_init(cst_algebra_type_t type, const cst_algebra_t g)
{
    slong n = g->dimension;
    cst_algebra_t s;
    fmpq_mat_t levi;

    set_dimensions(type, g);
    type->abelian = type->derived == 0;
    type->nilpotent = type->nilradical == n;
    type->solvable = type->radical == n;
    type->semisimple = type->radical == 0;
    type->reductive = type->radical == type->centre;
    type->perfect = type->derived == n;
    type->unimodular = is_unimodular(g);
    cst_algebra_init(s);
    fmpq_mat_init(levi, 0, 0);
    cst_algebra_levi(levi, g);
    cst_algebra_subalgebra(s, g, levi, NULL);
    type->cartan = cartan_type(s);
    type->name = full_name(g);
    cst_algebra_clear(s);
    fmpq_mat_clear(levi);
}

void
cst_algebra_type_clear(cst_algebra_type_t type)
{
    flint_free(type->cartan);
    flint_free(type->name);
}

/* arch/census.c -- the symmetries of a network as a table. */
#include <string.h>

#include "arch/model.h"

static const char *const basis_words[] = {
    "exact: a theorem for all sizes",
    "exact for certified small models of this make, and by the same formula here",
    "a lower bound",
};

/* Do two symmetries differ in nothing but their place? */
static int
alike(const cst_arch_symmetry_t *a, const cst_arch_symmetry_t *b)
{
    return a->fact == b->fact && strcmp(a->group, b->group) == 0 && fmpz_equal(a->dimension, b->dimension);
}

/* The next symmetry from s on that is of the same kind and group as s, or -1. */
static slong
next_alike(const cst_arch_t arch, slong s)
{
    for (slong t = s + 1; t < arch->symmetry_count; t++)
        if (alike(arch->symmetries + s, arch->symmetries + t))
            return t;
    return -1;
}

static int
has_earlier(const cst_arch_t arch, slong s)
{
    for (slong t = 0; t < s; t++)
        if (alike(arch->symmetries + t, arch->symmetries + s))
            return 1;
    return 0;
}

static void
print_order(FILE *stream, const fmpz_t order, const arb_t log10)
{
    if (!fmpz_is_zero(order) && fmpz_bits(order) <= 50)
    {
        char *digits = fmpz_get_str(NULL, 10, order);

        fprintf(stream, "%s", digits);
        flint_free(digits);
    }
    else
        fprintf(stream, "10^%.2f", arf_get_d(arb_midref(log10), ARF_RND_NEAR));
}

static void
print_row(FILE *stream, const cst_arch_t arch, slong s, int every)
{
    const cst_arch_symmetry_t *symmetry = arch->symmetries + s;
    slong count = 1, last = s, t;
    fmpz_t dimension;
    char place[64];

    if (!every)
        for (t = s; (t = next_alike(arch, t)) >= 0; count++)
            last = t;
    fmpz_init(dimension);
    fmpz_mul_si(dimension, symmetry->dimension, count);
    if (count > 1)
        snprintf(place, sizeof place, "%s ... %s", symmetry->place,
                 strrchr(arch->symmetries[last].place, ' ') ? strrchr(arch->symmetries[last].place, ' ') + 1
                                                            : arch->symmetries[last].place);
    else
        snprintf(place, sizeof place, "%s", symmetry->place);
    fprintf(stream, "%-18s %-38s %-22s ", place, symmetry->fact->name, symmetry->group);
    fmpz_fprint(stream, dimension);
    if (count > 1)
    {
        fprintf(stream, " = %ld * ", (long) count);
        fmpz_fprint(stream, symmetry->dimension);
    }
    fprintf(stream, "  (%s); order ", symmetry->fact->law);
    print_order(stream, symmetry->order, symmetry->log10_order);
    if (count > 1)
        fprintf(stream, " each");
    fprintf(stream, "\n");
    fmpz_clear(dimension);
}

void
cst_arch_census_print(FILE *stream, const cst_arch_t arch, int every)
{
    fmpz_t effective;

    fmpz_init(effective);
    cst_arch_effective(effective, arch);
    fprintf(stream, "%-18s %-38s %-22s dimension  (law); discrete order\n", "place", "symmetry", "group");
    for (slong s = 0; s < arch->symmetry_count; s++)
        if (every || !has_earlier(arch, s))
            print_row(stream, arch, s, every);
    fprintf(stream, "parameters            %ld\n", (long) arch->parameters);
    fprintf(stream, "continuous redundancy ");
    fmpz_fprint(stream, arch->redundancy);
    fprintf(stream, "  (%s%s%s)\n", basis_words[arch->basis], arch->reason ? ": " : "",
            arch->reason ? arch->reason : "");
    fprintf(stream, "effective parameters  ");
    fmpz_fprint(stream, effective);
    fprintf(stream, "\nconserved quantities  ");
    fmpz_fprint(stream, arch->conserved);
    fprintf(stream, "\ndiscrete order        ");
    print_order(stream, arch->order, arch->log10_order);
    fprintf(stream, "\n");
    fmpz_clear(effective);
}

static void
json_integer(cst_io_json_t json, const char *key, const fmpz_t value)
{
    char *digits = fmpz_get_str(NULL, 10, value);

    cst_io_json_key(json, key);
    cst_io_json_number(json, digits);
    flint_free(digits);
}

static void
json_string(cst_io_json_t json, const char *key, const char *text)
{
    cst_io_json_key(json, key);
    cst_io_json_string(json, text);
}

static void
json_log10(cst_io_json_t json, const arb_t log10)
{
    char digits[40];

    snprintf(digits, sizeof digits, "%.6f", arf_get_d(arb_midref(log10), ARF_RND_NEAR));
    cst_io_json_key(json, "log10_order");
    cst_io_json_number(json, digits);
}

static void
json_symmetry(cst_io_json_t json, const cst_arch_symmetry_t *symmetry)
{
    const cst_arch_fact_t *fact = symmetry->fact;

    cst_io_json_begin_object(json);
    json_string(json, "place", symmetry->place);
    json_string(json, "name", fact->name);
    json_string(json, "group", symmetry->group);
    json_integer(json, "dimension", symmetry->dimension);
    json_string(json, "law", fact->law);
    json_string(json, "action", fact->action);
    json_integer(json, "conserved_count", symmetry->conserved);
    json_log10(json, symmetry->log10_order);
    json_string(json, "strata", fact->strata);
    json_string(json, "invariants", fact->invariants);
    json_string(json, "metric", fact->metric);
    json_string(json, "slice", fact->slice);
    json_string(json, "conserved", fact->conserved);
    json_string(json, "orbit_volume", fact->volume);
    cst_io_json_end_object(json);
}

void
cst_arch_census_members(cst_io_json_t json, const cst_arch_t arch)
{
    fmpz_t effective;

    fmpz_init(effective);
    cst_arch_effective(effective, arch);
    json_string(json, "kind", cst_arch_kind_word(arch->spec->kind));
    cst_io_json_key(json, "parameters");
    cst_io_json_integer(json, arch->parameters);
    json_integer(json, "redundancy", arch->redundancy);
    json_integer(json, "effective", effective);
    json_integer(json, "conserved", arch->conserved);
    json_log10(json, arch->log10_order);
    json_string(json, "basis", basis_words[arch->basis]);
    json_string(json, "reason", arch->reason);
    cst_io_json_key(json, "symmetries");
    cst_io_json_begin_array(json);
    for (slong s = 0; s < arch->symmetry_count; s++)
        json_symmetry(json, arch->symmetries + s);
    cst_io_json_end_array(json);
    fmpz_clear(effective);
}

void
cst_arch_census_json(cst_io_json_t json, const cst_arch_t arch)
{
    cst_io_json_begin_object(json);
    cst_arch_census_members(json, arch);
    cst_io_json_end_object(json);
}

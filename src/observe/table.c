#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/table.h"

void
cst_observe_table_init(cst_observe_table_t table)
{
    memset(table, 0, sizeof *table);
}

void
cst_observe_table_clear(cst_observe_table_t table)
{
    for (slong i = 0; i < table->length; i++)
        flint_free(table->items[i].layer);
    flint_free(table->items);
    flint_free(table->notes);
    memset(table, 0, sizeof *table);
}

void
cst_observe_words(char *text, unsigned symmetries)
{
    static const char *const words[] = {"permutations", "rescalings", "signs", "linear",
                                        "gains",        "shifts",     "basis"};
    size_t n = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (symmetries >> i & 1)
            n += (size_t) sprintf(text + n, "%s%s", n ? ", " : "", words[i]);
    if (n == 0)
        strcpy(text, "none");
}

void
cst__note(cst_observe_table_struct *table, const char *text)
{
    size_t old = table->notes ? strlen(table->notes) : 0;

    if (table->notes && strstr(table->notes, text))
        return;
    table->notes = flint_realloc(table->notes, old + strlen(text) + 2);
    sprintf(table->notes + old, "%s\n", text);
}

/* The double nearest to the centre, and a bound that covers its rounding. */
static void
to_double(double *value, double *error, const arb_t x)
{
    arb_t rest;
    mag_t bound;

    *value = *error = (double) NAN;
    if (!x || !arb_is_finite(x))
        return;
    arb_init(rest);
    mag_init(bound);
    *value = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    arb_set_d(rest, *value);
    arb_sub(rest, x, rest, OBS_PREC);
    arb_get_mag(bound, rest);
    *error = cst__up(mag_get_d(bound));
    if (*error <= 0x1p-1021 && mag_is_zero(bound))
        *error = 0;
    if (!isfinite(*value) || !isfinite(*error))
        *value = *error = (double) NAN;
    mag_clear(bound);
    arb_clear(rest);
}

void
cst__emit(const cst__sink_t *sink, const char *layer, const char *observable, const arb_t value,
          const arb_t raw, unsigned respects, const char *note)
{
    cst_observe_table_struct *t = sink->table;
    cst_observation_t *item;

    if ((t->length & (t->length - 1)) == 0)
        t->items = flint_realloc(t->items, (size_t) (t->length ? 2 * t->length : 1) * sizeof *t->items);
    item = t->items + t->length++;
    item->step = sink->step;
    item->layer = strcpy(flint_malloc(strlen(layer) + 1), layer);
    item->observable = observable;
    to_double(&item->value, &item->error, value);
    to_double(&item->raw, &item->raw_error, raw);
    item->respects = respects;
    item->invariant = (respects & sink->group) == sink->group;
    item->note = note;
    if (isnan(item->value) && !note)
        item->note = "not finite, or too ill-conditioned for a bound";
}

void
cst__emit_speed(const cst__sink_t *sink, const char *layer, const char *observable, const arb_t square,
                const arb_t raw, slong steps, unsigned respects, const char *note)
{
    arb_t v, r;

    arb_init(v);
    arb_init(r);
    arb_nonnegative_part(v, square);
    arb_sqrt(v, v, OBS_PREC);
    arb_div_si(v, v, steps, OBS_PREC);
    if (raw)
    {
        arb_sqrt(r, raw, OBS_PREC);
        arb_div_si(r, r, steps, OBS_PREC);
    }
    cst__emit(sink, layer, observable, v, raw ? r : NULL, respects, note);
    arb_clear(v);
    arb_clear(r);
}

void
cst__emit_nothing(const cst__sink_t *sink, const char *layer, const char *observable, const arb_t raw,
                  unsigned respects, const char *note)
{
    arb_t none;

    arb_init(none);
    arb_indeterminate(none);
    cst__emit(sink, layer, observable, none, raw, respects, note);
    arb_clear(none);
}

/* -p log p for p in a ball within [0, 1]; where the ball contains 0, by the bounds of x log x on [0, p]. */
static void
entropy_term(arb_t h, const arb_t p)
{
    arb_t top, zero;

    if (arb_is_positive(p))
    {
        arb_log(h, p, OBS_PREC);
        arb_mul(h, h, p, OBS_PREC);
        arb_neg(h, h);
        return;
    }
    arb_init(top);
    arb_init(zero);
    arb_get_ubound_arf(arb_midref(top), p, OBS_PREC);
    if (arf_sgn(arb_midref(top)) <= 0)
        arb_zero(h);
    else
    {
        /* increasing up to exp(-1), where it is exp(-1) */
        arb_log(h, top, OBS_PREC);
        arb_mul(h, h, top, OBS_PREC);
        arb_neg(h, h);
        if (arf_cmpabs_2exp_si(arb_midref(top), -2) > 0)
            arb_set_d(h, 0.375);
        arb_union(h, h, zero, OBS_PREC);
    }
    arb_clear(top);
    arb_clear(zero);
}

void
cst__effective_number(arb_t number, arb_srcptr w, slong length)
{
    arb_t total, p, h;

    arb_init(total);
    arb_init(p);
    arb_init(h);
    for (slong i = 0; i < length; i++)
        arb_add(total, total, w + i, OBS_PREC);
    arb_zero(number);
    for (slong i = 0; i < length; i++)
    {
        arb_div(p, w + i, total, OBS_PREC);
        if (!arb_is_finite(p))
        {
            arb_indeterminate(number);
            break;
        }
        entropy_term(h, p);
        arb_add(number, number, h, OBS_PREC);
    }
    arb_exp(number, number, OBS_PREC);
    arb_clear(total);
    arb_clear(p);
    arb_clear(h);
}

void
cst__spectrum_init(cst__spectrum_t s)
{
    arb_init(s->nuclear);
    arb_init(s->frobenius);
    arb_init(s->largest);
    arb_init(s->rank);
}

void
cst__spectrum_clear(cst__spectrum_t s)
{
    arb_clear(s->nuclear);
    arb_clear(s->frobenius);
    arb_clear(s->largest);
    arb_clear(s->rank);
}

void
cst__spectrum_set(cst__spectrum_t s, arb_srcptr sigma, slong length)
{
    arb_ptr squares = _arb_vec_init(length > 0 ? length : 1);

    arb_zero(s->nuclear);
    arb_zero(s->frobenius);
    arb_zero(s->largest);
    for (slong i = 0; i < length; i++)
    {
        arb_add(s->nuclear, s->nuclear, sigma + i, OBS_PREC);
        arb_sqr(squares + i, sigma + i, OBS_PREC);
        arb_nonnegative_part(squares + i, squares + i);
        arb_add(s->frobenius, s->frobenius, squares + i, OBS_PREC);
        if (i == 0)
            arb_set(s->largest, sigma);
    }
    arb_nonnegative_part(s->frobenius, s->frobenius);
    arb_sqrt(s->frobenius, s->frobenius, OBS_PREC);
    cst__effective_number(s->rank, squares, length);
    _arb_vec_clear(squares, length > 0 ? length : 1);
}

/* sup of |phi'| on [0, t], phi(t) = t^2 log t^2: phi' = 2t (log t^2 + 1) falls from 0 to its least value at
   exp(-3/2) > 0.223, and is at most 2.7 up to 1.1. */
static double
steepest(double t)
{
    return t <= 0.22 ? cst__up(fabs(2 * t * (2 * log(t) + 1)) + 1e-15) : 2.7;
}

/* With y = sigma / |c| and x = c / |c| at distance e, the entropy is H(y) = log |y|^2 - sum phi(y_i) / |y|^2,
   and |log |y|^2| <= 2.2 e, |1/|y|^2 - 1| <= 2.4 e for e < 0.1. */
static double
entropy_error(const double *centres, slong length, double norm, double e, double entropy)
{
    double slope = 0, change;

    for (slong i = 0; i < length; i++)
    {
        double m = steepest(cst__up(centres[i] / norm + e + 1e-300));

        slope += m * m;
    }
    change = e * sqrt(slope);
    return cst__up(2.2 * e + 2.4 * e * (entropy + change) + change);
}

/* The same from centres that are close to the singular values jointly. */
static void
spectrum_jointly(cst__spectrum_t s, const double *centres, slong length, double joint)
{
    arb_ptr squares = _arb_vec_init(length);
    double norm = cst__norm_x(centres, length), e = cst__up(joint / (norm * (1 - 1e-9)));
    arb_t t;

    arb_init(t);
    arb_zero(s->nuclear);
    arb_zero(s->frobenius);
    for (slong i = 0; i < length; i++)
    {
        arb_set_d(t, centres[i]);
        arb_add(s->nuclear, s->nuclear, t, OBS_PREC);
        arb_sqr(squares + i, t, OBS_PREC);
        arb_add(s->frobenius, s->frobenius, squares + i, OBS_PREC);
    }
    cst__ball(t, 0, cst__up(sqrt((double) length) * joint));
    arb_add(s->nuclear, s->nuclear, t, OBS_PREC);
    arb_sqrt(s->frobenius, s->frobenius, OBS_PREC);
    cst__ball(t, 0, joint);
    arb_add(s->frobenius, s->frobenius, t, OBS_PREC);
    cst__effective_number(s->rank, squares, length);
    arb_log(s->rank, s->rank, OBS_PREC);
    cst__ball(t, 0, entropy_error(centres, length, norm, e, cst__up(log((double) length + 1))));
    arb_add(s->rank, s->rank, t, OBS_PREC);
    arb_exp(s->rank, s->rank, OBS_PREC);
    arb_clear(t);
    _arb_vec_clear(squares, length);
}

void
cst__spectrum_of(cst__spectrum_t s, const cst__mat_t a)
{
    slong length;
    double *centres, joint;
    arb_ptr sigma = cst__mat_singular_values(&length, &centres, &joint, a);

    cst__spectrum_set(s, sigma, length);
    if (length > 0 && joint < 0.09 * cst__norm_x(centres, length))
        spectrum_jointly(s, centres, length, joint);
    flint_free(centres);
    _arb_vec_clear(sigma, length > 0 ? length : 1);
}

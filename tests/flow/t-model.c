/* Taylor models: the true value is inside, and the enclosure is narrow. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include <caustic/flow.h>

TestSuite(model, .timeout = 120);

#define BITS 60

/* A random polynomial model with small coefficients and radius, and the same as exact rationals. */
static void
random_model(cst_model_t x, flint_rand_t state, const cst_shape_t shape, int constant)
{
    fmpq_t c, w;

    fmpq_init(c);
    fmpq_init(w);
    cst_model_init(x, shape);
    fmpq_set_si(c, constant + (slong) n_randint(state, 3), 1);
    fmpq_set_si(w, 1 + (slong) n_randint(state, 5), 100);
    cst_model_set_parameter(x, (slong) n_randint(state, (ulong) shape->variables), c, w);
    for (slong i = 1; i < shape->length; i++)
        if (n_randint(state, 4) == 0)
            fmpz_set_si(x->coeff + i,
                        (slong) n_randint(state, UWORD(1) << (BITS - 8)) - (WORD(1) << (BITS - 9)));
    cst_model_add(x, x, x); /* refreshes the norms */
    fmpq_clear(c);
    fmpq_clear(w);
}

static void
random_place(fmpq_t time, fmpq *z, flint_rand_t state, slong m)
{
    fmpq_set_si(time, (slong) n_randint(state, 65), 64);
    for (slong i = 0; i < m; i++)
        fmpq_set_si(z + i, (slong) n_randint(state, 129) - 64, 64);
}

Test(model, a_product_contains_the_product_of_values)
{
    flint_rand_t state;
    cst_shape_t shape;
    arb_t a, b, ab;
    fmpq_t time;
    fmpq *z = _fmpq_vec_init(2);

    flint_rand_init(state);
    cst_shape_init(shape, BITS, 2, 7, 2, 3);
    arb_init(a);
    arb_init(b);
    arb_init(ab);
    fmpq_init(time);
    for (int i = 0; i < 300; i++)
    {
        cst_model_t x, y, xy;

        random_model(x, state, shape, 1);
        random_model(y, state, shape, -2);
        cst_model_init(xy, shape);
        cst_model_mul(xy, x, y);
        for (int k = 0; k < 10; k++)
        {
            random_place(time, z, state, 2);
            cst_model_evaluate(a, x, time, z, 200);
            cst_model_evaluate(b, y, time, z, 200);
            arb_mul(ab, a, b, 200);
            cst_model_evaluate(a, xy, time, z, 200);
            cr_assert(arb_contains(a, ab), "case %d", i);
        }
        cst_model_clear(x);
        cst_model_clear(y);
        cst_model_clear(xy);
    }
    arb_clear(a);
    arb_clear(b);
    arb_clear(ab);
    fmpq_clear(time);
    _fmpq_vec_clear(z, 2);
    cst_shape_clear(shape);
    flint_rand_clear(state);
    flint_cleanup();
}

static void
reference(arb_t y, cst_tape_code_t code, const arb_t x)
{
    switch (code)
    {
    case CST_TAPE_INVERSE:
        arb_inv(y, x, 300);
        break;
    case CST_TAPE_POWER:
        arb_root_ui(y, x, 3, 300);
        arb_mul(y, y, y, 300);
        break;
    case CST_TAPE_EXP:
        arb_exp(y, x, 300);
        break;
    case CST_TAPE_LOG:
        arb_log(y, x, 300);
        break;
    case CST_TAPE_SIN:
        arb_sin(y, x, 300);
        break;
    case CST_TAPE_COS:
        arb_cos(y, x, 300);
        break;
    case CST_TAPE_ATAN:
        arb_atan(y, x, 300);
        break;
    case CST_TAPE_ERF:
        arb_hypgeom_erf(y, x, 300);
        break;
    default:
        arb_one(y);
    }
}

/* Each function of c + w z at random z, for degrees 2 to 14: inside, and as narrow as the first omitted term
   (w/c)^(degree + 1) allows. */
Test(model, a_function_contains_its_values_narrowly)
{
    static const cst_tape_code_t codes[] = {CST_TAPE_INVERSE, CST_TAPE_POWER, CST_TAPE_EXP,
                                            CST_TAPE_LOG,     CST_TAPE_SIN,   CST_TAPE_COS,
                                            CST_TAPE_ATAN,    CST_TAPE_ERF,   CST_TAPE_STEP};
    flint_rand_t state;
    fmpq_t center, width, zero, exponent;
    fmpq *z = _fmpq_vec_init(1);
    arb_t x, y, value;

    flint_rand_init(state);
    fmpq_init(center);
    fmpq_init(width);
    fmpq_init(zero);
    fmpq_init(exponent);
    fmpq_set_si(exponent, 2, 3);
    arb_init(x);
    arb_init(y);
    arb_init(value);
    for (slong degree = 2; degree <= 14; degree += 3)
        for (size_t c = 0; c < sizeof codes / sizeof *codes; c++)
        {
            cst_shape_t shape;
            cst_model_t a, f;
            double radius;

            cst_shape_init_timeless(shape, BITS, 1, degree);
            cst_model_init(a, shape);
            cst_model_init(f, shape);
            fmpq_set_si(center, 3, 2);
            fmpq_set_si(width, 1, 4);
            cst_model_set_parameter(a, 0, center, width);
            cr_assert_eq(cst_model_function(f, codes[c], a, exponent), CST_OK);
            for (int i = 0; i < 20; i++)
            {
                random_place(exponent, z, state, 1);
                cst_model_evaluate(x, a, zero, z, 300);
                reference(y, codes[c], x);
                cst_model_evaluate(value, f, zero, z, 300);
                cr_assert(arb_overlaps(value, y) && arb_contains_arf(value, arb_midref(y)), "code %d",
                          (int) codes[c]);
            }
            fmpq_set_si(exponent, 2, 3);
            radius = ldexp(fmpz_get_d(f->radius), -BITS);
            cr_assert_lt(radius, 6 * pow(0.25, (double) degree + 1) + 1e-14, "code %d degree %ld: %g",
                         (int) codes[c], (long) degree, radius);
            cst_model_clear(a);
            cst_model_clear(f);
            cst_shape_clear(shape);
        }
    arb_clear(x);
    arb_clear(y);
    arb_clear(value);
    fmpq_clear(center);
    fmpq_clear(width);
    fmpq_clear(zero);
    fmpq_clear(exponent);
    _fmpq_vec_clear(z, 1);
    flint_rand_clear(state);
    flint_cleanup();
}

Test(model, a_function_outside_its_domain_is_undecided)
{
    static const cst_tape_code_t codes[] = {CST_TAPE_INVERSE, CST_TAPE_POWER, CST_TAPE_LOG, CST_TAPE_STEP};
    fmpq_t center, width, half;
    cst_shape_t shape;
    cst_model_t a, f;

    fmpq_init(center);
    fmpq_init(width);
    fmpq_init(half);
    fmpq_set_si(width, 1, 1);
    fmpq_set_si(half, 1, 2);
    cst_shape_init_timeless(shape, BITS, 1, 4);
    cst_model_init(a, shape);
    cst_model_init(f, shape);
    cst_model_set_parameter(a, 0, center, width); /* [-1,1] */
    for (size_t c = 0; c < sizeof codes / sizeof *codes; c++)
        cr_assert_eq(cst_model_function(f, codes[c], a, half), CST_UNDECIDED);
    cst_model_clear(a);
    cst_model_clear(f);
    cst_shape_clear(shape);
    fmpq_clear(center);
    fmpq_clear(width);
    fmpq_clear(half);
}

/* inf of 1 + b z + a z^2 against the exact minimum over |z| <= 1, for all signs and for the vertex inside and
 * outside. */
Test(model, the_infimum_of_a_parabola_is_exact)
{
    cst_shape_t shape;
    cst_model_t x;
    fmpz_t bound;

    fmpz_init(bound);
    cst_shape_init_timeless(shape, 40, 1, 2);
    cst_model_init(x, shape);
    for (int a = -8; a <= 8; a++)
        for (int b = -8; b <= 8; b++)
        {
            double least = a > 0 && abs(b) <= 2 * a ? -(double) b * b / (4.0 * a) : a - abs(b);

            fmpz_set_si(x->coeff, WORD(1) << 39);
            fmpz_set_si(x->coeff + 1, b * (WORD(1) << 39));
            fmpz_set_si(x->coeff + 2, a * (WORD(1) << 39));
            fmpz_zero(x->radius);
            for (slong i = 0; i < 3; i++)
                fmpz_fdiv_q_2exp(x->coeff + i, x->coeff + i, 1);
            cst_model_add(x, x, x);
            cst_model_infimum(bound, x);
            cr_assert_leq(fmpz_get_d(bound), (1 + least) * ldexp(1, 39));
            cr_assert_geq(fmpz_get_d(bound), (1 + least) * ldexp(1, 39) - 2);
            /* |x| is at most 1 + |a| + |b|, and so great at z = +-1 if a >= 0 */
            cst_model_magnitude(bound, x);
            cr_assert_geq(fmpz_get_d(bound), (1 + (a >= 0 ? a : 0) + abs(b)) * ldexp(1, 39));
            cr_assert_leq(fmpz_get_d(bound), (1 + abs(a) + abs(b)) * ldexp(1, 39));
        }
    cst_model_clear(x);
    cst_shape_clear(shape);
    fmpz_clear(bound);
}

/* A half evaluated at z' is the whole at (z' -+ 1)/2. */
Test(model, a_half_is_the_whole_on_half_the_box)
{
    flint_rand_t state;
    cst_shape_t shape;
    arb_t a, b;
    fmpq_t time, shift;
    fmpz_t growth;
    fmpq *z = _fmpq_vec_init(3);

    flint_rand_init(state);
    fmpz_init(growth);
    cst_shape_init_timeless(shape, BITS, 3, 4);
    arb_init(a);
    arb_init(b);
    fmpq_init(time);
    fmpq_init(shift);
    for (int i = 0; i < 200; i++)
    {
        slong axis = (slong) n_randint(state, 3);
        int side = (int) n_randint(state, 2);
        cst_model_t x, half;

        random_model(x, state, shape, 0);
        cst_model_init(half, shape);
        cst_model_halve(half, x, axis, side);
        random_place(time, z, state, 3);
        cst_model_evaluate(a, half, time, z, 200);
        fmpq_set_si(shift, side ? 1 : -1, 1);
        fmpq_add(z + axis, z + axis, shift);
        fmpq_div_2exp(z + axis, z + axis, 1);
        cst_model_evaluate(b, x, time, z, 200);
        cr_assert(arb_contains(a, b));
        fmpz_sub(growth, half->radius, x->radius);
        cr_assert_leq(fmpz_cmp_si(growth, shape->length), 0);
        cst_model_clear(x);
        cst_model_clear(half);
    }
    arb_clear(a);
    arb_clear(b);
    fmpq_clear(time);
    fmpq_clear(shift);
    fmpz_clear(growth);
    _fmpq_vec_clear(z, 3);
    cst_shape_clear(shape);
    flint_rand_clear(state);
    flint_cleanup();
}

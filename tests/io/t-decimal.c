#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/io.h>

TestSuite(decimal, .timeout = 120);

Test(decimal, known_values)
{
    static const struct
    {
        slong p;
        ulong q;
        int digits, direction;
        const char *wanted;
    } cases[] = {
        {0, 1, 5, 1, "0"},
        {1, 2, 10, 1, "0.5"},
        {1, 2, 10, -1, "0.5"},
        {2, 3, 4, -1, "0.6666"},
        {2, 3, 4, 1, "0.6667"},
        {-2, 3, 4, -1, "-0.6667"},
        {-2, 3, 4, 1, "-0.6666"},
        {9999, 10, 3, 1, "1000"},
        {9999, 10, 3, -1, "999"},
        {-9999, 10, 3, -1, "-1000"},
        {12345, 1, 2, -1, "12000"},
        {12345, 1, 2, 1, "13000"},
        {100, 1, 1, -1, "100"},
        {1, 80, 3, -1, "0.0125"},
        {1, 1000000, 3, -1, "1e-6"},
        {1, 100000, 3, -1, "0.00001"},
        {5, 4000000, 5, -1, "1.25e-6"},
        {22, 7, 1, -1, "3"},
        {22, 7, 1, 1, "4"},
        {22, 7, 0, 1, "4"}, /* one digit at least */
        {108453049, 100000000, 5, -1, "1.0845"},
    };
    fmpq_t x;

    fmpq_init(x);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        char *text;
        fmpq_set_si(x, cases[i].p, cases[i].q);
        text = cst_io_decimal(x, cases[i].digits, cases[i].direction);
        cr_assert_str_eq(text, cases[i].wanted, "case %zu: %s", i, text);
        flint_free(text);
    }
    fmpq_clear(x);
}

/* Reads [-]digits[.digits][e[-]digits] exactly, and counts the significant digits. */
static slong
read_decimal(fmpq_t value, const char *text)
{
    char digits[512];
    const char *s = text + (*text == '-');
    size_t n = 0;
    slong exponent = 0, significant, point = 0;
    fmpz_t ten;

    for (; (*s >= '0' && *s <= '9') || *s == '.'; s++)
    {
        exponent -= point;
        if (*s == '.')
            point = 1;
        else
            digits[n++] = *s;
    }
    digits[n] = '\0';
    if (*s == 'e')
        exponent += strtol(s + 1, (char **) &s, 10);
    cr_assert_eq(*s, '\0', "%s", text);
    fmpz_init_set_ui(ten, 10);
    fmpz_set_str(fmpq_numref(value), digits, 10);
    fmpz_one(fmpq_denref(value));
    fmpz_pow_ui(ten, ten, (ulong) labs(exponent));
    if (exponent < 0)
        fmpz_set(fmpq_denref(value), ten);
    else
        fmpz_mul(fmpq_numref(value), fmpq_numref(value), ten);
    fmpq_canonicalise(value);
    if (*text == '-')
        fmpq_neg(value, value);
    fmpz_clear(ten);
    s = digits + strspn(digits, "0");
    significant = (slong) strlen(s);
    while (significant > 0 && s[significant - 1] == '0')
        significant--;
    return significant;
}

/* Both directions enclose x, and lie apart by at most one unit of the last digit, 10^(1-digits) |x|; they
   agree exactly when the decimal is x itself. */
Test(decimal, random_fractions_are_enclosed_narrowly)
{
    flint_rand_t state;
    fmpq_t x, low, high, gap, unit;

    flint_rand_init(state);
    fmpq_init(x);
    fmpq_init(low);
    fmpq_init(high);
    fmpq_init(gap);
    fmpq_init(unit);
    for (int i = 0; i < 4000; i++)
    {
        int digits = 1 + (int) n_randint(state, 40);
        char *down, *up;

        fmpq_randtest_not_zero(x, state, 1 + n_randint(state, 200));
        if (i % 3 == 0)
            fmpq_div_2exp(x, x, n_randint(state, 200));
        down = cst_io_decimal(x, digits, -1);
        up = cst_io_decimal(x, digits, 1);
        cr_assert_leq(read_decimal(low, down), digits, "%s", down);
        cr_assert_leq(read_decimal(high, up), digits, "%s", up);
        cr_assert_leq(fmpq_cmp(low, x), 0);
        cr_assert_geq(fmpq_cmp(high, x), 0);
        fmpq_sub(gap, high, low);
        cr_assert_eq(fmpq_equal(low, x), fmpq_is_zero(gap));
        fmpq_abs(unit, x);
        for (int k = 1; k < digits; k++)
        {
            fmpz_t ten;
            fmpz_init_set_ui(ten, 10);
            fmpq_div_fmpz(unit, unit, ten);
            fmpz_clear(ten);
        }
        cr_assert_leq(fmpq_cmp(gap, unit), 0, "%s %s", down, up);
        flint_free(down);
        flint_free(up);
    }
    fmpq_clear(unit);
    fmpq_clear(gap);
    fmpq_clear(high);
    fmpq_clear(low);
    fmpq_clear(x);
    flint_rand_clear(state);
    flint_cleanup();
}

/* The lines of a certificate: numbers, polynomials, the seal. */
#include <criterion/criterion.h>
#include <string.h>

#include "cert/text.h"

TestSuite(text, .timeout = 120);

static void
expect(const cst__cert_text_t *text, const char *want)
{
    cr_assert_eq(text->length, strlen(want), "%.*s", (int) text->length, text->bytes);
    cr_assert_eq(memcmp(text->bytes, want, text->length), 0, "%.*s", (int) text->length, text->bytes);
}

Test(text, numbers)
{
    cst__cert_text_t text;
    fmpq_t q;
    fmpz_t z;

    cst__cert_init(&text);
    fmpq_init(q);
    fmpz_init(z);
    fmpq_set_si(q, -6, 4);
    cst__cert_fmpq(&text, q);
    cst__cert_append(&text, " ", 1);
    fmpq_set_si(q, 7, 1);
    cst__cert_fmpq(&text, q);
    cst__cert_append(&text, " ", 1);
    fmpz_set_si(z, -255);
    cst__cert_fmpz(&text, z);
    cst__cert_append(&text, " ", 1);
    fmpz_one_2exp(z, 200);
    cst__cert_fmpz(&text, z);
    expect(&text, "-3/2 7 -ff 100000000000000000000000000000000000000000000000000");
    cst__cert_clear(&text);
    fmpq_clear(q);
    fmpz_clear(z);
}

/* Two steps of one component, with zeros at the end of a polynomial left out. */
Test(text, a_tube)
{
    cst__cert_text_t text;
    cst_tube_step_struct steps[1];
    cst_tube_t tube;
    fmpq_t c;

    cst__cert_init(&text);
    fmpq_init(c);
    fmpq_set_si(c, 3, 2);
    cst_tube_init(tube, 1, 30, 1, 4, 2, 1);
    steps[0].phi = flint_malloc(sizeof *steps[0].phi);
    cst_model_init(steps[0].phi, tube->shape);
    fmpz_init_set_ui(steps[0].duration, 4096);
    fmpz_set_si(steps[0].phi->coeff, 10);
    fmpz_set_si(steps[0].phi->coeff + 2, -11);
    fmpz_set_ui(steps[0].phi->radius, 17);
    tube->steps = steps;
    tube->length = 1;
    cst__cert_tube(&text, tube, c, 1);
    expect(&text, "flow 30 4 2 1 3/2\nstep 1000\np 11 a 0 -b\narrive\n");
    cst_model_clear(steps[0].phi);
    flint_free(steps[0].phi);
    fmpz_clear(steps[0].duration);
    tube->steps = NULL;
    tube->length = 0;
    cst_tube_clear(tube);
    cst__cert_clear(&text);
    fmpq_clear(c);
    flint_cleanup();
}

/* The seal of "abc\n", whose digest is known. */
Test(text, the_seal)
{
    cst__cert_text_t text;

    cst__cert_init(&text);
    cst__cert_append(&text, "abc\n", 4);
    cst__cert_seal(&text);
    expect(&text, "abc\nsha256 edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb\n");
    cst__cert_clear(&text);
}

Test(text, the_head)
{
    cst__cert_text_t text;
    fmpq_t lower, upper;

    cst__cert_init(&text);
    fmpq_init(lower);
    fmpq_init(upper);
    fmpq_set_si(lower, 1, 2);
    fmpq_set_si(upper, 3, 4);
    cst__cert_head(&text, "A title", lower, upper, "problem manifold\n");
    expect(&text, "caustic-certificate 1\ntitle A title\nclaim 1/2 3/4\nproblem manifold\nevidence\n");
    text.length = 0;
    cst__cert_head(&text, "A title", lower, NULL, "problem manifold\n");
    expect(&text, "caustic-certificate 1\ntitle A title\nclaim 1/2 none\nproblem manifold\nevidence\n");
    cst__cert_clear(&text);
    fmpq_clear(lower);
    fmpq_clear(upper);
}

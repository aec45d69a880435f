/* Draws the characteristics of a problem on the line, u_t + H(u_x) = 0, and its certified shock time, as SVG.

   Usage: characteristics PROBLEM > PICTURE.svg */
#include <stdio.h>
#include <string.h>

#include <caustic.h>

enum
{
    LINES = 81,
    WIDTH = 720,
    HEIGHT = 360,
    MARGIN = 40
};

/* q -> (q, dq/dt) at the start; along a characteristic of H(p) the speed H_p stays the same. */
static cst_status_t
compile_speed(cst_tape_t speed, const cst_problem_t problem, cst_error_t *error)
{
    cst_expr_t q = problem->coordinates[0], p = problem->momenta[0];
    cst_expr_t momentum = cst_expr_derivative(problem->ctx, problem->initial, q);
    cst_expr_t h_p = cst_expr_derivative(problem->ctx, problem->hamiltonian, p);
    cst_expr_t start = cst_expr_substitute(problem->ctx, h_p, &p, &momentum, 1);

    return cst_tape_compile(speed, problem->ctx, &start, 1, &q, 1, error);
}

static double
as_double(const fmpq_t x)
{
    return fmpz_get_d(fmpq_numref(x)) / fmpz_get_d(fmpq_denref(x));
}

static void
draw(const cst_problem_t problem, const cst_certify_result_t shock, const cst_tape_t speed, double *work)
{
    double left = as_double(problem->lower), right = as_double(problem->upper),
           top = 1.5 * as_double(shock->upper);
    double across = (WIDTH - 2 * MARGIN) / (right - left), up = (HEIGHT - 2 * MARGIN) / top;
    double t = HEIGHT - MARGIN - as_double(shock->upper) * up;
    char *lower = cst_io_decimal(shock->lower, 8, -1), *upper = cst_io_decimal(shock->upper, 8, 1);

    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
           "font-size=\"13\">\n"
           "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n"
           "<clipPath id=\"frame\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n"
           "<g clip-path=\"url(#frame)\" stroke=\"#2b6ca3\" stroke-width=\"0.8\">\n",
           WIDTH, HEIGHT, WIDTH, HEIGHT, MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN);
    for (int i = 0; i < LINES; i++)
    {
        double q = left + (right - left) * i / (LINES - 1), v;

        cst_tape_eval_double(&v, speed, &q, work);
        printf("<path d=\"M%.2f %d L%.2f %d\"/>\n", MARGIN + (q - left) * across, HEIGHT - MARGIN,
               MARGIN + (q + top * v - left) * across, MARGIN);
    }
    printf("</g>\n<path d=\"M%d %.2f H%d\" stroke=\"#c0392b\" stroke-width=\"1.5\"/>\n"
           "<text x=\"%d\" y=\"%d\" fill=\"#c0392b\">first shock time, certified: [%s, %s]</text>\n"
           "<text x=\"%d\" y=\"%d\">%s</text>\n<text x=\"12\" y=\"%d\">t</text>\n</svg>\n",
           MARGIN, t, WIDTH - MARGIN, MARGIN, MARGIN - 12, lower, upper, MARGIN, HEIGHT - 14, problem->title,
           MARGIN + 10);
    flint_free(lower);
    flint_free(upper);
}

int
main(int argc, char **argv)
{
    cst_certify_options_t options;
    cst_certify_result_t shock;
    cst_problem_t problem;
    cst_error_t error;
    cst_tape_t speed;

    memset(&options, 0, sizeof options);
    cst_error_clear(&error);
    if (argc != 2 || cst_problem_read(problem, argv[1], &error) != CST_OK)
    {
        fprintf(stderr, "characteristics: %s\n", argc == 2 ? error.message : "which problem?");
        return 2;
    }
    if (problem->dimension == 1 &&
        !cst_expr_depends_on(problem->ctx, problem->hamiltonian, problem->coordinates[0]) &&
        compile_speed(speed, problem, &error) == CST_OK)
    {
        if (cst_certify(shock, problem, &options, &error) == CST_OK && shock->has_upper)
        {
            double *work = flint_malloc((size_t) speed->length * sizeof(double));

            draw(problem, shock, speed, work);
            flint_free(work);
            cst_certify_result_clear(shock);
        }
        cst_tape_clear(speed);
    }
    cst_problem_clear(problem);
    flint_cleanup_master();
    return 0;
}

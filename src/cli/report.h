/* cli/report.h -- pages with pictures: HTML that needs nothing from elsewhere. */
#ifndef CST_CLI_REPORT_H
#define CST_CLI_REPORT_H

#include <caustic/certificate.h>

#include "cli/cli.h"

/* A picture whose frame shows [x0, x1] x [y0, y1]; logarithmic in y if asked for. */
typedef struct
{
    FILE *out;
    double x0, x1, y0, y1;
    int logarithmic;
} cst__plot_t;

/* Opens it, with ticks; a range that is a point is widened. */
void cst__plot_begin(cst__plot_t *plot);
double cst__plot_x(const cst__plot_t *plot, double x);
double cst__plot_y(const cst__plot_t *plot, double y);
void cst__plot_end(const cst__plot_t *plot);

/* Text with the letters that HTML gives a meaning replaced. */
void cst__print_escaped(FILE *out, const char *text);

/* The body of the page of a certificate; or an article for pdflatex. */
void cst__report_certificate(FILE *out, const cst_certificate_t certificate);
void cst__report_latex(FILE *out, const cst_certificate_t certificate);

/* The body of the page. CST_BAD_INPUT, with the place, for a file that is not what it should be. */
cst_status_t cst__report_observations(FILE *out, const char *path, cst_error_t *error);

#endif

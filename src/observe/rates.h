/* observe/rates.h -- what forecasts share. Internal. */
#ifndef CST_OBSERVE_RATES_H
#define CST_OBSERVE_RATES_H

#include <caustic/monitor.h>

/* Least eigenvalue of the symmetric part, and |A - A'|/|A + A'|; a (d x d) is overwritten. Secants over h from x
   in a linear field of rate r have the slope (exp(r h) - 1)/h, which is above -1/h. */
double cst__least_rate(double *a, double *asymmetry, slong d, double h);

/* When characteristics of this rate meet: -1/rate where that is negative, else never. */
double cst__time_of(double rate);

#endif

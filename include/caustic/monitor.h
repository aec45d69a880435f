/* caustic/monitor.h -- what is made of checkpoints and runs: the census of a network's symmetries, change
   points, and forecasts of shocks.

   The census is exact. Change points and forecasts are statistics of floating-point numbers, with honest
   standard errors, not proofs; each function says what it assumes. */
#ifndef CAUSTIC_MONITOR_H
#define CAUSTIC_MONITOR_H

#include <caustic/arch.h>
#include <caustic/checkpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Census ----------------------------------------------------------------------------------- */

/* Sets spec, which is initialized here, to the architecture of a checkpoint: from the names and shapes of its
   tensors and from settings (NULL, or a mapping as in cst_observe_run_new). *note (static, or NULL) says what
   was assumed. CST_REFUSED, with the reason, for a network that is not understood, or that the catalogue of
   arch.h does not have; then nothing is left to clear. The number of parameters of the spec is that of the
   checkpoint's weights, or it is refused. */
CST_API cst_status_t cst_monitor_architecture(cst_arch_spec_t spec, const char **note,
                                              const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                                              cst_error_t *error);

/* Sets weights, arch->parameters numbers, to those of the checkpoint, exactly, in the order of the tensors of
   arch, which is made of the spec that cst_monitor_architecture gave. */
CST_API cst_status_t cst_monitor_weights(double *weights, const cst_arch_t arch,
                                         const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                                         cst_error_t *error);

/* Sets the running means and variances of BatchNorm (cst_arch_set_statistics) to those of the checkpoint,
   exactly: the function that it computes in evaluation mode is the one of arch then. */
CST_API cst_status_t cst_monitor_statistics(cst_arch_t arch, const cst_io_checkpoint_t checkpoint,
                                            cst_io_node_t settings, cst_error_t *error);

/* ---- Change points ---------------------------------------------------------------------------- */

/* A scalar along a run: value[i] at step[i], ascending. Borrowed, not owned. */
typedef struct
{
    slong length;
    const double *step, *value;
} cst_monitor_series_t;

typedef struct
{
    double before, after; /* at the first step >= from and the last <= to */
    /* The first step at which half of the change is reached, by linear interpolation; it lies between two
       checkpoints, which bracket it, if the scalar is monotone between them. NaN: no change. */
    double half, half_low, half_high;
    slong crossings; /* of that level: 1 if it is passed once */
    /* The interval between checkpoints with the greatest |change|/steps, and its middle. */
    double fastest, fastest_low, fastest_high;
    /* The first of two consecutive checkpoints at which |value - before| > threshold |before|. It needs no
       knowledge of what comes later but one checkpoint. NaN: never. */
    double alarm;
} cst_monitor_change_t;

/* 0 if fewer than three checkpoints lie in [from, to], or a value there is not finite. */
CST_API int cst_monitor_change(cst_monitor_change_t *change, const cst_monitor_series_t *series, double from,
                               double to, double threshold);

/* ---- The potential of a scalar ----------------------------------------------------------------

   Assumed: the scalar x moves by itself, dx/dt = -U'(x), with U quadratic where it moves during the window.
   From `window` secants between the checkpoints up to number `last`, U'' is fitted as -dv/dx by least
   squares, exactly for an exponential however far they are apart; its error is the standard error of the
   jackknife (velocities left out one at a time). Where U'' < 0, characteristics x + t U'(x) meet first at tau
   = -1/inf U''. tau depends on the scalar: another function of x has another potential. */
typedef struct
{
    double curvature, error;       /* U'', one standard error */
    double tau, tau_low, tau_high; /* -1/U'' and at U'' -+ 2 errors; infinite: not before the end of time */
    double jump;                   /* range of the velocities in the window */
    double noise; /* viscosity of what the potential does not explain: half the variance a step of x */
} cst_monitor_forecast_t;

/* 0 if there are not enough checkpoints, x does not move, or they are too far apart to tell. window >= 3. */
CST_API int cst_monitor_forecast(cst_monitor_forecast_t *forecast, const cst_monitor_series_t *series,
                                 slong last, slong window);

/* The least viscosity that keeps Hess u >= -bound in a shock layer over which the velocity jumps by `jump`:
   a kink p = -(jump/2) tanh(jump x/(4 nu)) has min Hess = -jump^2/(8 nu). *until is the time up to which no
   viscosity is needed: Hess u >= -k/(1 - k t) for Hess u_0 >= -k. bound > k > 0. */
CST_API double cst_monitor_viscosity(double *until, double jump, double k, double bound);

/* ---- Neurons as particles ---------------------------------------------------------------------

   The neurons of a network with one hidden layer: (w, b, v) of each, `dimension` numbers, to be freed with
   flint_free. They keep their places along a run. *odd: (w, b, v) and -(w, b, v) are the same neuron.
   CST_REFUSED for other networks. */
CST_API cst_status_t cst_monitor_particles(double **particles, slong *count, slong *dimension, int *odd,
                                           const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                                           cst_error_t *error);

/* Assumed: the velocities are a smooth field v(x) (mean-field limit), linear over the nearest neighbours of
   each particle, where its Jacobian is fitted by least squares. Particles that went on with the velocities
   they have would meet at tau = -1/min eigenvalue of its symmetric part (that of a gradient field is
   symmetric). */
typedef struct
{
    slong particles;                     /* fitted */
    slong worst;                         /* the particle of the least eigenvalue */
    double least, least_low, least_high; /* least eigenvalue over all particles; 90 % of bootstraps */
    double tau, tau_low, tau_high;       /* -1/least where that is negative, else infinite */
    double median;                       /* over the particles of their least eigenvalues */
    double asymmetry;                    /* median over the particles of |A - A'|/|A + A'| */
    double unexplained;                  /* median share of the velocities' variance that is not linear */
} cst_monitor_swarm_t;

/* x, v: count x dimension by rows. interval: v are secants from x over it, which a linear field is known by
   (eigenvalues that they cannot resolve are -infinite, tau 0); 0: v are velocities. neighbours 0: 3
   (dimension
   + 1). 0 if there are too few particles. */
CST_API int cst_monitor_swarm(cst_monitor_swarm_t *swarm, const double *x, const double *v, double interval,
                              slong count, slong dimension, int odd, slong neighbours, ulong seed);

/* The deformation near one particle from x to y, fitted over its neighbours at x: its least singular value.
   Motion with constant velocities reaches 0 at tau. NaN if there are too few particles. */
CST_API double cst_monitor_deformation(const double *x, const double *y, slong count, slong dimension,
                                       int odd, slong neighbours, slong particle);

/* ---- Neighbouring runs ------------------------------------------------------------------------

   Assumed: runs of one network that began close to each other, and follow one smooth velocity field, linear over
   the distance between them. Positions are all weights; no run may be the image of another under a symmetry.
   n runs span n - 1 dimensions at most, to which the Jacobian is compressed: where it is symmetric (gradient
   flow) its least eigenvalue is not above that of the compressed one, so that the true tau is not later. */
typedef struct
{
    slong rank;                          /* dimensions that the runs span */
    double least, least_low, least_high; /* least eigenvalue; at -+ 2 standard errors of the jackknife over runs */
    double tau, tau_low, tau_high;       /* -1/least where that is negative, else infinite */
    double asymmetry;                    /* |A - A'|/|A + A'| */
    double outside;                      /* share of the later differences that left the span */
} cst_monitor_neighbours_t;

/* x, y: runs x dimension by rows, at two checkpoints `interval` apart; runs >= 3. 0 if all runs are alike. */
CST_API int cst_monitor_neighbours(cst_monitor_neighbours_t *neighbours, const double *x, const double *y,
                                   double interval, slong runs, slong dimension);

/* The least singular value of the deformation from x to y in the span of x. NaN if all runs are alike. */
CST_API double cst_monitor_neighbours_deformation(const double *x, const double *y, slong runs,
                                                  slong dimension);

#ifdef __cplusplus
}
#endif

#endif

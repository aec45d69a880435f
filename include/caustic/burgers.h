/* caustic/burgers.h -- from the Hamilton-Jacobi to the Burgers equation, in jets, with every step tested.

   The jets of a function u(t, q) are variables for u and its partial derivatives: u_t, u_x, u_xy, ... An
   identity between differential expressions in u holds for every u if and only if it holds identically in
   the jets. All covectors here are closed, v = du, so that each partial derivative of v_k has one name
   only: v_x_y stands for d_y v_x = d_x v_y. */
#ifndef CAUSTIC_BURGERS_H
#define CAUSTIC_BURGERS_H

#include <caustic/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One jet: u itself, u_t, or a derivative in space up to the third (after t: up to the first). */
typedef struct
{
    int time;        /* how often derived in t: 0 or 1 */
    int order;       /* how often derived in space */
    slong index[3];  /* by which coordinates, in ascending order */
    cst_expr_t of_u; /* the variable u_ij */
    cst_expr_t of_v; /* the same as v_i_j, a derivative of v_i; NULL for u and u_t */
} cst_hj_jet_t;

typedef struct
{
    cst_expr_ctx_t ctx;
    slong dimension;
    const cst_expr_t *coordinates; /* borrowed */
    cst_expr_t viscosity;          /* the variable nu */
    cst_hj_jet_t *jets;
    slong length;
} cst_hj_jets_struct;
typedef cst_hj_jets_struct cst_hj_jets_t[1];

/* Makes the jets over n coordinates, which are variables. The names are u, v and nu with the coordinates'
   names behind them, or their numbers where names would be ambiguous; the letter is doubled where a
   coordinate has such a name itself. */
CST_API void cst_hj_jets_init(cst_hj_jets_t jets, cst_expr_ctx_t ctx, const cst_expr_t *coordinates, slong n);
CST_API void cst_hj_jets_clear(cst_hj_jets_t jets);

/* The place of a jet: derived `time` times in t and by index[0..order), in any order. -1: none. */
CST_API slong cst_hj_jet_find(const cst_hj_jets_t jets, int time, const slong *index, int order);

/* d/dq^k of an expression in the coordinates and the jets of u, of order at most two (after t: zero):
   d_k e + sum_J u_Jk de/du_J. NULL if a jet has no derivative. */
CST_API cst_expr_t cst_hj_total_derivative(const cst_hj_jets_t jets, cst_expr_t e, slong k);

/* The jets of u by those of v = du. */
CST_API cst_expr_t cst_hj_in_gradient(const cst_hj_jets_t jets, cst_expr_t e);

/* "\partial_{x}^{2} \partial_{y} u", or "\partial_{y} v_{x}". The caller frees it with flint_free. */
CST_API char *cst_hj_jet_latex(const cst_hj_jets_t jets, slong place, int gradient);

/* The equation u_t + H(q, du) = nu L u, L u = g^ij u_ij + drift^j u_j. Borrowed. */
typedef struct
{
    cst_lie_chart_t chart; /* q, and what is positive */
    const cst_expr_t *momenta;
    cst_expr_t hamiltonian;
    const cst_geom_matrix_struct *cometric; /* NULL: no viscosity */
    const cst_expr_t *drift;                /* NULL: zero */
} cst_hj_viscous_t;

/* L applied to a differential expression of order at most one. */
CST_API cst_expr_t cst_hj_generator(const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, cst_expr_t e);

/* u_t + H(q, du) - nu L u, to be zero. Coefficients are in normal form where that is shorter. */
CST_API cst_expr_t cst_hj_equation(const cst_hj_viscous_t *hj, const cst_hj_jets_t jets);

/* The equations of v = du, n expressions to be zero, by the derivatives of v:
   d_t v_k + H_k(q,v) + H^j(q,v) d_j v_k - nu (d_k g^ij d_i v_j + g^ij d_i d_j v_k + d_k drift^j v_j
   + drift^j d_j v_k), with the derivatives H_k of H in q^k and H^j in p_j. */
CST_API void cst_hj_burgers(cst_expr_t *equations, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets);

/* Identities ----------------------------------------------------------------------------------------

   Each answers CST_TRUE or CST_FALSE, proved, or CST_UNKNOWN. Unless CST_TRUE, *component (if it has one) is
   the k that fails, and *remainder the expression in jets that should be zero. */

/* Cole-Hopf, for H = 1/2 g^ij p_i p_j: psi = exp(-u/(2 nu)) turns the equation into the heat equation,
   psi_t - nu L psi = -psi/(2 nu) (u_t + H(q, du) - nu L u). */
CST_API cst_truth_t cst_hj_check_cole_hopf(cst_expr_t *remainder, const cst_hj_viscous_t *hj,
                                           const cst_hj_jets_t jets);

/* The equations of v are the total derivatives of the equation of u. */
CST_API cst_truth_t cst_hj_check_burgers(slong *component, cst_expr_t *remainder, const cst_hj_viscous_t *hj,
                                         const cst_hj_jets_t jets, const cst_expr_t *equations);

/* The connection of a metric, as from cst_geom_curvature: Gamma^i_jk at (i*n + j)*n + k, and Ric_ij. */
typedef struct
{
    const cst_expr_t *christoffel;
    const cst_geom_matrix_struct *ricci;
} cst_hj_connection_t;

/* d_k (1/2 g^ij u_i u_j) = (nabla_v v)_k for v = du */
CST_API cst_truth_t cst_hj_check_convection(slong *component, cst_expr_t *remainder,
                                            const cst_hj_viscous_t *hj, const cst_hj_jets_t jets,
                                            const cst_hj_connection_t *connection);

/* Bochner's formula for the generator, with the field X^j = drift^j + g^kl Gamma^j_kl (grad log V for orbits
   of volume V): d_k (L u) = (Delta_B v + nabla_X v - Ric(v))_k + (nabla_k X^j) v_j for v = du, where Delta_B
   is the connection Laplacian. For X = grad phi the last term is Hess phi (v). */
CST_API cst_truth_t cst_hj_check_bochner(slong *component, cst_expr_t *remainder, const cst_hj_viscous_t *hj,
                                         const cst_hj_jets_t jets, const cst_hj_connection_t *connection);

#ifdef __cplusplus
}
#endif

#endif

/* caustic/group.h -- matrix groups: facts, Lie algebras, membership, exponentials, actions on coordinates. */
#ifndef CAUSTIC_GROUP_H
#define CAUSTIC_GROUP_H

#include <caustic/algebra.h>
#include <caustic/lie.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    CST_GROUP_TRIVIAL,  /* {1} in GL(p) */
    CST_GROUP_SIGNS,    /* Z2 = {1, -1} in GL(1) */
    CST_GROUP_POSITIVE, /* R+ in GL(1) */
    CST_GROUP_NONZERO,  /* R* = GL(1) */
    CST_GROUP_COMPLEX,  /* C*, as a + ib = (a, -b; b, a) */
    CST_GROUP_CIRCLE,   /* T = SO(2) */
    CST_GROUP_GL,       /* GL(p, R), SL(p, R) */
    CST_GROUP_SL,
    CST_GROUP_O, /* of the form diag(1 ... 1, -1 ... -1), p and q times: A^T eta A = eta */
    CST_GROUP_SO,
    CST_GROUP_SP,      /* Sp(2p, R): A^T omega A = omega, omega = (0, 1; -1, 0) in p x p blocks */
    CST_GROUP_PRODUCT, /* block diagonal matrices */
    CST_GROUP_POWER,   /* G^p, likewise */
    CST_GROUP_WREATH,  /* G wr S_p = G^p x| S_p: a permutation of p blocks, each block in G */
    CST_GROUP_AFFINE   /* G x| R^n for G in GL(n): (A, b; 0, 1) */
} cst_group_kind_t;

/* A closed subgroup of GL(degree, R), composed of the above. S_n is {1} wr S_n (permutation matrices), R^n is
   {1} x| R^n. */
typedef struct cst_group_node
{
    cst_group_kind_t kind;
    slong p, q;
    slong length; /* of the parts: 2 for a product, 1 for a power, wreath product or affine group, else 0 */
    struct cst_group_node *part;
} cst_group_struct;
typedef cst_group_struct cst_group_t[1];

/* {1} in GL(1). */
CST_API void cst_group_init(cst_group_t g);
CST_API void cst_group_clear(cst_group_t g);
CST_API void cst_group_swap(cst_group_t g, cst_group_t h);

/* Reads a name: the atoms 1, Z2, R+, R*, C*, R^n, T^n, S_n, GL(n), SL(n), O(n), O(p,q), SO(n), SO(p,q),
   Sp(2n), Aff(n) = GL(n) x| R^n, E(n) = O(n) x| R^n; G^n, G wr S_n and G x| R^n (n the degree of G), from
   left to right; and products G x H, which bind weakest; parentheses. Such as "R+ wr S_4", "(GL(2) x O(3))^2
   x S_5". CST_BAD_INPUT with the column, g as before. The degree is limited to 2^20 and nesting to 64 levels.
 */
CST_API cst_status_t cst_group_parse(cst_group_t g, const char *text, cst_error_t *error);

/* The name, which parses back to the same group. The caller frees it with flint_free. */
CST_API char *cst_group_name(const cst_group_t g);

/* Facts. */
CST_API slong cst_group_degree(const cst_group_t g);
CST_API slong cst_group_dimension(const cst_group_t g);
/* The number of connected components; the order, if the dimension is 0. */
CST_API void cst_group_components(fmpz_t count, const cst_group_t g);
/* log10 of it, without forming it. */
CST_API void cst_group_log10_components(arb_t result, const cst_group_t g, slong prec);
CST_API int cst_group_is_connected(const cst_group_t g);
CST_API int cst_group_is_compact(const cst_group_t g);
/* Is Haar measure two-sided? So it is if and only if tr ad x = 0 on the Lie algebra, as G/G_0 is finite. */
CST_API int cst_group_is_unimodular(const cst_group_t g);

/* A basis of the Lie algebra, `dimension` rational matrices that the caller has initialized to
   degree x degree; and the algebra itself on this basis. CST_REFUSED if its table or the matrices would have
   more than 2^24 entries. */
CST_API cst_status_t cst_group_basis(fmpq_mat_struct *basis, const cst_group_t g, cst_error_t *error);
CST_API cst_status_t cst_group_algebra(cst_algebra_t algebra, const cst_group_t g, cst_error_t *error);

/* Is m in g? For a rational matrix always decided. For a matrix of balls, CST_TRUE and CST_FALSE are proved
   for every matrix in them; so an equation makes CST_TRUE impossible unless its balls are exact. A matrix of
   another size is not in g. */
CST_API cst_truth_t cst_group_contains_rational(const cst_group_t g, const fmpq_mat_t m);
CST_API cst_truth_t cst_group_contains(const cst_group_t g, const arb_mat_t m, slong prec);

/* The exponential. */
/* exp x of a rational square matrix, enclosed. */
CST_API void cst_group_exp(arb_mat_t result, const fmpq_mat_t x, slong prec);
/* The matrix of Ad_g: x -> g x g^-1 on coordinates (columns) in a basis of independent rational matrices
   whose span it preserves. Indeterminate entries if g cannot be inverted. */
CST_API void cst_group_adjoint(arb_mat_t result, const arb_mat_t g, const fmpq_mat_struct *basis, slong count,
                               slong prec);
/* The Baker-Campbell-Hausdorff series of log(exp x exp y) with the terms of order up to `order`, exactly; all
   of it, if the algebra is nilpotent of that class (Varadarajan, Lie Groups, 2.15). z must not alias x or y.
 */
CST_API void cst_group_bch(fmpq *z, const cst_algebra_t g, const fmpq *x, const fmpq *y, slong order);

/* An action on the coordinates of a chart: fields that generate its connected part, and maps. It keeps a
   pointer to the chart. The functions below add to it. They take coordinates by name, and return
   CST_BAD_INPUT, the action as before, if one is no coordinate of the chart or stands twice. */
typedef struct
{
    const cst_lie_chart_t *chart;
    slong field_count, map_count;
    cst_expr_t **fields; /* cast to const cst_expr_t *const * for caustic/lie.h */
    cst_expr_t **maps;
} cst_group_action_struct;
typedef cst_group_action_struct cst_group_action_t[1];

CST_API void cst_group_action_init(cst_group_action_t action, const cst_lie_chart_t *chart);
CST_API void cst_group_action_clear(cst_group_action_t action);

/* A linear representation: the field x -> A x and the map x -> A x of a D x D matrix (else CST_BAD_INPUT). A
   field of the Lie algebra is a generator; [Ax, Bx] is the field of -[A, B]. */
CST_API cst_status_t cst_group_action_add_field(cst_group_action_t action, const fmpq_mat_t a,
                                                cst_error_t *error);
CST_API cst_status_t cst_group_action_add_map(cst_group_action_t action, const fmpq_mat_t a,
                                              cst_error_t *error);

/* R+: x_i -> c^weights[i] x_i. So (w, b, v) -> (c w, c b, v/c^k) has weights 1, 1, -k. */
CST_API cst_status_t cst_group_action_scaling(cst_group_action_t action, const char *const *names,
                                              const slong *weights, slong count, cst_error_t *error);
/* GL(r): (U, V) -> (U A^-1, A V), U m x r and V r x n, names by rows; r^2 fields, E_ij by rows; and the
   reflection A = diag(-1, 1 ... 1). */
CST_API cst_status_t cst_group_action_factors(cst_group_action_t action, const char *const *u, slong m,
                                              const char *const *v, slong n, slong r, cst_error_t *error);
/* C*: q -> a q, k -> k/conj(a) for complex vectors of `pairs` entries re, im: names q and k of 2 pairs. Two
   fields, scaling and rotation. One frequency of rotary positions. */
CST_API cst_status_t cst_group_action_complex(cst_group_action_t action, const char *const *q,
                                              const char *const *k, slong pairs, cst_error_t *error);
/* R: x -> x + c (1 ... 1). */
CST_API cst_status_t cst_group_action_translation(cst_group_action_t action, const char *const *names,
                                                  slong count, cst_error_t *error);
/* Z2: x -> -x. */
CST_API cst_status_t cst_group_action_flip(cst_group_action_t action, const char *const *names, slong count,
                                           cst_error_t *error);
/* S_blocks, on blocks of `width` names each: the transpositions of neighbours, which generate it. */
CST_API cst_status_t cst_group_action_permutation(cst_group_action_t action, const char *const *names,
                                                  slong blocks, slong width, cst_error_t *error);

/* Is f invariant under all fields and maps? Unless CST_TRUE, *culprit (if not NULL) is the first that fails:
   the number of a field, or field_count plus that of a map. */
CST_API cst_truth_t cst_group_action_leaves(slong *culprit, const cst_group_action_t action, cst_expr_t f);

#ifdef __cplusplus
}
#endif

#endif

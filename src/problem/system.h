/* problem/system.h -- a system in the making. */
#ifndef CST_PROBLEM_SYSTEM_H
#define CST_PROBLEM_SYSTEM_H

#include <caustic/system.h>

#include "problem/draft.h"

/* A chart of a manifold. What the file does not have is NULL. */
typedef struct
{
    cst_io_node_t node, geometry;
    cst_system_chart_t chart;                  /* what becomes of it */
    slong n;                                   /* coordinates */
    cst__names_t coordinates, second, carried; /* second: momenta or velocities */
    cst__names_t scope;                        /* all that an expression of the coordinates may use */
    cst_geom_matrix_struct *metric, *cometric; /* NULL: given by a Hamiltonian */
    cst_expr_t hamiltonian;                    /* NULL: not needed */
} cst__chart_t;

typedef struct
{
    cst__draft_t *draft;
    cst_system_struct *system;
    cst__chart_t *charts;
    cst__names_t parameters; /* balls */
    int has_velocity, has_transport;
} cst__system_draft_t;

/* system-geometry.c: coordinates and geometry of a chart, from its node, and the field. */
cst_status_t cst__system_chart(cst__system_draft_t *s, cst__chart_t *chart, const cst__names_t *constants);

/* system-atlas.c: the charts of `atlas`, their transition maps, and the proofs that all fits together. */
cst_status_t cst__system_atlas(cst__system_draft_t *s, cst_io_node_t atlas, const cst__names_t *constants);

#endif

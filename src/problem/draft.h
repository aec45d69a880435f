/* problem/draft.h -- a problem in the making: its tree, its names, its statement. */
#ifndef CST_PROBLEM_DRAFT_H
#define CST_PROBLEM_DRAFT_H

#include <caustic/geom.h>
#include <caustic/io.h>
#include <caustic/problem.h>

#include "expr/pool.h"

/* As in the limits of a certificate. */
#define CST__PROBLEM_MAX_DIMENSION 12
#define CST__PROBLEM_MAX_PARAMETERS 64
#define CST__PROBLEM_MAX_NAMES 1000
#define CST__PROBLEM_MAX_SYMMETRIES 128 /* generators, or discrete ones */

#define CST__PROBLEM_FILE_LIMIT ((size_t) 16 << 20)

#define CST__TRY(call)                                                                                       \
    do                                                                                                       \
    {                                                                                                        \
        cst_status_t status_ = (call);                                                                       \
        if (status_ != CST_OK)                                                                               \
            return status_;                                                                                  \
    } while (0)

/* Names that stand for expressions, in order. The strings belong to the tree or to the draft. */
typedef struct
{
    const char **names;
    cst_expr_t *values;
    slong length;
} cst__names_t;

typedef struct cst__draft_block cst__draft_block_t;

enum
{
    CST__DRAFT_LAST,
    CST__DRAFT_HAMILTONIAN,
    CST__DRAFT_INITIAL,
    CST__DRAFT_NEEDS
};

/* A name that stands for a text; what that needs itself; and whether H, or u0, uses it. */
typedef struct
{
    cst_io_node_t name, text;
    cst__expr_needs_t needs;
    char used[CST__DRAFT_NEEDS];
} cst__definition_t;

/* What cst__draft_alloc gives lives as long as the draft, or as the problem made of it. */
typedef struct
{
    cst_io_yaml_struct *yaml;
    cst_problem_struct *problem;
    cst_problem_purpose_t purpose;
    cst_expr_ctx_t ctx;
    cst_error_t *error;
    cst__text_t statement;
    cst__draft_block_t *blocks;
    cst__names_t constants, coordinates, where, parameters;
    cst__names_t taken; /* every name of the file, to refuse a second use */
    cst_expr_t *positive;
    cst_io_node_t *positive_nodes;
    const char **positive_whats;
    slong positive_length, positive_room;
    int has_needs;                             /* collect what formulas need, below */
    cst__expr_needs_t needs[CST__DRAFT_NEEDS]; /* of the last expression, of H, of u0 */
    cst__definition_t *definitions;            /* constants and `where` */
    slong definition_length, definition_room;
} cst__draft_t;

/* The symmetric problem upstairs. What the file does not have is NULL or 0. */
typedef struct
{
    cst_lie_chart_t chart;                    /* the parameters, and what is assumed positive */
    cst_geom_matrix_struct *metric, *inverse; /* NULL: no metric is given */
    cst_expr_t *pivots;
    int euclidean;
    cst_problem_construction_t construction;
    fmpq level[1];
    const cst_expr_t **generators, **discrete;
    slong generator_count, discrete_count;
    cst_io_node_t generator_list, discrete_list, coordinate_map, section_map, metric_node, loss_node,
        level_node;
    cst_expr_t *invariants, *section, *assumed;
    slong assumed_count;
    cst_expr_t loss; /* in the parameters, or NULL */
} cst__total_t;

void *cst__draft_alloc(cst__draft_t *draft, size_t count, size_t size);
/* A matrix of zeros that lives in the same way. */
cst_geom_matrix_struct *cst__draft_matrix(cst__draft_t *draft, slong rows, slong columns);
void cst__draft_free(void *blocks);

/* Place the error at a node, and return status with a printf-style message. */
cst_status_t cst__draft_fail(cst__draft_t *draft, cst_io_node_t node, cst_status_t status, const char *format,
                             ...) __attribute__((format(printf, 4, 5)));
/* The same for an identity: CST_REFUSED, and the remainder that should be zero. */
cst_status_t cst__draft_refuse(cst__draft_t *draft, cst_io_node_t node, cst_truth_t truth,
                               cst_expr_t remainder, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Names. */
void cst__names_add(cst__draft_t *draft, cst__names_t *names, const char *name, cst_expr_t value);
void cst__names_add_all(cst__draft_t *draft, cst__names_t *names, const cst__names_t *more);
slong cst__names_find(const cst__names_t *names, const char *name, size_t length);
cst_status_t cst__draft_declare(cst__draft_t *draft, cst_io_node_t name);
/* Declares prefix + name for every name, as variables. */
cst_status_t cst__draft_derived_names(cst__names_t *derived, cst__draft_t *draft, const char *prefix,
                                      const cst__names_t *names, cst_io_node_t node);
/* The next name in a text, from *text on; *text moves behind it. Returns its length, 0 at the end. */
size_t cst__draft_next_name(const char **name, const char **text);
/* Does the text use one of the names? */
int cst__draft_text_uses(const char *text, const cst__names_t *names);
/* A sequence of new names, which become variables. */
cst_status_t cst__draft_variables(cst__names_t *names, cst__draft_t *draft, cst_io_node_t list, slong limit);
/* Definitions that may use the scope and each other, and the `let` lines for them. The scope grows. */
cst_status_t cst__draft_definitions(cst__names_t *names, cst__draft_t *draft, cst_io_node_t mapping,
                                    cst__names_t *scope);

/* The version of the format, and the title, which the caller frees. */
cst_status_t cst__draft_heading(char **title, cst__draft_t *draft);

/* Values. */
cst_status_t cst__draft_expression(cst_expr_t *e, cst__draft_t *draft, cst_io_node_t node,
                                   const cst__names_t *scope);
cst_status_t cst__draft_rational(fmpq_t value, cst__draft_t *draft, cst_io_node_t node);

/* The statement. */
void cst__draft_say(cst__draft_t *draft, const char *words);
void cst__draft_say_text(cst__draft_t *draft, const char *text); /* verbatim, white space folded */
void cst__draft_say_count(cst__draft_t *draft, slong count);
void cst__draft_say_rational(cst__draft_t *draft, const fmpq_t value);
void cst__draft_say_names(cst__draft_t *draft, const char *word, const cst__names_t *names);

/* A function that must be positive wherever H is used; node is where it comes from, and what says that it
   is not, such as "the metric is not positive definite: pivot". */
cst_status_t cst__draft_positive(cst__draft_t *draft, cst_expr_t e, cst_io_node_t node, const char *what);

/* Formulas must be defined and smooth as they are written: where H is used, or on the domain for u0. The
   expression just read from the node is part of H or u0, or defines a name. */
void cst__draft_part_of(cst__draft_t *draft, int which, cst_io_node_t node);
void cst__draft_define(cst__draft_t *draft, cst_io_node_t name, cst_io_node_t text);
void cst__draft_needs_clear(cst__draft_t *draft);
/* What is in the parameters is meant on the section. */
void cst__draft_needs_on_section(cst__draft_t *draft, const cst_expr_t *section);
/* Turns what H needs into positive functions. */
cst_status_t cst__problem_defined_hamiltonian(cst__draft_t *draft);
/* Refused unless u0 is proved to be defined and smooth on all of the domain. */
cst_status_t cst__problem_defined_initial(cst__draft_t *draft);

/* The certain sign of e on a box, by halving it as often as depth and budget allow, or 0; then place is the
 * centre of a part of the box where it was not found. */
int cst__problem_sign(fmpq *place, cst_expr_t e, const cst_expr_t *variables, slong n, const fmpq *lower,
                      const fmpq *upper, int depth, slong *budget);
/* (q, du0(q)) at the centre q of the domain, and its 2n variables; a momentum is not known without u0. */
void cst__problem_centre(arb_ptr point, cst_expr_t *variables, fmpq *centre,
                         const cst_problem_struct *problem, slong prec);

/* The two kinds of problem, each up to its `domain` lines. */
cst_status_t cst__problem_manifold(cst__draft_t *draft);
cst_status_t cst__problem_quotient(cst__draft_t *draft);

/* The exact identities of a quotient problem; the domain is known. */
cst_status_t cst__problem_verify(cst__draft_t *draft, const cst__total_t *total);

/* Sets the coordinates and momenta of the problem, when all names of the file are declared. */
cst_status_t cst__problem_coordinates(cst__draft_t *draft, cst_io_node_t node);
/* The domain, and the settings of `certify`. */
cst_status_t cst__problem_domain(cst__draft_t *draft);
/* The functions of the draft, and what H needs, move to the problem; refused if one is not positive at the
   centre. */
cst_status_t cst__problem_positive(cst__draft_t *draft);
/* The centre of the domain (the only place), or one of some places in the absence of a domain: `dimension`
   rationals. 0 if there are no more. */
int cst__problem_place(fmpq *place, const cst_problem_struct *problem, slong number);
/* The place for a message, such as "(x, y) = (0, 1/2)". The caller frees it with flint_free. */
char *cst__problem_place_words(const cst_problem_struct *problem, const fmpq *place);

#endif

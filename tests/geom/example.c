/* tests/geom/example.c -- the submersions that the tests share. */
#include "geom/example.h"

const text_t example_neuron = {"ReLU neuron, invariant metric",
                               "w v a",
                               "x y",
                               "a^2*(dw^2 + dv^2) + (w^2 + v^2)*da^2",
                               "w;v;-a",
                               "a*w;a*v",
                               "x;y;1",
                               "a",
                               NULL,
                               0,
                               NULL};
const text_t example_balanced_neuron = {"ReLU neuron, balanced",
                                        "w v a",
                                        "x y",
                                        NULL,
                                        "w;v;-a",
                                        "a*w;a*v",
                                        "x/(x^2 + y^2)^(1/4);y/(x^2 + y^2)^(1/4);(x^2 + y^2)^(1/4)",
                                        "a",
                                        NULL,
                                        1,
                                        NULL};
const text_t example_sphere = {"scale-invariant weights",
                               "u v w",
                               "x y",
                               "(du^2 + dv^2 + dw^2)/(u^2 + v^2 + w^2)",
                               "u;v;w",
                               "u/w;v/w",
                               "x;y;1",
                               "w",
                               NULL,
                               0,
                               NULL};
const text_t example_turning = {"R^3/SO(2)", "u v z", "r h", NULL, "-v;u;0", "sqrt(u^2 + v^2);z",
                                "r;0;h",     "u",     "r",   0,    NULL};
const text_t example_rotations = {
    "R^3/SO(3)", "u v w", "r", NULL, "0;-w;v|w;0;-u|-v;u;0", "sqrt(u^2 + v^2 + w^2)", "r;0;0",
    "u",         "r",     0,   NULL};
const text_t example_diagonal_rotations = {"R^3/SO(3), another section",
                                           "u v w",
                                           "r",
                                           NULL,
                                           "0;-w;v|w;0;-u|-v;u;0",
                                           "sqrt(u^2 + v^2 + w^2)",
                                           "r/3;2*r/3;2*r/3",
                                           "u",
                                           "r",
                                           0,
                                           NULL};
/* U U^T for U in R^(2x2): Bures and Wasserstein */
const text_t example_bures = {"U U^T",
                              "a b c d",
                              "p q r",
                              NULL,
                              "-b;a;-d;c",
                              "a^2 + b^2;a*c + b*d;c^2 + d^2",
                              "sqrt(p);0;q/sqrt(p);sqrt(r - q^2/p)",
                              "a",
                              "p;r - q^2/p",
                              0,
                              NULL};
const text_t example_shift = {"softmax shift", "a b c", "x y", NULL, "1;1;1", "a - c;b - c",
                              "x;y;0",         NULL,    NULL,  0,    NULL};

/* S^3 in angles: z_1 = sin(e) exp(i s), z_2 = cos(e) exp(i t) */
const text_t example_hopf = {"Hopf",          "e s t",   "h f",   "de^2 + sin(e)^2*ds^2 + cos(e)^2*dt^2",
                             "0;1;1",         "e;s - t", "h;f;0", "sin(e);cos(e)",
                             "sin(h);cos(h)", 0,         NULL};
/* C^2 without 0, up to complex scalings: the projective line */
const text_t example_projective = {"projective line",
                                   "a b c d",
                                   "x y",
                                   "(da^2 + db^2 + dc^2 + dd^2)/(a^2 + b^2 + c^2 + d^2)",
                                   "a;b;c;d|-b;a;-d;c",
                                   "(a*c + b*d)/(a^2 + b^2);(a*d - b*c)/(a^2 + b^2)",
                                   "1;0;x;y",
                                   "a",
                                   NULL,
                                   0,
                                   NULL};
const text_t example_neuron_3 = {"ReLU neuron with three inputs",
                                 "u v w a",
                                 "x y z",
                                 "a^2*(du^2 + dv^2 + dw^2) + (u^2 + v^2 + w^2)*da^2",
                                 "u;v;w;-a",
                                 "a*u;a*v;a*w",
                                 "x;y;z;1",
                                 "a",
                                 NULL,
                                 0,
                                 NULL};
const text_t example_balanced_neuron_3 = {
    "ReLU neuron with three inputs, balanced",
    "u v w a",
    "x y z",
    NULL,
    "u;v;w;-a",
    "a*u;a*v;a*w",
    "x/(x^2 + y^2 + z^2)^(1/4);y/(x^2 + y^2 + z^2)^(1/4);z/(x^2 + y^2 + z^2)^(1/4);(x^2 + y^2 + z^2)^(1/4)",
    "a",
    NULL,
    1,
    NULL};
/* L(ab) on a^2 - b^2 = 3/2 */
const text_t example_product = {"product at a level",
                                "a b",
                                "x",
                                NULL,
                                "a;-b",
                                "a*b",
                                "sqrt(3/4 + sqrt(9/16 + x^2));x/sqrt(3/4 + sqrt(9/16 + x^2))",
                                "a",
                                NULL,
                                1,
                                "3/2"};
/* two products with levels of their own */
const text_t example_unequal_pair = {
    "two products at two levels",
    "a b c d",
    "x y",
    NULL,
    "a;-b;0;0|0;0;c;-d",
    "a*b;c*d",
    "sqrt(3/4 + sqrt(9/16 + x^2));x/sqrt(3/4 + sqrt(9/16 + x^2));sqrt(-1 + sqrt(1 + y^2));"
    "y/sqrt(-1 + sqrt(1 + y^2))",
    "a;c",
    "y",
    1,
    "3/2;-2"};

#define TAU "sqrt((x + w)^2 + (y - z)^2)"
#define FIRST "((x^2 + y^2 + x*w - y*z)/" TAU ")"
#define CORNER "((x*z + y*w)/" TAU ")"
#define ROOT "sqrt(" FIRST ")"
#define REST "sqrt((x*w - y*z)/" FIRST ")"

/* P = (x y; z w) as coordinates. With X = (P P^T)^(1/2) = (P P^T + det P)/sqrt(tr P P^T + 2 det P), U of
   Cholesky's factorization X = U U^T and V = U^-1 P are balanced: V V^T = U^-1 X^2 U^-T = U^T U. */
const text_t example_pairs = {"pairs",
                              "a b c d e f g h",
                              "x y z w",
                              NULL,
                              PAIR,
                              PRODUCT,
                              ROOT ";0;" CORNER "/" ROOT ";" REST ";"
                                   "x/" ROOT ";y/" ROOT ";(z - " CORNER "/(" FIRST ")*x)/" REST
                                   ";(w - " CORNER "/(" FIRST ")*y)/" REST,
                              NULL,
                              "x*w - y*z;x^2 + y^2 + x*w - y*z",
                              1,
                              NULL};

const text_t example_projective_plane = {
    "projective plane",
    "a b c d e f",
    "x y z w",
    "(da^2 + db^2 + dc^2 + dd^2 + de^2 + df^2)/(a^2 + b^2 + c^2 + d^2 + e^2 + f^2)",
    "a;b;c;d;e;f|-b;a;-d;c;-f;e",
    "(a*c + b*d)/(a^2 + b^2);(a*d - b*c)/(a^2 + b^2);(a*e + b*f)/(a^2 + b^2);(a*f - b*e)/(a^2 + b^2)",
    "1;0;x;y;z;w",
    NULL,
    NULL,
    0,
    NULL};
/* a finite group only: Theta itself */
const text_t example_signs = {"signs", "a b", "x y", NULL, NULL, "a;b", "x;y", NULL, NULL, 0, NULL};
/* GL(2) on pairs with the invariant metric tr (U^T U)^-1 dU^T dU + tr (V V^T)^-1 dV dV^T */
const text_t example_linear_group = {
    "pairs, invariant metric",
    "a b c d e f g h",
    "x y z w",
    "((b^2 + d^2)*(da^2 + dc^2) - 2*(a*b + c*d)*(da*db + dc*dd) + (a^2 + c^2)*(db^2 + dd^2))/(a*d - b*c)^2"
    " + ((g^2 + h^2)*(de^2 + df^2) - 2*(e*g + f*h)*(de*dg + df*dh) + (e^2 + f^2)*(dg^2 + dh^2))/(e*h - "
    "f*g)^2",
    PAIR,
    PRODUCT,
    "1;0;0;1;x;y;z;w",
    NULL,
    "x*w - y*z",
    0,
    NULL};
/* u = (a b), v = (c; d) up to GL(2), with v v^T - u^T u = diag(1, -1): no rotation keeps the level, and the
   slice is a curve. Its coordinate a is no invariant of GL(2). */
const text_t example_hyperbola = {"a slice that no rotation keeps",
                                  "a b c d",
                                  "x",
                                  NULL,
                                  "-a;0;c;0|0;-b;0;d|-b;-a;d;c|b;-a;d;-c",
                                  "a",
                                  "x;sqrt(1 + x^2);sqrt(1 + x^2);x",
                                  NULL,
                                  NULL,
                                  1,
                                  "1;-1;0;0"};

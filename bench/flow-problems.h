/* The problems that integrators are compared on. */
#ifndef CST_BENCH_FLOW_PROBLEMS_H
#define CST_BENCH_FLOW_PROBLEMS_H

typedef struct
{
    const char *name;
    long dimension;
    const char *field[8];   /* in a, b, c, ... */
    const char *initial[8]; /* expressions without variables */
    const char *radius;     /* of the initial box */
    const char *time;
    int tangent;
} problem_t;

#define LORENZ {"10*(b - a)", "a*(28 - c) - b", "a*b - 8/3*c"}, {"15", "15", "36"}, "0"
#define GEODESIC                                                                                             \
    {"c/(1 + exp(-a^2 - b^2))", "d/(1 + a^2)",                                                               \
     "a*(d^2/(1 + a^2)^2 - c^2*exp(-a^2 - b^2)/(1 + exp(-a^2 - b^2))^2)",                                    \
     "-b*c^2*exp(-a^2 - b^2)/(1 + exp(-a^2 - b^2))^2"},                                                      \
        {"3/10", "-1/5", "7/10", "1/2"}, "0"
#define KEPLER {"c", "d", "-a/(a^2 + b^2)^(3/2)", "-b/(a^2 + b^2)^(3/2)"}, {"1/2", "0", "0", "sqrt(3)"}, "0"
#define LAUB_LOOMIS                                                                                          \
    {"7/5*c - 9/10*a", "5/2*e - 3/2*b",    "3/5*g - 4/5*b*c", "2 - 13/10*c*d",                               \
     "7/10*a - d*e",   "3/10*a - 31/10*f", "9/5*f - 3/2*b*g"},                                               \
    {                                                                                                        \
        "6/5", "21/20", "3/2", "12/5", "1", "1/10", "9/20"                                                   \
    }

static const problem_t problems[] = {
    {"Lorenz T=10", 3, LORENZ, "10", 0},
    {"Lorenz T=20", 3, LORENZ, "20", 0},
    {"Lorenz C1 T=2", 3, LORENZ, "2", 1},
    {"Kepler 10 periods", 4, KEPLER, "62.83185307179586", 0},
    {"geodesic T=10", 4, GEODESIC, "10", 0},
    {"geodesic C1 T=10", 4, GEODESIC, "10", 1},
    {"van der Pol box T=7", 2, {"b", "(1 - a^2)*b - a"}, {"7/5", "23/10"}, "1/1000", "7", 0},
    {"Laub-Loomis .01 T=20", 7, LAUB_LOOMIS, "1/100", "20", 0},
    {"Laub-Loomis .1 T=20", 7, LAUB_LOOMIS, "1/10", "20", 0},
};

#endif

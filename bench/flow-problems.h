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
    const char *peers, *peers_212; /* radius/seconds of CAPD 6.1 and kv, measured on a faster machine */
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
    {"Lorenz T=10", 3, LORENZ, "10", 0, "CAPD 6.3e-8/.047 kv 1.6e-8/.36", "CAPD 9.6e-55/14.2"},
    {"Lorenz T=20", 3, LORENZ, "20", 0, "CAPD 2.4e-4/.085 kv 4.1e-5/1.03", NULL},
    {"Lorenz C1 T=2", 3, LORENZ, "2", 1, "CAPD 2.8e-10/.023 kv 1.3e-8/.079", "CAPD 5e-58/7.8"},
    {"Kepler 10 periods", 4, KEPLER, "62.83185307179586", 0, "CAPD 1.5e-9/.20 kv 9.2e-11/5.9",
     "CAPD 9.3e-53/87"},
    {"geodesic T=10", 4, GEODESIC, "10", 0, "CAPD 7.9e-14/.022 kv 3.8e-14/.19", "CAPD 2e-61/7.9"},
    {"geodesic C1 T=10", 4, GEODESIC, "10", 1, "CAPD 8.7e-13/.049 kv 2.7e-8/.19", "CAPD 1.6e-60/20"},
    {"van der Pol box T=7",
     2,
     {"b", "(1 - a^2)*b - a"},
     {"7/5", "23/10"},
     "1/1000",
     "7",
     0,
     "CAPD 2.58e-3/.0125 kv 2.52e-3/.062, true radius 2.426e-3",
     NULL},
    {"Laub-Loomis .01 T=20", 7, LAUB_LOOMIS, "1/100", "20", 0, NULL, NULL},
    {"Laub-Loomis .1 T=20", 7, LAUB_LOOMIS, "1/10", "20", 0, "CAPD fails", NULL},
};

#endif

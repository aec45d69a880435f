/* expr/dialect.c -- the words of C (with <math.h>) and of Sage, which are also those of Python. */
#include <string.h>

#include "expr/dialect.h"

static const char *const c_keywords[] = {
    "auto",     "break",  "case",   "char",     "const",    "continue", "default",  "do",
    "double",   "else",   "enum",   "extern",   "float",    "for",      "goto",     "if",
    "inline",   "int",    "long",   "register", "restrict", "return",   "short",    "signed",
    "sizeof",   "static", "struct", "switch",   "typedef",  "union",    "unsigned", "void",
    "volatile", "while",  "pow",    "fabs",     "fmax",     "copysign", "log1p",
};

static const char *const sage_keywords[] = {
    "and",  "as",     "assert", "async",    "await", "break", "class",  "continue", "def",    "del",
    "elif", "else",   "except", "finally",  "for",   "from",  "global", "if",       "import", "in",
    "is",   "lambda", "not",    "nonlocal", "or",    "pass",  "raise",  "return",   "try",    "while",
    "with", "yield",  "False",  "None",     "True",  "I",     "i",
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#define COMMON                                                                                               \
    [CST_EXPR_EXP] = {"exp(", ")"}, [CST_EXPR_LOG] = {"log(", ")"}, [CST_EXPR_SIN] = {"sin(", ")"},          \
    [CST_EXPR_COS] = {"cos(", ")"}, [CST_EXPR_TAN] = {"tan(", ")"}, [CST_EXPR_ASIN] = {"asin(", ")"},        \
    [CST_EXPR_ACOS] = {"acos(", ")"}, [CST_EXPR_ATAN] = {"atan(", ")"}, [CST_EXPR_SINH] = {"sinh(", ")"},    \
    [CST_EXPR_COSH] = {"cosh(", ")"}, [CST_EXPR_TANH] = {"tanh(", ")"}, [CST_EXPR_ERF] = {"erf(", ")"}

const cst__expr_dialect_t cst__expr_dialect_c = {
    .one = "1.0",
    .decimal = ".0",
    .pi = "3.14159265358979323846",
    .power_open = "pow(",
    .power = ", ",
    .power_close = ")",
    .functions = {COMMON, [CST_EXPR_SIGMOID] = {"(1.0/(1.0 + exp(-(", "))))"},
                  [CST_EXPR_SOFTPLUS] = {"(fmax(", ", 0.0) + log1p(exp(-fabs(", "))))"}, [CST_EXPR_ABS] = {"fabs(", ")"},
                  [CST_EXPR_RELU] = {"fmax(", ", 0.0)"}, [CST_EXPR_STEP] = {"(double) (", " > 0.0)"},
                  [CST_EXPR_SIGN] = {"copysign(1.0, ", ")"}},
    .keywords = c_keywords,
    .keyword_count = LENGTH(c_keywords),
};

/* Piecewise functions by abs, which every system of the kind has. */
const cst__expr_dialect_t cst__expr_dialect_sage = {
    .one = "1",
    .decimal = "",
    .pi = "pi",
    .power_open = "",
    .power = "**",
    .power_close = "",
    .functions = {COMMON, [CST_EXPR_SIGMOID] = {"(1/(1 + exp(-(", "))))"},
                  [CST_EXPR_SOFTPLUS] = {"log(1 + exp(", "))"}, [CST_EXPR_ABS] = {"abs(", ")"},
                  [CST_EXPR_RELU] = {"((", " + abs(", "))/2)"},
                  [CST_EXPR_STEP] = {"((1 + (", ")/abs(", "))/2)"}, [CST_EXPR_SIGN] = {"((", ")/abs(", "))"}},
    .keywords = sage_keywords,
    .keyword_count = LENGTH(sage_keywords),
};

int
cst__expr_is_keyword(const cst__expr_dialect_t *dialect, const char *name)
{
    for (size_t i = 0; i < dialect->keyword_count; i++)
        if (strcmp(dialect->keywords[i], name) == 0)
            return 1;
    return 0;
}

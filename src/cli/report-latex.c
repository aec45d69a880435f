/* cli/report-latex.c -- a certificate as an article for pdflatex: the theorem, and the graph of its proof. */
#include "config.h"

#include <string.h>

#include <caustic/expr.h>
#include <caustic/io.h>

#include "cli/report.h"

#define MOST_NAMES 1200
#define MOST_LISTED 400    /* nodes */
#define MOST_PICTURED 5000 /* boxes */
#define WIDTH 300.0        /* of the picture, in points */

/* ---- Formulas ---- */

typedef struct
{
    FILE *out;
    const cst_certificate_struct *c;
    cst_expr_ctx_t ctx;
    char *name[MOST_NAMES];
    cst_expr_t variable[MOST_NAMES];
    slong names;
} writer_t;

static void
declare(writer_t *w, const char *prefix, const char *name, size_t length)
{
    char *s;

    if (w->names == MOST_NAMES)
        return;
    s = flint_malloc(strlen(prefix) + length + 1);
    strcpy(s, prefix);
    strncat(s, name, length);
    w->variable[w->names] = cst_expr_variable(w->ctx, s);
    w->name[w->names++] = s;
}

/* Every name that a line can use: of coordinates and parameters, with their differentials and momenta, and
   what let introduces. */
static void
declare_names(writer_t *w)
{
    for (slong i = 0; i < w->c->line_count; i++)
    {
        const cst_certificate_line_t *line = w->c->lines + i;
        const char *at = line->text;
        int let = strcmp(line->keyword, "let") == 0;

        if (!let && strcmp(line->keyword, "coordinates") != 0 && strcmp(line->keyword, "parameters") != 0)
            continue;
        while (*at)
        {
            size_t n = strcspn(at, " ");

            declare(w, "", at, n);
            if (let)
                break;
            declare(w, "d", at, n);
            declare(w, "p_", at, n);
            at += n + (at[n] == ' ');
        }
    }
}

/* As a formula; as it is written if it cannot be read. */
static void
put_formula(writer_t *w, const char *text)
{
    cst_expr_scope_t scope = {(const char *const *) w->name, w->variable, w->names};
    cst_expr_t e;
    char *latex;

    if (cst_expr_parse(&e, w->ctx, text, &scope, NULL) != CST_OK)
    {
        fputs("\\texttt{", w->out);
        cst__print_latex_text(w->out, text);
        fputs("}", w->out);
        return;
    }
    latex = cst_expr_print_latex(w->ctx, e);
    fprintf(w->out, "$%s$", latex);
    flint_free(latex);
}

static void
put_name(writer_t *w, const char *name, size_t length)
{
    char *s = flint_malloc(length + 1);

    memcpy(s, name, length);
    s[length] = 0;
    put_formula(w, s);
    flint_free(s);
}

static void
put_rational(FILE *out, const fmpq_t q)
{
    char *s = fmpq_get_str(NULL, 10, q), *slash = strchr(s, '/');

    if (slash)
    {
        *slash = 0;
        fprintf(out, "%s\\frac{%s}{%s}", *s == '-' ? "-" : "", s + (*s == '-'), slash + 1);
    }
    else
        fputs(s, out);
    flint_free(s);
}

static void
put_decimal(FILE *out, const fmpq_t q, int direction)
{
    char *s = cst_io_decimal(q, 12, direction);

    fputs(s, out);
    flint_free(s);
}

/* ---- The theorem ---- */

/* "let NAME FORMULA" and its like: the keyword, the words before the formula, and the formula. */
static void
put_line(writer_t *w, const cst_certificate_line_t *line)
{
    static const struct
    {
        const char *keyword, *words;
        int counts, names;
    } kinds[] = {
        {"let", "With", 0, 1},
        {"metric", "the metric", 0, 0},
        {"cometric", "the co-metric's entry", 2, 0},
        {"hamiltonian", "the Hamiltonian", 0, 0},
        {"total-metric", "the metric on the parameters", 0, 0},
        {"generator", "the generator", 1, 1},
        {"discrete", "the symmetry", 1, 1},
        {"invariant", "the invariant", 0, 1},
        {"section", "the section", 0, 1},
        {"assume", "where it is positive:", 0, 0},
        {"initial", "the initial function $u_0$ =", 0, 0},
        {"loss", "the loss", 0, 0},
    };
    const char *at = line->text;

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].keyword, line->keyword) == 0)
        {
            fprintf(w->out, "\\item %s ", kinds[k].words);
            for (int i = 0; i < kinds[k].counts && strchr(at, ' '); i++)
            {
                fprintf(w->out, "%.*s ", (int) strcspn(at, " "), at);
                at = strchr(at, ' ') + 1;
            }
            if (kinds[k].names && strchr(at, ' '))
            {
                put_name(w, at, strcspn(at, " "));
                fputs(strcmp(line->keyword, "generator") == 0 ? ": " : " = ", w->out);
                at = strchr(at, ' ') + 1;
            }
            put_formula(w, at);
            fputs("\n", w->out);
        }
}

static void
put_domain(writer_t *w)
{
    const cst_certificate_struct *c = w->c;

    fputs("\\item the domain $D$: ", w->out);
    for (slong i = 0; i < c->dimension; i++)
    {
        fputs(i ? ", " : "", w->out);
        put_name(w, c->names[i], strlen(c->names[i]));
        fputs("$\\ \\in[", w->out);
        put_rational(w->out, c->low + i);
        fputs(",", w->out);
        put_rational(w->out, c->high + i);
        fputs("]$", w->out);
    }
    fputs("\n", w->out);
}

static void
put_theorem(writer_t *w)
{
    const cst_certificate_struct *c = w->c;

    fputs("\\section*{Theorem}\nGiven\n\\begin{itemize}\n", w->out);
    for (slong i = 0; i < c->line_count; i++)
        put_line(w, c->lines + i);
    put_domain(w);
    fputs("\\end{itemize}\nlet $\\Phi_t(q_0)$ be the characteristic of $u_t+H(q,\\nabla u)=0$, $u(0)=u_0$, "
          "from $q_0\\in "
          "D$. Then $\\Phi_t$ is defined and $\\det D\\Phi_t(q_0)\\ne0$ for all $q_0\\in D$ and $0\\le t\\le "
          "L$",
          w->out);
    if (c->has_upper)
        fputs(", and $\\det D\\Phi_t(q_0)=0$ for some $q_0\\in D$ and $0<t<U$: the first focal time over $D$ "
              "is in $[L,U]$",
              w->out);
    fputs(", where\n\\[ L=", w->out);
    put_rational(w->out, c->lower);
    fputs("\\ge ", w->out);
    put_decimal(w->out, c->lower, -1);
    if (c->has_upper)
    {
        fputs(",\\qquad U=", w->out);
        put_rational(w->out, c->upper);
        fputs("\\le ", w->out);
        put_decimal(w->out, c->upper, 1);
    }
    fputs(". \\]\n", w->out);
}

/* ---- The proof ---- */

static slong
children(const cst_certificate_t c, slong *positive, slong *steps)
{
    slong boxes = 0;

    *positive = *steps = 0;
    for (slong i = 0; i < c->node_count; i++)
    {
        cst_certificate_kind_t kind = c->nodes[i].kind;

        boxes += kind == CST_CERTIFICATE_STATIC || kind == CST_CERTIFICATE_FLOW;
        *positive += kind == CST_CERTIFICATE_POSITIVE;
        *steps += c->nodes[i].steps;
    }
    return boxes;
}

static void
put_summary(FILE *out, const cst_certificate_t c)
{
    slong positive, steps, boxes = children(c, &positive, &steps);

    fprintf(out,
            "\\section*{Proof}\nThe certificate with the SHA-256 digest\n\\begin{quote}\\ttfamily "
            "%.32s\\\\\n%s\\end{quote}\n",
            c->sha256, c->sha256 + 32);
    fprintf(
        out,
        "%s the proof, which \\texttt{caustic-check} verifies with integer arithmetic: %ld boxes that cover "
        "$D$, %ld integration steps, %ld positive definite matrices%s.\n",
        c->sealed ? "holds" : "(whose seal does not match) should hold", (long) boxes, (long) steps,
        (long) positive, c->has_upper ? ", and a witness of the upper bound" : "");
    fputs(
        "A box is \\emph{settled by curvature} if $A+LAUA$ is positive definite on it, $A=H_{pp}(\\nabla "
        "u_0)$, "
        "$U=\\nabla^2u_0$; it is \\emph{settled by integration} if the matrix $M$ of the monotone matrix "
        "theorem "
        "is positive definite at the time $L$. Matrices are functions of the starting point, given by Taylor "
        "models, and may be proved positive definite on parts of a box. A \\emph{merge} joins two halves.\n",
        out);
}

static void
put_interval(FILE *out, const fmpq_t low, const fmpq_t high)
{
    if (fmpq_equal(low, high))
        fprintf(out, "$%.8g$", fmpq_get_d(low));
    else
        fprintf(out, "$[%.8g,%.8g]$", fmpq_get_d(low), fmpq_get_d(high));
}

static void
put_nodes(FILE *out, const cst_certificate_t c)
{
    fmpq *low = _fmpq_vec_init(c->dimension), *high = _fmpq_vec_init(c->dimension);
    slong listed = 0;

    fputs("\\section*{The nodes of the proof}\n{\\small\\begin{itemize}\n", out);
    for (slong i = 0; i < c->node_count && listed < MOST_LISTED; i++, listed++)
    {
        const cst_certificate_node_t *node = c->nodes + i;
        char *name = cst_certificate_name(c, i);

        fprintf(out, "\\item \\texttt{%s}: %s", name, cst_certificate_kind_words(node->kind));
        flint_free(name);
        if (node->kind == CST_CERTIFICATE_MERGE || node->kind == CST_CERTIFICATE_PARTS)
            fprintf(out, " across coordinate %ld", (long) node->axis + 1);
        else if (node->kind != CST_CERTIFICATE_POSITIVE)
        {
            cst_certificate_box(low, high, c, i);
            fputs(",", out);
            for (slong k = 0; k < c->dimension; k++)
            {
                fputs(k ? "$\\,\\times\\,$" : " ", out);
                put_interval(out, low + k, high + k);
            }
            fprintf(out, ", %ld bits, degree %ld", (long) node->bits, (long) node->degree);
            if (node->steps)
                fprintf(out, ", %ld steps", (long) node->steps);
        }
        fputs("\n", out);
    }
    if (listed < c->node_count)
        fprintf(out, "\\item and %ld more, in the order of the certificate.\n",
                (long) (c->node_count - listed));
    fputs("\\end{itemize}}\n", out);
    _fmpq_vec_clear(low, c->dimension);
    _fmpq_vec_clear(high, c->dimension);
}

/* ---- The picture of the cover, in one and two dimensions ---- */

static void
put_rectangle(FILE *out, double x, double y, double width, double height)
{
    fprintf(out,
            "\\put(%.2f,%.2f){\\line(1,0){%.2f}}\\put(%.2f,%.2f){\\line(1,0){%.2f}}"
            "\\put(%.2f,%.2f){\\line(0,1){%.2f}}\\put(%.2f,%.2f){\\line(0,1){%.2f}}\n",
            x, y, width, x, y + height, width, x, y, height, x + width, y, height);
}

static double
place(const fmpq_t x, const cst_certificate_t c, slong i)
{
    double low = fmpq_get_d(c->low + i), high = fmpq_get_d(c->high + i);

    return WIDTH * (fmpq_get_d(x) - low) / (high - low);
}

static void
put_picture(FILE *out, const cst_certificate_t c)
{
    fmpq *low = _fmpq_vec_init(c->dimension), *high = _fmpq_vec_init(c->dimension);
    int flat = c->dimension == 1;
    double height = flat ? 20 : WIDTH;
    slong pictured = 0;

    fprintf(out, "\\begin{center}\n\\begin{picture}(%.0f,%.0f)\n", WIDTH, height);
    for (slong i = 0; i < c->node_count && pictured < MOST_PICTURED; i++)
        if (c->nodes[i].kind == CST_CERTIFICATE_STATIC || c->nodes[i].kind == CST_CERTIFICATE_FLOW)
        {
            double x, y;

            cst_certificate_box(low, high, c, i);
            x = place(low, c, 0);
            y = flat ? 0 : place(low + 1, c, 1);
            put_rectangle(out, x, y, place(high, c, 0) - x, (flat ? height : place(high + 1, c, 1)) - y);
            pictured++;
        }
    if (c->has_upper)
        fprintf(out, "\\put(%.2f,%.2f){\\circle*{4}}\n", place(c->point, c, 0),
                flat ? height / 2 : place(c->point + 1, c, 1));
    fputs("\\end{picture}\n\n{\\small The boxes of the cover", out);
    fputs(c->has_upper ? ", and the starting point of the witness.}\n\\end{center}\n" : ".}\n\\end{center}\n",
          out);
    _fmpq_vec_clear(low, c->dimension);
    _fmpq_vec_clear(high, c->dimension);
}

void
cst__report_latex(FILE *out, const cst_certificate_t c)
{
    writer_t w = {.out = out, .c = c, .ctx = cst_expr_ctx_new()};

    declare_names(&w);
    fputs("\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}\n\\raggedright\n"
          "\\title{",
          out);
    cst__print_latex_text(out, c->title);
    fputs("}\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle\n", out);
    put_theorem(&w);
    put_summary(out, c);
    if (c->dimension <= 2)
        put_picture(out, c);
    put_nodes(out, c);
    fputs("\\end{document}\n", out);
    for (slong i = 0; i < w.names; i++)
        flint_free(w.name[i]);
    cst_expr_ctx_free(w.ctx);
}

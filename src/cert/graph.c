/* cert/graph.c -- a certificate read back as a graph of proofs; see doc/certificate.rst for the lines. */
#include <stdlib.h>
#include <string.h>

#include <caustic/certificate.h>
#include <caustic/io.h>

#define MOST_DIMENSION 12
#define MOST_DEPTH 2001
#define MOST_DIGITS 20000

typedef struct
{
    cst_certificate_struct *c;
    const char *at, *end; /* of the text that is not yet read */
    const char *line;     /* the line at hand, not terminated */
    size_t length;
    int number;
    const char *path;
    cst_error_t *error;
} reader_t;

static cst_status_t
refuse(const reader_t *r, const char *cause)
{
    cst_error_t *error = r->error;

    if (error)
    {
        size_t n = strlen(r->path);

        cst_error_clear(error);
        n = n < sizeof error->file ? n : sizeof error->file - 1;
        memcpy(error->file, r->path, n);
        error->file[n] = 0;
        error->line = r->number;
    }
    return cst_error_set(error, CST_BAD_INPUT, "%s", cause);
}

/* ---- Lines ---- */

static int
next_line(reader_t *r)
{
    const char *stop = r->at < r->end ? memchr(r->at, '\n', (size_t) (r->end - r->at)) : NULL;

    if (!stop || stop == r->at)
        return 0;
    r->line = r->at;
    r->length = (size_t) (stop - r->at);
    r->at = stop + 1;
    r->number++;
    return 1;
}

/* What follows the keyword of the line at hand, NULL for another keyword. */
static const char *
after(const reader_t *r, const char *keyword)
{
    size_t n = strlen(keyword);

    if (r->length < n || memcmp(r->line, keyword, n) != 0 || (r->length > n && r->line[n] != ' '))
        return NULL;
    return r->length > n ? r->line + n + 1 : r->line + n;
}

static char *
copy(const char *from, const char *to)
{
    char *s = flint_malloc((size_t) (to - from) + 1);

    memcpy(s, from, (size_t) (to - from));
    s[to - from] = 0;
    return s;
}

/* The next word of the line at hand from `at` on; NULL at its end. The caller frees it. */
static char *
next_word(const reader_t *r, const char **at)
{
    const char *from = *at, *line_end = r->line + r->length, *space;

    if (from >= line_end)
        return NULL;
    space = memchr(from, ' ', (size_t) (line_end - from));
    *at = space ? space + 1 : line_end;
    return copy(from, space ? space : line_end);
}

static int
next_rational(fmpq_t q, const reader_t *r, const char **at)
{
    char *word = next_word(r, at);
    int ok = word && strlen(word) < MOST_DIGITS && strspn(word, "-0123456789/") == strlen(word) &&
             fmpq_set_str(q, word, 10) == 0 && !fmpz_is_zero(fmpq_denref(q));

    if (ok)
        fmpq_canonicalise(q);
    flint_free(word);
    return ok;
}

/* In hexadecimal */
static int
next_integer(fmpz_t z, const reader_t *r, const char **at)
{
    char *word = next_word(r, at);
    int ok = word && strlen(word) < MOST_DIGITS && strspn(word, "-0123456789abcdef") == strlen(word) &&
             fmpz_set_str(z, word, 16) == 0;

    flint_free(word);
    return ok;
}

/* A count from `least` to `most`, or -1 */
static slong
next_count(const reader_t *r, const char **at, slong least, slong most)
{
    char *word = next_word(r, at);
    slong v = -1;

    if (word && *word && strlen(word) < 9 && strspn(word, "0123456789") == strlen(word))
        v = strtol(word, NULL, 10);
    flint_free(word);
    return v >= least && v <= most ? v : -1;
}

/* ---- The statement ---- */

static cst_status_t
read_claim(reader_t *r)
{
    cst_certificate_struct *c = r->c;
    const char *rest;

    if (!next_line(r) || !(rest = after(r, "caustic-certificate")) || r->line + r->length - rest != 1 ||
        *rest != '1')
        return refuse(r, "this is not a certificate of version 1");
    if (!next_line(r) || !(rest = after(r, "title")))
        return refuse(r, "expected the title");
    c->title = copy(rest, r->line + r->length);
    if (!next_line(r) || !(rest = after(r, "claim")) || !next_rational(c->lower, r, &rest))
        return refuse(r, "expected the claim");
    c->has_upper = !(r->line + r->length - rest == 4 && memcmp(rest, "none", 4) == 0);
    if (c->has_upper && !next_rational(c->upper, r, &rest))
        return refuse(r, "expected the claim");
    return CST_OK;
}

static cst_status_t
read_domain(reader_t *r, const char *rest)
{
    cst_certificate_struct *c = r->c;
    slong i = c->dimension;

    if (i == MOST_DIMENSION)
        return refuse(r, "a domain that is not understood");
    c->names[i] = next_word(r, &rest);
    c->dimension++;
    if (!c->names[i] || !next_rational(c->low + i, r, &rest) || !next_rational(c->high + i, r, &rest) ||
        rest < r->line + r->length || fmpq_cmp(c->low + i, c->high + i) >= 0)
        return refuse(r, "a domain that is not understood");
    return CST_OK;
}

static cst_status_t
read_statement(reader_t *r)
{
    cst_certificate_struct *c = r->c;
    slong room = 0;
    int more;

    while ((more = next_line(r)) && !after(r, "evidence"))
    {
        const char *rest = after(r, "domain"), *space = memchr(r->line, ' ', r->length);
        cst_status_t status = rest ? read_domain(r, rest) : CST_OK;

        if (status != CST_OK)
            return status;
        if (!space)
            return refuse(r, "a line that is not understood");
        if (c->line_count == room)
        {
            room = 2 * room + 16;
            c->lines = flint_realloc(c->lines, (size_t) room * sizeof *c->lines);
        }
        c->lines[c->line_count].number = r->number;
        c->lines[c->line_count].keyword = copy(r->line, space);
        c->lines[c->line_count++].text = copy(space + 1, r->line + r->length);
    }
    return more && c->dimension > 0 ? CST_OK : refuse(r, "the certificate ends before its evidence");
}

/* ---- The graph ---- */

static cst_certificate_node_t *
new_node(reader_t *r, cst_certificate_kind_t kind, slong parent, int side)
{
    cst_certificate_struct *c = r->c;
    cst_certificate_node_t *node;

    if (c->node_count == c->node_room)
    {
        c->node_room = 2 * c->node_room + 64;
        c->nodes = flint_realloc(c->nodes, (size_t) c->node_room * sizeof *c->nodes);
    }
    node = c->nodes + c->node_count++;
    memset(node, 0, sizeof *node);
    node->kind = kind;
    node->parent = parent;
    node->depth = parent < 0 ? 0 : c->nodes[parent].depth + 1;
    node->side = side;
    node->line = r->number;
    return node;
}

/* The line at hand, static or flow, and its steps. */
static cst_status_t
read_rule(reader_t *r, cst_certificate_node_t *node)
{
    const char *rest = after(r, "static");
    int flow = rest == NULL;

    if (flow && !(rest = after(r, "flow")))
        return refuse(r, "a line that is not understood");
    node->bits = next_count(r, &rest, 1, 100000);
    node->degree = next_count(r, &rest, 0, 100000);
    node->weight = flow ? next_count(r, &rest, 1, 100000) : 0;
    node->order = flow ? next_count(r, &rest, 0, 100000) : 0;
    if (node->bits < 0 || node->degree < 0 || node->weight < 0 || node->order < 0)
        return refuse(r, "a line that is not understood");
    if (node->kind != CST_CERTIFICATE_WITNESS)
        node->kind = flow ? CST_CERTIFICATE_FLOW : CST_CERTIFICATE_STATIC;
    for (int more; flow;)
    {
        more = next_line(r);
        if (!more)
            return refuse(r, "the certificate ends inside its evidence");
        if (after(r, "arrive"))
            break;
        if (after(r, "step"))
            node->steps++;
        else if (!after(r, "p"))
            return refuse(r, "a line that is not understood");
    }
    return CST_OK;
}

static cst_status_t
read_witness(reader_t *r)
{
    cst_certificate_struct *c = r->c;
    const char *rest;

    new_node(r, CST_CERTIFICATE_WITNESS, -1, 0);
    if (!next_line(r) || !(rest = after(r, "point")))
        return refuse(r, "expected the point of the witness");
    for (slong i = 0; i < c->dimension; i++)
        if (!next_rational(c->point + i, r, &rest))
            return refuse(r, "expected the point of the witness");
    if (!next_line(r) || !(rest = after(r, "direction")))
        return refuse(r, "expected the direction of the witness");
    for (slong i = 0; i < c->dimension; i++)
        if (!next_integer(c->direction + i, r, &rest))
            return refuse(r, "expected the direction of the witness");
    return next_line(r) ? read_rule(r, c->nodes) : refuse(r, "the certificate ends inside its evidence");
}

/* What is still to be read: a child of a node, on one of its sides. */
typedef struct
{
    slong parent;
    int side;
} task_t;

static cst_status_t
read_cover(reader_t *r)
{
    cst_certificate_struct *c = r->c;
    task_t *stack = flint_malloc((MOST_DEPTH + 4) * sizeof *stack);
    slong depth = 1;
    cst_status_t status = CST_OK;

    stack[0] = (task_t){-1, 0};
    while (status == CST_OK && depth > 0)
    {
        task_t task = stack[--depth];
        int box = task.parent < 0 || c->nodes[task.parent].kind == CST_CERTIFICATE_MERGE;
        const char *rest;
        cst_certificate_node_t *node;
        slong id = c->node_count;

        if (!next_line(r))
        {
            status = refuse(r, "the certificate ends inside its cover");
            break;
        }
        rest = after(r, box ? "split" : "halve");
        node = new_node(r, box ? CST_CERTIFICATE_MERGE : CST_CERTIFICATE_PARTS, task.parent, task.side);
        if (rest)
        {
            node->axis = next_count(r, &rest, 1, c->dimension) - 1;
            if (node->axis < 0 || node->depth == MOST_DEPTH)
                status = refuse(r, "a split that is not understood");
            stack[depth++] = (task_t){id, 1};
            stack[depth++] = (task_t){id, 0};
        }
        else if (box)
        {
            status = read_rule(r, node);
            stack[depth++] = (task_t){id, 0};
        }
        else if (after(r, "positive"))
            node->kind = CST_CERTIFICATE_POSITIVE;
        else
            status = refuse(r, "a line that is not understood");
    }
    flint_free(stack);
    return status;
}

/* ---- The whole ---- */

static void
judge_seal(cst_certificate_struct *c, const char *text, size_t length)
{
    const char *seal = length > 72 ? text + length - 72 : text; /* "sha256 ", 64 digits, a line feed */
    cst_io_sha256_t hash;

    cst_io_sha256_init(hash);
    cst_io_sha256_update(hash, text, (size_t) (seal - text));
    cst_io_sha256_hex(c->sha256, hash);
    c->sealed = length > 72 && strncmp(seal, "sha256 ", 7) == 0 && strncmp(seal + 7, c->sha256, 64) == 0;
}

cst_status_t
cst_certificate_read(cst_certificate_t c, const char *path, const char *text, size_t length,
                     cst_error_t *error)
{
    reader_t r = {.c = c, .at = text, .end = text + length, .line = "", .path = path, .error = error};
    cst_status_t status;

    memset(c, 0, sizeof *c);
    fmpq_init(c->lower);
    fmpq_init(c->upper);
    c->names = flint_calloc(MOST_DIMENSION, sizeof *c->names);
    c->low = _fmpq_vec_init(MOST_DIMENSION);
    c->high = _fmpq_vec_init(MOST_DIMENSION);
    c->point = _fmpq_vec_init(MOST_DIMENSION);
    c->direction = _fmpz_vec_init(MOST_DIMENSION);
    judge_seal(c, text, length);
    status = read_claim(&r);
    if (status == CST_OK)
        status = read_statement(&r);
    if (status == CST_OK && !next_line(&r))
        status = refuse(&r, "the certificate ends before its cover");
    if (status == CST_OK && after(&r, "witness"))
    {
        status = read_witness(&r);
        if (status == CST_OK && !next_line(&r))
            status = refuse(&r, "the certificate ends before its cover");
    }
    if (status == CST_OK && !after(&r, "cover"))
        status = refuse(&r, "expected the cover");
    if (status == CST_OK && c->has_upper != (c->node_count > 0))
        status = refuse(&r, "a witness and an upper bound go together");
    if (status == CST_OK)
        status = read_cover(&r);
    if (status == CST_OK && (!next_line(&r) || !after(&r, "end")))
        status = refuse(&r, "the certificate ends too early");
    if (status != CST_OK)
        cst_certificate_clear(c);
    return status;
}

void
cst_certificate_clear(cst_certificate_t c)
{
    flint_free(c->title);
    fmpq_clear(c->lower);
    fmpq_clear(c->upper);
    for (slong i = 0; i < c->line_count; i++)
    {
        flint_free(c->lines[i].keyword);
        flint_free(c->lines[i].text);
    }
    flint_free(c->lines);
    for (slong i = 0; i < c->dimension; i++)
        flint_free(c->names[i]);
    flint_free(c->names);
    _fmpq_vec_clear(c->low, MOST_DIMENSION);
    _fmpq_vec_clear(c->high, MOST_DIMENSION);
    _fmpq_vec_clear(c->point, MOST_DIMENSION);
    _fmpz_vec_clear(c->direction, MOST_DIMENSION);
    flint_free(c->nodes);
}

/* ---- Places ---- */

/* Does a node halve what is above it? */
static int
halves(const cst_certificate_struct *c, slong node)
{
    return node >= 0 &&
           (c->nodes[node].kind == CST_CERTIFICATE_MERGE || c->nodes[node].kind == CST_CERTIFICATE_PARTS);
}

/* Whether a node is the lower or the upper half at each of the halvings above it, from the root down. */
static slong
path_to(slong *path, const cst_certificate_struct *c, slong node)
{
    slong length = 0, k;

    for (slong i = node; c->nodes[i].parent >= 0; i = c->nodes[i].parent)
        length += halves(c, c->nodes[i].parent);
    k = length;
    for (slong i = node; c->nodes[i].parent >= 0; i = c->nodes[i].parent)
        if (halves(c, c->nodes[i].parent))
            path[--k] = i;
    return length;
}

void
cst_certificate_box(fmpq *low, fmpq *high, const cst_certificate_t c, slong node)
{
    int witness = c->nodes[node].kind == CST_CERTIFICATE_WITNESS;
    slong *path = flint_malloc((size_t) (c->nodes[node].depth + 1) * sizeof *path),
          length = path_to(path, c, node);
    fmpq_t middle;

    fmpq_init(middle);
    for (slong i = 0; i < c->dimension; i++)
    {
        fmpq_set(low + i, witness ? c->point + i : c->low + i);
        fmpq_set(high + i, witness ? c->point + i : c->high + i);
    }
    for (slong k = 0; k < length; k++)
    {
        const cst_certificate_node_t *n = c->nodes + path[k];
        slong i = c->nodes[n->parent].axis;

        fmpq_add(middle, low + i, high + i);
        fmpq_div_2exp(middle, middle, 1);
        fmpq_set(n->side ? low + i : high + i, middle);
    }
    fmpq_clear(middle);
    flint_free(path);
}

char *
cst_certificate_name(const cst_certificate_t c, slong node)
{
    int witness = c->nodes[node].kind == CST_CERTIFICATE_WITNESS;
    slong *path = flint_malloc((size_t) (c->nodes[node].depth + 1) * sizeof *path),
          length = path_to(path, c, node);
    char *name = flint_malloc(2 * (size_t) length + 10), *at = name;

    strcpy(name, witness ? "witness" : "box 1");
    at += strlen(name);
    for (slong k = 0; k < length; k++)
    {
        const cst_certificate_node_t *n = c->nodes + path[k];

        if (c->nodes[n->parent].kind == CST_CERTIFICATE_MERGE)
            *at++ = '.';
        *at++ = c->nodes[n->parent].kind == CST_CERTIFICATE_MERGE ? "12"[n->side] : "-+"[n->side];
    }
    *at = 0;
    flint_free(path);
    return name;
}

const char *
cst_certificate_kind_words(cst_certificate_kind_t kind)
{
    static const char *const words[] = {
        "witness",
        "merge",
        "box settled by curvature",
        "box settled by integration",
        "parts of a matrix",
        "positive definite matrix",
    };

    return words[kind];
}

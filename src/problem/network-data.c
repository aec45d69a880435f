/* problem/network-data.c -- inputs and targets, from the problem file or from a table beside it. */
#include <string.h>

#include "problem/network.h"

#define MOST_NUMBERS 1000000
#define TABLE_LIMIT ((size_t) 16 << 20)

/* Numbers in the file -------------------------------------------------------- */

/* A list of lists of the same length, or of numbers. */
static cst_status_t
read_matrix(fmpq **numbers, slong *rows, slong *columns, cst__network_t *net, cst_io_node_t list)
{
    cst__draft_t *draft = net->draft;

    CST__TRY(cst_io_yaml_expect(draft->yaml, list, CST_IO_SEQUENCE, draft->error));
    if (list->length == 0)
        return cst__draft_fail(draft, list, CST_BAD_INPUT, "there are no data");
    *rows = list->length;
    *columns = list->items[0]->kind == CST_IO_SEQUENCE ? list->items[0]->length : 1;
    if (*columns == 0 || *rows > MOST_NUMBERS / *columns)
        return cst__draft_fail(draft, list, CST_BAD_INPUT, "between 1 and %d numbers can be read",
                               MOST_NUMBERS);
    *numbers = cst__network_rationals(net, *rows * *columns);
    for (slong i = 0; i < *rows; i++)
    {
        cst_io_node_t row = list->items[i];

        if (row->kind == CST_IO_SCALAR && *columns == 1)
        {
            CST__TRY(cst__network_rational(*numbers + i, net, row));
            continue;
        }
        CST__TRY(cst_io_yaml_expect(draft->yaml, row, CST_IO_SEQUENCE, draft->error));
        if (row->length != *columns)
            return cst__draft_fail(draft, row, CST_BAD_INPUT, "expected %ld numbers, as in the first row",
                                   (long) *columns);
        for (slong j = 0; j < *columns; j++)
            CST__TRY(cst__network_rational(*numbers + i * *columns + j, net, row->items[j]));
    }
    return CST_OK;
}

/* A table --------------------------------------------------------------------- */

/* Comma-separated values, the first line names the columns. */
typedef struct
{
    cst__network_t *net;
    cst_io_node_t node; /* of the file's name */
    char *path, *text, *next;
    long line;
} table_t;

/* Beside the problem file, unless the path is absolute. */
static char *
table_path(cst__network_t *net, const char *name)
{
    const char *problem = net->draft->yaml->name, *slash = strrchr(problem, '/');
    size_t folder = *name == '/' || !slash ? 0 : (size_t) (slash - problem) + 1;
    char *path = cst__draft_alloc(net->draft, folder + strlen(name) + 1, 1);

    memcpy(path, problem, folder);
    strcpy(path + folder, name);
    return path;
}

static cst_status_t
table_fail(table_t *table, const char *words, const char *what)
{
    return cst__draft_fail(table->net->draft, table->node, CST_BAD_INPUT, "%.200s:%ld: %s '%.60s'",
                           table->path, table->line, words, what);
}

/* The next line that is not empty, or NULL. */
static char *
next_line(table_t *table)
{
    while (*table->next)
    {
        char *line = table->next;
        size_t length = strcspn(line, "\n");

        table->next += length + (line[length] == '\n');
        line[length] = '\0';
        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
        table->line++;
        if (*line)
            return line;
    }
    return NULL;
}

/* The next field of a line, without spaces around it; *line moves behind it, to NULL at the end. */
static char *
next_field(char **line)
{
    char *field = *line + strspn(*line, " \t");
    size_t length = strcspn(field, ",");

    *line = field[length] == ',' ? field + length + 1 : NULL;
    field[length] = '\0';
    while (length > 0 && (field[length - 1] == ' ' || field[length - 1] == '\t'))
        field[--length] = '\0';
    return field;
}

/* The place of a name in a list: 0 ... length - 1, or -1. */
static slong
find(cst_io_node_t list, const char *name)
{
    for (slong i = 0; i < list->length; i++)
        if (list->items[i]->kind == CST_IO_SCALAR && strcmp(list->items[i]->text, name) == 0)
            return i;
    return -1;
}

/* What each column of the table is: place in the inputs, or -1 - place in the targets, or MOST_NUMBERS. */
static cst_status_t
read_header(slong **roles, slong *columns, table_t *table, cst_io_node_t inputs, cst_io_node_t targets)
{
    cst__draft_t *draft = table->net->draft;
    char *line = next_line(table),
         *seen = cst__draft_alloc(draft, (size_t) (inputs->length + targets->length), 1);
    slong room = 1;

    if (!line)
        return table_fail(table, "no line with the names of the columns in", table->path);
    for (const char *c = line; *c; c++)
        room += *c == ',';
    *roles = cst__draft_alloc(draft, (size_t) room, sizeof **roles);
    for (*columns = 0; line; ++*columns)
    {
        char *name = next_field(&line);
        slong input = find(inputs, name), target = find(targets, name);

        (*roles)[*columns] = input >= 0 ? input : target >= 0 ? -1 - target : MOST_NUMBERS;
        if (input >= 0)
            seen[input] = 1;
        if (target >= 0)
            seen[inputs->length + target] = 1;
        if (input >= 0 && target >= 0)
            return table_fail(table, "both an input and a target:", name);
    }
    for (slong i = 0; i < inputs->length + targets->length; i++)
    {
        cst_io_node_t node = i < inputs->length ? inputs->items[i] : targets->items[i - inputs->length];

        CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
        if (!seen[i])
            return cst__draft_fail(draft, node, CST_BAD_INPUT, "no column '%.60s' in %.200s", node->text,
                                   table->path);
    }
    return CST_OK;
}

static cst_status_t
read_field(fmpq_t value, table_t *table, const char *field)
{
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;

    if (strspn(field, "+-0123456789.eE") != strlen(field) || strlen(field) > 100 ||
        cst_expr_parse(&e, table->net->draft->ctx, field + (*field == '+'), &none, NULL) != CST_OK ||
        cst_expr_kind(e) != CST_EXPR_RATIONAL)
        return table_fail(table, "not a decimal number:", field);
    fmpq_set(value, cst_expr_rational_value(e));
    return CST_OK;
}

/* "A-B": rows A to B, from 1. */
static cst_status_t
read_rows(slong range[2], cst__draft_t *draft, cst_io_node_t node)
{
    long first, last;
    char end;

    range[0] = 1;
    range[1] = MOST_NUMBERS;
    if (!node)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    if (strlen(node->text) > 20 || sscanf(node->text, "%ld-%ld%c", &first, &last, &end) != 2 || first < 1 ||
        last < first)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected rows such as 1-10");
    range[0] = first;
    range[1] = last;
    return CST_OK;
}

static cst_status_t
read_table_rows(table_t *table, const slong *roles, slong columns, const slong range[2])
{
    cst__network_t *net = table->net;
    slong row = 0, most = MOST_NUMBERS / (net->input_size + net->target_size), lines = 1, room;
    char *line;

    for (const char *c = table->next; *c; c++)
        lines += *c == '\n';
    room = FLINT_MIN(FLINT_MIN(lines, most), range[1] - range[0] + 1);
    net->inputs = cst__network_rationals(net, room * net->input_size);
    net->targets = cst__network_rationals(net, room * net->target_size);
    while ((line = next_line(table)) && row < range[1])
    {
        slong at = ++row - range[0];

        if (at < 0)
            continue;
        if (at >= room)
            return table_fail(table, "too many numbers in", table->path);
        for (slong c = 0; c < columns; c++)
        {
            char *field = line ? next_field(&line) : NULL;

            if (!field)
                return table_fail(table, "fewer fields than columns in", table->path);
            if (roles[c] == MOST_NUMBERS)
                continue;
            CST__TRY(read_field(roles[c] >= 0 ? net->inputs + at * net->input_size + roles[c]
                                              : net->targets + at * net->target_size - 1 - roles[c],
                                table, field));
        }
        if (line)
            return table_fail(table, "more fields than columns in", table->path);
        net->rows = at + 1;
    }
    return net->rows > 0 ? CST_OK : table_fail(table, "no such rows in", table->path);
}

static cst_status_t
read_table(cst__network_t *net, cst_io_node_t data, cst_io_node_t file)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t inputs, targets;
    table_t table = {.net = net, .node = file};
    slong range[2], columns = 0, *roles = NULL;
    size_t length;
    char *text;
    cst_status_t status;

    CST__TRY(cst_io_yaml_expect(draft->yaml, file, CST_IO_SCALAR, draft->error));
    CST__TRY(cst_io_yaml_require(&inputs, draft->yaml, data, "inputs", draft->error));
    CST__TRY(cst_io_yaml_require(&targets, draft->yaml, data, "targets", draft->error));
    CST__TRY(cst_io_yaml_expect(draft->yaml, inputs, CST_IO_SEQUENCE, draft->error));
    CST__TRY(cst_io_yaml_expect(draft->yaml, targets, CST_IO_SEQUENCE, draft->error));
    if (inputs->length == 0 || targets->length == 0)
        return cst__draft_fail(draft, data, CST_BAD_INPUT, "expected the names of columns");
    CST__TRY(read_rows(range, draft, cst_io_yaml_get(data, "rows")));
    net->input_size = inputs->length;
    net->target_size = targets->length;
    table.path = table_path(net, file->text);
    status = cst_io_file_read(&text, &length, table.path, TABLE_LIMIT, draft->error);
    if (status != CST_OK)
        return cst__draft_fail(draft, file, status, "%.200s: %.200s", table.path, draft->error->message);
    table.text = table.next = text;
    status = strlen(text) == length ? read_header(&roles, &columns, &table, inputs, targets)
                                    : table_fail(&table, "a NUL byte in", table.path);
    if (status == CST_OK)
        status = read_table_rows(&table, roles, columns, range);
    flint_free(text);
    return status;
}

/* Both ------------------------------------------------------------------------- */

static cst_status_t
divide_inputs(cst__network_t *net, cst_io_node_t node)
{
    fmpq_t divisor;
    cst_status_t status;

    if (!node)
        return CST_OK;
    fmpq_init(divisor);
    status = cst__network_rational(divisor, net, node);
    if (status == CST_OK && fmpq_is_zero(divisor))
        status = cst__draft_fail(net->draft, node, CST_BAD_INPUT, "expected a number that is not 0");
    for (slong i = 0; i < net->rows * net->input_size && status == CST_OK; i++)
        fmpq_div(net->inputs + i, net->inputs + i, divisor);
    fmpq_clear(divisor);
    return status;
}

cst_status_t
cst__network_data(cst__network_t *net)
{
    static const char *const keys[] = {"inputs", "targets", "csv", "rows", "divide"};
    cst__draft_t *draft = net->draft;
    cst_io_node_t data = cst_io_yaml_get(draft->yaml->root, "data"), node, file;
    slong rows;

    if (!data && draft->purpose != CST_PROBLEM_CERTIFY)
        return CST_OK;
    CST__TRY(cst_io_yaml_require(&data, draft->yaml, draft->yaml->root, "data", draft->error));
    CST__TRY(cst_io_yaml_known(draft->yaml, data, keys, 5, draft->error));
    file = cst_io_yaml_get(data, "csv");
    if (file)
        CST__TRY(read_table(net, data, file));
    else
    {
        CST__TRY(cst_io_yaml_require(&node, draft->yaml, data, "inputs", draft->error));
        CST__TRY(read_matrix(&net->inputs, &net->rows, &net->input_size, net, node));
        CST__TRY(cst_io_yaml_require(&node, draft->yaml, data, "targets", draft->error));
        CST__TRY(read_matrix(&net->targets, &rows, &net->target_size, net, node));
        if (rows != net->rows)
            return cst__draft_fail(draft, node, CST_BAD_INPUT, "%ld targets for %ld inputs", (long) rows,
                                   (long) net->rows);
        if (cst_io_yaml_get(data, "rows"))
            return cst__draft_fail(draft, cst_io_yaml_get(data, "rows"), CST_BAD_INPUT,
                                   "rows are chosen from a csv file only");
    }
    CST__TRY(divide_inputs(net, cst_io_yaml_get(data, "divide")));
    if (net->input_size != cst_arch_input_size(net->arch))
        return cst__draft_fail(draft, data, CST_BAD_INPUT, "the network has %ld inputs, the data %ld",
                               (long) cst_arch_input_size(net->arch), (long) net->input_size);
    return CST_OK;
}

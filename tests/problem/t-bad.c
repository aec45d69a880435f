/* Every file of tests/data/bad is refused at its place, with its cause: the table `expected` beside them. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/problem.h>

TestSuite(problem_bad, .timeout = 120);

static const char *
folder(void)
{
    static char path[4096];
    const char *top = getenv("top_srcdir");

    snprintf(path, sizeof path, "%s/tests/data/bad", top ? top : ".");
    return path;
}

/* "refused FILE:LINE:COLUMN: cause"; at the end, "..." stands for something. */
static void
check_line(const char *line)
{
    char path[8192], name[256], got[2048];
    const char *place = strchr(line, ' ');
    cst_problem_t problem;
    cst_error_t error;
    cst_status_t status;
    size_t length = strlen(line);

    cr_assert_not_null(place, "%s", line);
    snprintf(name, sizeof name, "%.*s", (int) strcspn(place + 1, ":"), place + 1);
    snprintf(path, sizeof path, "%s/%s", folder(), name);
    status = cst_problem_read(problem, path, &error);
    cr_assert(status == CST_REFUSED || status == CST_BAD_INPUT, "%s was read: %s", name,
              cst_status_words(status));
    cr_assert_str_eq(error.file, path);
    snprintf(got, sizeof got, "%s %s:%d:%d: %s", status == CST_REFUSED ? "refused" : "bad-input", name,
             error.line, error.column, error.message);
    if (length > 3 && strcmp(line + length - 3, "...") == 0)
        cr_assert(strncmp(got, line, length - 3) == 0 && strlen(got) > length - 3, "%s", got);
    else
        cr_assert_str_eq(got, line);
}

Test(problem_bad, each_file_is_refused_at_its_place)
{
    char path[8192], line[2048];
    int count = 0;
    FILE *table;

    snprintf(path, sizeof path, "%s/expected", folder());
    table = fopen(path, "r");
    cr_assert_not_null(table, "%s", path);
    for (; fgets(line, sizeof line, table); count++)
    {
        line[strcspn(line, "\n")] = '\0';
        check_line(line);
    }
    fclose(table);
    cr_assert_geq(count, 100);
}

static int
is_listed(const char *table, const char *name)
{
    size_t length = strlen(name);

    for (const char *p = strstr(table, name); p; p = strstr(p + 1, name))
        if (p[-1] == ' ' && p[length] == ':')
            return 1;
    return 0;
}

Test(problem_bad, each_file_is_in_the_table)
{
    static char table[1 << 18];
    char path[8192];
    struct dirent *entry;
    FILE *file;
    DIR *directory;

    snprintf(path, sizeof path, "%s/expected", folder());
    file = fopen(path, "r");
    cr_assert_not_null(file);
    table[fread(table, 1, sizeof table - 1, file)] = '\0';
    fclose(file);
    directory = opendir(folder());
    cr_assert_not_null(directory);
    while ((entry = readdir(directory)))
        if (strstr(entry->d_name, ".yaml"))
            cr_assert(is_listed(table, entry->d_name), "%s is not in the table", entry->d_name);
    closedir(directory);
}

Test(problem_bad, a_missing_file)
{
    cst_problem_t problem;
    cst_error_t error;

    cr_assert_eq(cst_problem_read(problem, "/nowhere/at/all.yaml", &error), CST_BAD_INPUT);
    cr_assert(strlen(error.message) > 0);
    cr_assert_eq(cst_problem_read(problem, "/nowhere/at/all.yaml", NULL), CST_BAD_INPUT);
}

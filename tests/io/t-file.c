#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <caustic/io.h>

static char directory[64];

static void
enter(void)
{
    strcpy(directory, "/tmp/caustic-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static int
count_entries(int remove)
{
    DIR *d = opendir(directory);
    int n = 0;

    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
        {
            n++;
            if (remove)
                unlink(e->d_name);
        }
    closedir(d);
    return n;
}

static void
leave(void)
{
    count_entries(1);
    rmdir(directory);
}

TestSuite(file, .timeout = 120, .init = enter, .fini = leave);

static void
assert_content(const char *path, const char *wanted)
{
    char *text;
    size_t length;

    cr_assert_eq(cst_io_file_read(&text, &length, path, 1000, NULL), CST_OK);
    cr_assert_str_eq(text, wanted);
    cr_assert_eq(length, strlen(wanted));
    flint_free(text);
}

static void
write_whole(const char *path, const char *content)
{
    cst_io_output_t output;

    cr_assert_eq(cst_io_output_begin(output, path, NULL), CST_OK);
    fputs(content, output->stream);
    cr_assert_eq(cst_io_output_commit(output, NULL), CST_OK);
}

Test(file, appears_whole_or_not_at_all)
{
    cst_io_output_t output;
    struct stat about;

    cr_assert_eq(cst_io_output_begin(output, "c.cert", NULL), CST_OK);
    fputs("new", output->stream);
    fflush(output->stream);
    cr_assert_neq(access("c.cert", F_OK), 0);
    cst_io_output_abort(output);
    cr_assert_eq(count_entries(0), 0);

    write_whole("c.cert", "first");
    assert_content("c.cert", "first");
    cr_assert_eq(chmod("c.cert", 0640), 0);
    cr_assert_eq(cst_io_output_begin(output, "c.cert", NULL), CST_OK);
    fputs("half", output->stream);
    fflush(output->stream);
    assert_content("c.cert", "first");
    cst_io_output_abort(output);
    assert_content("c.cert", "first");
    write_whole("c.cert", "second");
    assert_content("c.cert", "second");
    cr_assert_eq(stat("c.cert", &about), 0);
    cr_assert_eq(about.st_mode & 0777, 0640);
    cr_assert_eq(count_entries(0), 1);
}

Test(file, a_link_keeps_pointing_and_a_device_stays)
{
    struct stat about;

    write_whole("target", "old");
    cr_assert_eq(symlink("target", "link"), 0);
    write_whole("link", "new");
    assert_content("target", "new");
    cr_assert_eq(lstat("link", &about), 0);
    cr_assert(S_ISLNK(about.st_mode));
    write_whole("/dev/null", "gone");
    cr_assert_eq(stat("/dev/null", &about), 0);
    cr_assert(S_ISCHR(about.st_mode));
    cr_assert_eq(count_entries(0), 2);
}

Test(file, two_writers_of_one_file_do_not_mix)
{
    cst_io_output_t a, b;

    cr_assert_eq(cst_io_output_begin(a, "f", NULL), CST_OK);
    cr_assert_eq(cst_io_output_begin(b, "f", NULL), CST_OK);
    fputs("aaaa", a->stream);
    fputs("b", b->stream);
    cr_assert_eq(cst_io_output_commit(a, NULL), CST_OK);
    assert_content("f", "aaaa");
    cr_assert_eq(cst_io_output_commit(b, NULL), CST_OK);
    assert_content("f", "b");
    cr_assert_eq(count_entries(0), 1);
}

Test(file, failures_say_why)
{
    cst_io_output_t output;
    cst_error_t error;

    cr_assert_eq(cst_io_output_begin(output, "no/such/c.cert", &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.file, "no/such/c.cert");
    cr_assert_str_eq(error.message, "No such file or directory");
    cr_assert_eq(cst_io_output_begin(output, ".", &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "Is a directory");
    cr_assert_eq(cst_io_output_begin(output, "/dev/full", &error), CST_OK);
    fputs("more than fits", output->stream);
    cr_assert_eq(cst_io_output_commit(output, &error), CST_INTERNAL);
    cr_assert_str_eq(error.message, "No space left on device");
    cr_assert_eq(cst_io_output_begin(output, "/dev/full", &error), CST_OK);
    for (int i = 0; i < 100000; i++)
        fputs("a write that fails long before the commit", output->stream);
    cr_assert_eq(cst_io_output_commit(output, &error), CST_INTERNAL);
    cr_assert_str_not_empty(error.message);
    cr_assert_eq(count_entries(0), 0);
}

Test(file, reading_stops_at_the_limit)
{
    char *text, content[70001];
    size_t length;
    cst_error_t error;

    memset(content, 'x', sizeof content - 1);
    content[sizeof content - 1] = '\0';
    write_whole("f", content);
    for (size_t limit = 0; limit <= 80000; limit += 5000)
    {
        cst_status_t status = cst_io_file_read(&text, &length, "f", limit, &error);
        cr_assert_eq(status, limit < 70000 ? CST_BAD_INPUT : CST_OK, "limit %zu", limit);
        if (status == CST_OK)
        {
            cr_assert_eq(length, 70000);
            cr_assert_str_eq(text, content);
            flint_free(text);
        }
    }
    cr_assert_eq(cst_io_file_read(&text, &length, "/dev/zero", 100000, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "the file is larger than 100000 bytes");
}

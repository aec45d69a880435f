/* Changes certificates, seals them anew and has them checked. One that is accepted must state what is known
   to be true: the same problem, perhaps on a smaller domain or with another section, and a claim that the
   truth about it implies.

     mutate COUNT SEED (CERTIFICATE A B)...      with A <= t* <= B for the problem of each certificate; B may
   be `none`

   Prints how many of each kind were tried, accepted with the same claim, and accepted with another one. */
#define _POSIX_C_SOURCE 200809L
#include "harness.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum
{
    MOST_LINES = 20000,
    MOST_FILES = 32
};

typedef struct
{
    char *line[MOST_LINES]; /* without the seal */
    int lines, evidence;    /* number of the line `evidence` */
    const char *name, *least, *most, *where;
} certificate_t;

static certificate_t *original, copy;
static int files;
static uint64_t state;

static uint64_t
draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % below;
}

/* ---- Lines ---- */

static void
read_lines(certificate_t *c, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    if (!in)
        exit(2);
    while ((n = getline(&line, &room, in)) > 0 && strncmp(line, "sha256 ", 7) != 0)
    {
        if (c->lines == MOST_LINES)
            exit(2);
        line[n - 1] = 0;
        if (strcmp(line, "evidence") == 0)
            c->evidence = c->lines;
        c->line[c->lines++] = strdup(line);
    }
    free(line);
    fclose(in);
}

static void
clear_copy(void)
{
    while (copy.lines > 0)
        free(copy.line[--copy.lines]);
}

static void
copy_lines(const certificate_t *c, int from, int to)
{
    for (int i = from; i < to && copy.lines < MOST_LINES; i++)
        copy.line[copy.lines++] = strdup(c->line[i]);
}

static void
replace(int i, char *line)
{
    free(copy.line[i]);
    copy.line[i] = line;
}

static void
remove_lines(int from, int to)
{
    for (int i = from; i < to; i++)
        free(copy.line[i]);
    memmove(copy.line + from, copy.line + to, (size_t) (copy.lines - to) * sizeof(char *));
    copy.lines -= to - from;
}

static int
starts(const char *line, const char *word)
{
    size_t n = strlen(word);

    return strncmp(line, word, n) == 0 && (line[n] == ' ' || line[n] == 0);
}

/* A line whose first word is one of these, or -1 */
static int
choose(const char *const *words, int number)
{
    int found = -1, seen = 0;

    for (int i = 0; i < copy.lines; i++)
        for (int k = 0; k < number; k++)
            if (starts(copy.line[i], words[k]) && draw((uint64_t) ++seen) == 0)
                found = i;
    return found;
}

/* The line behind a node of the cover that begins at a line */
static int
behind_signs(const certificate_t *c, int i)
{
    return i < c->lines && starts(c->line[i], "halve") ? behind_signs(c, behind_signs(c, i + 1)) : i + 1;
}

static int
behind(const certificate_t *c, int i)
{
    if (i >= c->lines)
        return i;
    if (starts(c->line[i], "split"))
        return behind(c, behind(c, i + 1));
    for (i++; i < c->lines &&
              (starts(c->line[i], "step") || starts(c->line[i], "p") || starts(c->line[i], "arrive"));)
        i++;
    return behind_signs(c, i);
}

/* ---- Mutations: each changes the copy, or returns 0 ---- */

/* The place of a token that is a number, or NULL */
static char *
choose_number(char *line)
{
    char *found = NULL;
    int seen = 0;

    for (char *s = strchr(line, ' '); s; s = strpbrk(s + 1, " /*(^+-"))
        if ((isdigit((unsigned char) s[1]) || s[1] == '-') && draw((uint64_t) ++seen) == 0)
            found = s + 1;
    return found;
}

/* Half of the time a line above the evidence, which is short */
static int
choose_line(void)
{
    int evidence = 0;

    while (evidence < copy.lines - 1 && strcmp(copy.line[evidence], "evidence") != 0)
        evidence++;
    return 1 + (int) draw((uint64_t) (draw(2) ? copy.lines - 1 : evidence));
}

static int
change_digit(void)
{
    char *line = copy.line[choose_line()], *found = NULL, digit;
    int seen = 0, hexadecimal = starts(line, "p") || starts(line, "step") || starts(line, "positive");

    for (char *s = strchr(line, ' '); s && *s; s++)
        if ((hexadecimal ? isxdigit((unsigned char) *s) : isdigit((unsigned char) *s)) &&
            draw((uint64_t) ++seen) == 0)
            found = s;
    if (!found || starts(line, "title"))
        return 0;
    do
        digit = "0123456789abcdef"[draw(hexadecimal ? 16 : 10)];
    while (digit == *found);
    *found = digit;
    return 1;
}

static int
change_sign(void)
{
    int i = choose_line();
    char *s = choose_number(copy.line[i]), *line;

    if (!s)
        return 0;
    if (*s == '-')
        memmove(s, s + 1, strlen(s));
    else
    {
        line = malloc(strlen(copy.line[i]) + 2);
        sprintf(line, "%.*s-%s", (int) (s - copy.line[i]), copy.line[i], s);
        replace(i, line);
    }
    return 1;
}

static int
drop_box(void)
{
    static const char *const words[] = {"split", "halve", "static", "flow", "step", "p"};
    int i = choose(words, 6), first, end;

    if (i < 0)
        return 0;
    if (starts(copy.line[i], "split") || starts(copy.line[i], "halve"))
    {
        first = starts(copy.line[i], "split") ? behind(&copy, i + 1) : behind_signs(&copy, i + 1);
        end = starts(copy.line[i], "split") ? behind(&copy, first) : behind_signs(&copy, first);
        if (draw(2))
            remove_lines(first, end); /* one of the two, with or without the division */
        else
            remove_lines(i + 1, first);
        if (draw(3))
            remove_lines(i, i + 1);
        return 1;
    }
    end = starts(copy.line[i], "static") || starts(copy.line[i], "flow") ? behind(&copy, i) : i + 1;
    remove_lines(i, end < copy.lines ? end : copy.lines);
    return 1;
}

/* One half gets the proof of the other, or the box is divided elsewhere. */
static int
overlap(const certificate_t *c)
{
    static const char *const words[] = {"split", "halve"};
    int i = choose(words, 2), box, first, end;

    if (i < 0)
        return 0;
    box = starts(copy.line[i], "split");
    first = box ? behind(&copy, i + 1) : behind_signs(&copy, i + 1);
    end = box ? behind(&copy, first) : behind_signs(&copy, first);
    clear_copy();
    copy_lines(c, 0, i + 1);
    if (draw(2))
    {
        copy_lines(c, first, end);
        copy_lines(c, draw(2) ? i + 1 : first, draw(2) ? first : end);
    }
    else
    {
        copy_lines(c, i + 1, first);
        copy_lines(c, i + 1, first);
    }
    copy_lines(c, end, c->lines);
    return 1;
}

/* The problem of one and the evidence of another, or a line of one in another */
static int
swap_problem(const certificate_t *c)
{
    const certificate_t *other = &original[draw((uint64_t) files)];
    int i = choose_line();

    if (other == c)
        return 0;
    if (draw(2))
    {
        replace(i, strdup(other->line[1 + draw((uint64_t) (draw(2) ? other->lines - 1 : other->evidence))]));
        return 1;
    }
    clear_copy();
    copy_lines(draw(2) ? c : other, 0, 3);
    copy_lines(other, 3, other->evidence);
    copy_lines(c, c->evidence, c->lines);
    return 1;
}

/* The lower bound up or the upper bound down by one in the last place of the numerator, or by its powers of
 * two */
static int
tighten(void)
{
    char lower[4000], upper[4000], line[9000];
    int up = (int) draw(2);
    mpq_t q;
    mpz_t step;

    if (sscanf(copy.line[2], "claim %3999s %3999s", lower, upper) != 2 || (up && strcmp(upper, "none") == 0))
        return 0;
    mpq_init(q);
    mpz_init_set_ui(step, 1);
    mpz_mul_2exp(step, step, draw(3) ? 0 : draw(40));
    mpq_set_str(q, up ? upper : lower, 10);
    (up ? mpz_sub : mpz_add)(mpq_numref(q), mpq_numref(q), step);
    mpq_canonicalize(q);
    if (up)
        gmp_snprintf(line, sizeof line, "claim %s %Qd", lower, q);
    else
        gmp_snprintf(line, sizeof line, "claim %Qd %s", q, upper);
    replace(2, strdup(line));
    mpz_clear(step);
    mpq_clear(q);
    return 1;
}

static int
truncate_text(void)
{
    int i = 1 + (int) draw((uint64_t) copy.lines - 1);

    if (draw(2))
        remove_lines(i + 1, copy.lines);
    if (draw(2))
        copy.line[i][draw(strlen(copy.line[i]))] = 0;
    else
        remove_lines(i, copy.lines);
    return 1;
}

/* A line twice, or two lines in each other's place */
static int
duplicate(void)
{
    int i = choose_line(), k = choose_line();
    char *line = copy.line[i];

    if (draw(2))
    {
        copy.line[i] = copy.line[k];
        copy.line[k] = line;
        return 1;
    }
    if (copy.lines == MOST_LINES)
        return 0;
    k = draw(2) ? i : k;
    memmove(copy.line + k + 1, copy.line + k, (size_t) (copy.lines++ - k) * sizeof(char *));
    copy.line[k] = strdup(line);
    return 1;
}

static int
enlarge_number(void)
{
    static const char *const numbers[] = {"9223372036854775807",
                                          "18446744073709551616",
                                          "4294967296",
                                          "2147483648",
                                          "1e16383",
                                          "999999999",
                                          "65537",
                                          "1048577"};
    int i = choose_line(), n = (int) draw(20000);
    char *s = choose_number(copy.line[i]), *line;

    if (!s)
        return 0;
    line = malloc(strlen(copy.line[i]) + 21000);
    if (draw(2))
        sprintf(line, "%.*s%s", (int) (s - copy.line[i]), copy.line[i], numbers[draw(8)]);
    else
    {
        sprintf(line, "%.*s", (int) (s - copy.line[i]), copy.line[i]);
        memset(line + (s - copy.line[i]), '7', (size_t) n + 1);
        line[(s - copy.line[i]) + n + 1] = 0;
    }
    strcat(line, s + strspn(s, draw(2) ? "-0123456789abcdef" : ""));
    replace(i, line);
    return 1;
}

/* ---- Verdicts ---- */

static int
accepted(void)
{
    char *text, hex[65];
    size_t length;
    FILE *out = open_memstream(&text, &length), *in, *null = fopen("/dev/null", "w");
    sha256_t hash;
    int verdict;

    sha256_start(&hash);
    for (int i = 0; i < copy.lines; i++)
    {
        fprintf(out, "%s\n", copy.line[i]);
        sha256_add(&hash, copy.line[i], strlen(copy.line[i]));
        sha256_add(&hash, "\n", 1);
    }
    sha256_hex(hex, &hash);
    fprintf(out, "sha256 %s\n", hex);
    fclose(out);
    in = fmemopen(text, length, "r");
    verdict = check_stream(in, null);
    fclose(in);
    fclose(null);
    free(text);
    return verdict;
}

/* Is the domain line of the copy inside that of the original, or around it if the truth holds there too? */
static int
inside(const char *line, const char *old, int any)
{
    char name[2][100], end[4][1000];
    mpq_t q[4];
    int is = sscanf(line, "domain %99s %999s %999s", name[0], end[0], end[1]) == 3 &&
             sscanf(old, "domain %99s %999s %999s", name[1], end[2], end[3]) == 3 &&
             strcmp(name[0], name[1]) == 0;

    for (int i = 0; i < 4; i++)
    {
        mpq_init(q[i]);
        if (is)
            mpq_set_str(q[i], end[i], 10);
    }
    is = is && (any || (mpq_cmp(q[0], q[2]) >= 0 && mpq_cmp(q[1], q[3]) <= 0));
    for (int i = 0; i < 4; i++)
        mpq_clear(q[i]);
    return is;
}

/* A constant may be added in front: it changes neither characteristics nor focal times. */
static const char *
without_constant(const char *line)
{
    const char *s = strchr(line, ' '), *end;
    size_t digits;

    if (!s || !(starts(line, "initial") || starts(line, "loss") || starts(line, "hamiltonian")))
        return line;
    s += strspn(s, " ");
    end = s + (*s == '-');
    digits = strspn(end, "0123456789");
    end += digits;
    if (digits > 0 && *end == 'e')
        end += 1 + strspn(end + 1, "0123456789");
    return digits > 0 && *end == '-' ? end : s;
}

/* Spaces, and two signs in front of a factor or an argument, change nothing. */
static int
same_but_for_spaces(const char *a, const char *b)
{
    char last = '(';

    a = without_constant(a);
    b = without_constant(b);
    for (; *a || *b; last = *a, a++, b++)
    {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (strchr("(*/", last) && a[0] == '-' && a[1] == '-')
            a += 2;
        if (*a != *b)
            return 0;
        if (!*a)
            return 1;
    }
    return 1;
}

/* The next line from i on that belongs to the problem. Those of the symmetry and of the section do not:
   whatever the checker proved of them, H is that of the quotient by I. */
static int
line_of_problem(const certificate_t *c, int i)
{
    static const char *const others[] = {"generator", "discrete", "section", "assume"};

    for (int k = 0; k < 4 && i < c->lines; k++)
        if (starts(c->line[i], others[k]))
            i++, k = -1;
    return i;
}

/* 2: the truth about c implies what the copy says, with the claim as it was; 1: with another claim, or on a
   smaller domain; 0: it does not, or it is not known to */
static int
implied(const certificate_t *c)
{
    char lower[9000], upper[9000];
    mpq_t q, truth;
    int good = 2, k = line_of_problem(&copy, 3);

    for (int i = line_of_problem(c, 3); i <= c->evidence && good; i = line_of_problem(c, i + 1))
    {
        if (k >= copy.lines)
            return 0;
        if (!same_but_for_spaces(copy.line[k], c->line[i]))
            good = starts(c->line[i], "domain") &&
                   inside(copy.line[k], c->line[i], strcmp(c->where, "any") == 0);
        k = line_of_problem(&copy, k + 1);
    }
    if (!good || sscanf(copy.line[2], "claim %8999s %8999s", lower, upper) != 2)
        return 0;
    if (strcmp(copy.line[2], c->line[2]) != 0)
        good = 1;
    mpq_inits(q, truth, NULL);
    mpq_set_str(q, lower, 10);
    mpq_set_str(truth, c->most, 10);
    if (mpq_cmp(q, truth) > 0) /* lower <= t* may be true only if lower <= most */
        good = 0;
    if (strcmp(upper, "none") != 0)
    {
        mpq_set_str(q, upper, 10);
        mpq_set_str(truth, c->least, 10);
        if (mpq_cmp(q, truth) < 0)
            good = 0;
    }
    mpq_clears(q, truth, NULL);
    return good;
}

/* ---- ---- */

static const char *const kinds[] = {"a digit",         "a sign",
                                    "a box dropped",   "boxes that overlap",
                                    "another problem", "a tightened claim",
                                    "a cut",           "lines doubled or exchanged",
                                    "a huge number"};
enum
{
    KINDS = sizeof kinds / sizeof *kinds
};

static int
mutate(int kind, const certificate_t *c)
{
    switch (kind)
    {
    case 0:
        return change_digit();
    case 1:
        return change_sign();
    case 2:
        return drop_box();
    case 3:
        return overlap(c);
    case 4:
        return swap_problem(c);
    case 5:
        return tighten();
    case 6:
        return truncate_text();
    case 7:
        return duplicate();
    default:
        return enlarge_number();
    }
}

int
main(int argc, char **argv)
{
    long tried[KINDS] = {0}, passed[KINDS][3] = {{0}}, count, total = 0, wrong = 0;

    if (argc < 7 || argc % 4 != 3 || (argc - 3) / 4 > MOST_FILES)
        return 2;
    count = atol(argv[1]);
    state = 88172645463325252u ^ strtoull(argv[2], NULL, 10) * 0x9e3779b97f4a7c15u;
    original = calloc(MOST_FILES, sizeof *original);
    for (; 4 * files + 3 < argc; files++)
    {
        original[files].name = argv[4 * files + 3];
        original[files].least = argv[4 * files + 4];
        original[files].most = argv[4 * files + 5];
        original[files].where = argv[4 * files + 6];
        read_lines(&original[files], original[files].name);
        copy_lines(&original[files], 0, original[files].lines);
        if (!accepted() || !implied(&original[files]))
            return fprintf(stderr, "mutate: %s itself is not right\n", original[files].name), 1;
        clear_copy();
    }
    while (total < count)
    {
        const certificate_t *c = &original[draw((uint64_t) files)];
        int kind = (int) (total % KINDS), good, extra = draw(8) == 0;

        copy_lines(c, 0, c->lines);
        good = mutate(kind, c);
        if (good && extra && copy.lines > 3 && kind != 3) /* two at once */
            mutate((int) draw(2), c);
        if (good)
        {
            tried[kind]++;
            total++;
            if (accepted())
            {
                good = 0;
                for (int k = 0; k < files && !good;
                     k++) /* the problem may have become another one of the list */
                    good = implied(&original[k]);
                passed[kind][good]++;
                if (!good)
                    printf("not known to be true: %s, %s\n", c->name, kinds[kind]);
                for (int i = 0; i < copy.lines && !good; i++)
                    printf("%s\n", copy.line[i]);
                wrong += !good;
            }
        }
        clear_copy();
    }
    printf("%-28s %8s %8s %14s %14s\n", "changed", "tried", "rejected", "the same claim", "another claim");
    for (int k = 0; k < KINDS; k++)
        printf("%-28s %8ld %8ld %14ld %14ld\n", kinds[k], tried[k],
               tried[k] - passed[k][0] - passed[k][1] - passed[k][2], passed[k][2], passed[k][1]);
    for (int k = 0; k < files; k++)
        while (original[k].lines > 0)
            free(original[k].line[--original[k].lines]);
    free(original);
    return wrong != 0;
}

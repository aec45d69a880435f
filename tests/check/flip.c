/* Changes one digit of a certificate at a time; no copy may be accepted.
   With two rationals a truth is given, A <= t* <= B: then the digits changed are those of the claim, the
   copies are sealed anew, and one that is accepted must be true.

   Usage: flip CERTIFICATE COUNT [A B] */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t
draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static char *
slurp(const char *path, size_t *length)
{
    FILE *in = fopen(path, "r");
    char *text = malloc(1u << 24);

    if (!in || !text)
        exit(2);
    *length = fread(text, 1, 1u << 24, in);
    fclose(in);
    return text;
}

static int
accepted(char *text, size_t length)
{
    FILE *in = fmemopen(text, length, "r"), *null = fopen("/dev/null", "w");
    int verdict;

    if (!in || !null)
        exit(2);
    verdict = check_stream(in, "copy", NULL, null);
    fclose(in);
    fclose(null);
    return verdict == 0;
}

static void
seal_again(char *text, size_t length)
{
    sha256_t hash;

    sha256_start(&hash);
    sha256_add(&hash, text, length - 72); /* "sha256 " and 64 digits and the line feed */
    sha256_hex(text + length - 65, &hash);
    text[length - 1] = '\n';
}

/* Is the claim on the third line true, given a <= t* <= b? */
static int
true_claim(const char *text, const char *a, const char *b)
{
    mpq_t lower, upper, least, most;
    char lo[200], up[200];
    int good;

    if (sscanf(strstr(text, "\nclaim ") + 7, "%199s %199s", lo, up) != 2)
        return 0;
    mpq_inits(lower, upper, least, most, NULL);
    mpq_set_str(lower, lo, 10);
    mpq_set_str(upper, up, 10);
    mpq_set_str(least, a, 10);
    mpq_set_str(most, b, 10);
    good = mpq_cmp(lower, most) <= 0 && mpq_cmp(upper, least) >= 0;
    mpq_clears(lower, upper, least, most, NULL);
    return good;
}

int
main(int argc, char **argv)
{
    size_t length, from = 0, to;
    int count, passed = 0;
    char *text, *copy;

    if (argc != 3 && argc != 5)
        return 2;
    text = slurp(argv[1], &length);
    count = atoi(argv[2]);
    to = length;
    if (!accepted(text, length))
        return fprintf(stderr, "flip: %s itself is rejected\n", argv[1]), 1;
    if (argc == 5)
    {
        char *claim = strstr(text, "\nclaim ") + 7;

        from = (size_t) (claim - text);
        to = from + strcspn(claim, "\n");
    }
    copy = malloc(length + 1);
    for (int i = 0; i < count;)
    {
        size_t at = from + draw() % (to - from);
        const char *digits = argc == 5 ? "0123456789" : "0123456789abcdef";
        char digit = digits[draw() % strlen(digits)];

        if (!strchr(digits, text[at]) || digit == text[at])
            continue;
        i++;
        memcpy(copy, text, length);
        copy[length] = 0;
        copy[at] = digit;
        if (argc == 5)
            seal_again(copy, length);
        if (!accepted(copy, length))
            continue;
        passed++;
        if (argc == 3 || !true_claim(copy, argv[3], argv[4]))
            return fprintf(stderr, "flip: %s is accepted with '%c' at byte %zu\n", argv[1], digit, at), 1;
    }
    printf("%s: %d copies, %d accepted\n", argv[1], count, passed);
    free(copy);
    free(text);
    return 0;
}

#include <criterion/criterion.h>
#include <string.h>

#include <caustic/io.h>

TestSuite(sha256, .timeout = 120);

static void
assert_digest(const char *text, size_t times, const char *wanted)
{
    cst_io_sha256_t hash;
    char hex[65];

    cst_io_sha256_init(hash);
    for (size_t i = 0; i < times; i++)
        cst_io_sha256_update(hash, text, strlen(text));
    cst_io_sha256_hex(hex, hash);
    cr_assert_str_eq(hex, wanted);
}

/* The examples of FIPS 180-4 and the short and long messages of its validation suite. */
Test(sha256, the_vectors_of_the_standard)
{
    assert_digest("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_digest(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
        "mnopqrstnopqrstu",
        1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    assert_digest("\xbd", 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
    assert_digest("aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

Test(sha256, the_pieces_do_not_matter)
{
    unsigned char bytes[300];
    char whole[65], pieces[65];
    cst_io_sha256_t hash;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char) (i * 7);
    for (size_t length = 0; length <= sizeof bytes; length++)
    {
        cst_io_sha256_init(hash);
        cst_io_sha256_update(hash, bytes, length);
        cst_io_sha256_hex(whole, hash);
        cst_io_sha256_init(hash);
        for (size_t at = 0, part; at < length; at += part)
        {
            part = 1 + at % 97;
            if (part > length - at)
                part = length - at;
            cst_io_sha256_update(hash, bytes + at, part);
        }
        cst_io_sha256_hex(pieces, hash);
        cr_assert_str_eq(pieces, whole, "length %zu", length);
    }
}

/* tests/arch/verify.h -- certified ranks of small networks. */
#ifndef ARCH_TEST_VERIFY_H
#define ARCH_TEST_VERIFY_H

#include "helper.h"

typedef struct
{
    const char *text;
    slong redundancy;
} claim_t;

/* The redundancy is this number, and a certified rank proves it at one of a few points. */
static inline void
assert_claims(const claim_t *claims, size_t count)
{
    for (size_t i = 0; i < count; i++)
    {
        cst_arch_t arch;
        cst_arch_check_t check = {.proved = CST_UNKNOWN};
        cst_error_t error;

        make_arch(arch, claims[i].text);
        cr_assert(fmpz_equal_si(arch->redundancy, claims[i].redundancy), "%s: redundancy %ld", claims[i].text,
                  (long) fmpz_get_si(arch->redundancy));
        for (ulong seed = 1; seed < 6 && check.proved == CST_UNKNOWN; seed++)
        {
            cr_assert_eq(cst_arch_verify(&check, arch, seed, &error), CST_OK);
            cr_assert_eq(check.invariant, CST_TRUE, "%s: generator %ld of %s fails", claims[i].text,
                         (long) check.failed_generator, arch->symmetries[check.failed_symmetry].fact->name);
        }
        cr_assert_eq(check.proved, CST_TRUE, "%s: P = %ld, rank >= %ld, generators %ld", claims[i].text,
                     (long) arch->parameters, (long) check.rank, (long) check.independent);
        cr_assert_neq(arch->basis, CST_ARCH_LOWER_BOUND, "%s", claims[i].text);
        cst_arch_clear(arch);
    }
}

#define ASSERT_CLAIMS(claims) assert_claims(claims, sizeof(claims) / sizeof *(claims))

#endif

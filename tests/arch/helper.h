/* tests/arch/helper.h -- architectures from texts of the input syntax. */
#ifndef ARCH_TEST_HELPER_H
#define ARCH_TEST_HELPER_H

#include <criterion/criterion.h>
#include <string.h>

#include <caustic/arch.h>

static inline cst_status_t
try_arch(cst_arch_t arch, const char *text, cst_error_t *error)
{
    cst_io_yaml_t yaml;
    cst_arch_spec_t spec;
    cst_status_t status;

    cst_error_clear(error);
    cr_assert_eq(cst_io_yaml_parse(yaml, "test", text, strlen(text), error), CST_OK, "%s: %s", text,
                 error->message);
    status = cst_arch_spec_read(spec, yaml, yaml->root, error);
    if (status == CST_OK)
    {
        status = cst_arch_init(arch, spec, error);
        cst_arch_spec_clear(spec);
    }
    cst_io_yaml_clear(yaml);
    return status;
}

static inline void
make_arch(cst_arch_t arch, const char *text)
{
    cst_error_t error;

    cr_assert_eq(try_arch(arch, text, &error), CST_OK, "%s: %s", text, error.message);
}

#endif

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <caustic/io.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A refusal has a cause and, like every node, a place in the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cst_io_yaml_t yaml;
    cst_error_t error;

    if (cst_io_yaml_parse(yaml, "fuzz", (const char *) data, size, &error) != CST_OK)
    {
        if (!*error.message || error.line < 1 || error.column < 1)
            abort();
        return 0;
    }
    if (yaml->root->line < 1 || yaml->root->column < 1)
        abort();
    cst_io_yaml_clear(yaml);
    return 0;
}

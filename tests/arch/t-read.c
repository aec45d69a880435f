/* Descriptions of networks: what is read, and what is refused and where. */
#include "helper.h"

TestSuite(arch_read, .timeout = 120);

static const struct
{
    const char *text;
    int line, column; /* 0: sizes that do not fit have no place of their own */
    const char *message;
} bad[] = {
    {"{kind: mlp, width: 4}", 1, 13, "unknown key 'width' (did you mean 'widths'?)"},
    {"{kind: mlpp}", 1, 8, "expected a word such as 'mlp', found 'mlpp'"},
    {"{widths: [1, 1]}", 1, 1, "missing key 'kind'"},
    {"{kind: mlp}", 1, 1, "missing key 'widths'"},
    {"{kind: mlp, widths: [3]}", 1, 21, "expected from 2 to 1025 widths"},
    {"{kind: mlp, widths: [3, 0]}", 1, 25, "expected a whole number from 1 to 10^9, found '0'"},
    {"{kind: mlp, widths: [3, 10000000000000000000000]}", 1, 25, "from 1 to 10^9"},
    {"{kind: mlp, widths: [3, -1]}", 1, 25, "from 1 to 10^9"},
    {"kind: mlp\nwidths: [3, 1]\nactivation: geluu\n", 3, 13,
     "expected a word such as 'gelu', found 'geluu'"},
    {"kind: mlp\nwidths: [3, 1]\nbias: yes\n", 3, 7, "found 'yes'"},
    {"kind: mlp\nwidths: [3, 1]\nleak: sqrt(2)\n", 3, 7, "expected a rational number"},
    {"kind: mlp\nwidths: [3, 1]\nleak: -1\n", 3, 7, "not negative"},
    {"kind: mlp\nwidths: [3, 1]\nnorm: batch\n", 3, 7, "expected 'none' or 'weight', found 'batch'"},
    {"kind: mlp\nwidths: [3, 1]\nheads: 2\n", 3, 1, "unknown key 'heads'"},
    {"kind: cnn\ninput: [1, 2]\nconvolutions: []\n", 2, 8, "channels, height and width"},
    {"kind: cnn\ninput: [1, 2, 2]\nconvolutions:\n  - {channels: 2, kernle: 2}\n", 4, 19, "'kernel'"},
    {"kind: cnn\ninput: [1, 2, 2]\nconvolutions:\n  - {channels: 2}\n", 4, 5, "missing key 'kernel'"},
    {"kind: cnn\ninput: [1, 2, 2]\nconvolutions:\n  - {depthwise: true, channels: 2, kernel: 1}\n", 4, 5,
     "either 'channels' or 'depthwise'"},
    {"{kind: transformer, heads: 2}", 1, 1, "missing key 'vocabulary'"},
    {"{kind: mean-field, widths: [1, 2]}", 0, 0, "inputs, neurons, outputs"},
    {"{kind: linear, widths: [1, 2], frozen: true}", 0, 0, "three widths"},
    {"{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 1, kernel: 3}]}", 0, 0, "the kernel is larger"},
    {"{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 3, kernel: 1, norm: group, groups: 2}]}", 0, 0,
     "not 2 equal groups"},
    {"{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 3, kernel: 1, norm: layer}]}", 0, 0,
     "batch, group or weight"},
    {"{kind: attention, context: 4, width: 5, heads: 2}", 0, 0, "not a multiple"},
    {"{kind: attention, context: 4, width: 6, heads: 3, key-value-heads: 2}", 0, 0, "cannot share"},
    {"{kind: attention, context: 4, width: 6, heads: 2, positions: rotary}", 0, 0, "cannot turn in pairs"},
    {"{kind: attention, context: 4, width: 1000000000, heads: 2}", 0, 0, "widths up to"},
    {"{kind: mlp, widths: [1000000000, 1000000000, 1000000000, 1000000000, 1000000000, 1000000000, "
     "1000000000, "
     "1000000000, 1000000000, 1000000000, 1000000000, 1000000000]}",
     0, 0, "too many parameters"},
};

Test(arch_read, refusals)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        cst_arch_t arch;
        cst_error_t error;

        cr_assert_eq(try_arch(arch, bad[i].text, &error), CST_BAD_INPUT, "%s", bad[i].text);
        cr_expect_not_null(strstr(error.message, bad[i].message), "%s: %s", bad[i].text, error.message);
        cr_expect(error.line == bad[i].line && error.column == bad[i].column, "%s: %d:%d", bad[i].text,
                  error.line, error.column);
    }
}

Test(arch_read, names_of_parameters)
{
    static const struct
    {
        const char *text;
        slong parameter;
        const char *name;
    } names[] = {
        {"{kind: mlp, widths: [2, 3, 1], bias: true}", 0, "w1_1_1"},
        {"{kind: mlp, widths: [2, 3, 1], bias: true}", 3, "w1_2_2"},
        {"{kind: mlp, widths: [2, 3, 1], bias: true}", 7, "b1_2"},
        {"{kind: mlp, widths: [2, 3, 1], bias: true}", 12, "b2_1"},
        {"{kind: cnn, input: [2, 3, 3], convolutions: [{channels: 2, kernel: 2}], classes: 3}", 15,
         "c1_2_2_2_2"},
        {"{kind: cnn, input: [2, 3, 3], convolutions: [{channels: 2, kernel: 2}], classes: 3}", 21,
         "w_1_2_2"},
        {"{kind: transformer, vocabulary: 9, context: 5, width: 6, layers: 1, heads: 2, hidden: 5}", 54,
         "wp_1_1"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    {
        cst_arch_t arch;
        char name[64];

        make_arch(arch, names[i].text);
        cst_arch_parameter_name(name, arch, names[i].parameter);
        cr_expect_str_eq(name, names[i].name);
        cst_arch_clear(arch);
    }
}

Test(arch_read, a_census)
{
    cst_arch_t arch;
    cst_io_json_t json;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    make_arch(arch,
              "{kind: transformer, style: llama, vocabulary: 9, context: 5, width: 6, layers: 3, heads: 2, "
              "key-width: 4, hidden: 5}");
    cst_arch_census_print(stream, arch, 0);
    fclose(stream);
    cr_expect_not_null(strstr(text, "layer 1 ... 3      rotary pairs"), "%s", text);
    cr_expect_not_null(strstr(text, "24 = 3 * 8  (n_kv d_k)"), "%s", text);
    cr_expect_not_null(strstr(text, "continuous redundancy 199"), "%s", text);
    free(text);
    cst_io_json_init(json);
    cst_arch_census_json(json, arch);
    cr_expect_not_null(strstr(json->text, "\"redundancy\":199"), "%s", json->text);
    cst_io_json_clear(json);
    cst_arch_clear(arch);
}

/* Each word is read as what it is the word of. */
Test(arch_read, words)
{
    for (int a = 0; a < CST_ARCH_ACTIVATION_COUNT; a++)
    {
        cst_arch_t arch;
        char text[100];

        snprintf(text, sizeof text, "{kind: mlp, widths: [2, 3, 1], activation: %s}",
                 cst_arch_activation_word((cst_arch_activation_t) a));
        make_arch(arch, text);
        cr_expect_eq(arch->spec->activation, (cst_arch_activation_t) a, "%s", text);
        cst_arch_clear(arch);
    }
    cr_expect_str_eq(cst_arch_kind_word(CST_ARCH_MLP), "mlp");
    cr_expect_str_eq(cst_arch_kind_word(CST_ARCH_TRANSFORMER), "transformer");
}

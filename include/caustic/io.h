/* caustic/io.h -- YAML with places, JSON, whole files, outward decimals, SHA-256. */
#ifndef CAUSTIC_IO_H
#define CAUSTIC_IO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <caustic/flint.h>
#include <caustic/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- YAML ---------------------------------------------------------------------------------

   A document is read into a tree. Every scalar is text: nothing is a number, a truth value or
   null before its reader says so, hence `0.1` stays exact. Refused, with the place: anchors,
   aliases, tags, a second document, a key that is not a scalar or occurs twice, text that is
   not UTF-8, NUL and other control characters, nesting deeper than 64, more than 16 MiB, more
   than a million nodes. */

typedef enum
{
    CST_IO_SCALAR,
    CST_IO_SEQUENCE,
    CST_IO_MAPPING
} cst_io_kind_t;

typedef struct cst_io_node cst_io_node_struct;
typedef const cst_io_node_struct *cst_io_node_t;

struct cst_io_node
{
    cst_io_kind_t kind;
    int line;             /* from 1 */
    int column;           /* from 1, in characters */
    int inset;            /* characters from column to the text, 0 or 1; -1: the text is not verbatim there */
    slong length;         /* bytes of a scalar, items of a sequence, entries of a mapping */
    char *text;           /* of a scalar, without its quotes; ends with NUL, contains none */
    cst_io_node_t *keys;  /* of a mapping, in the order of the file; all are scalars */
    cst_io_node_t *items; /* of a sequence or mapping */
};

typedef struct
{
    char *name; /* the file, as messages should call it */
    cst_io_node_t root;
} cst_io_yaml_struct;
typedef cst_io_yaml_struct cst_io_yaml_t[1];

/* Reads a file, or a text in memory that messages call name. The tree belongs to yaml; on failure
   (CST_BAD_INPUT, with file, line, column and cause in *error) nothing is left to clear. */
CST_API cst_status_t cst_io_yaml_read(cst_io_yaml_t yaml, const char *path, cst_error_t *error);
CST_API cst_status_t cst_io_yaml_parse(cst_io_yaml_t yaml, const char *name, const char *text, size_t length,
                                       cst_error_t *error);
CST_API void cst_io_yaml_clear(cst_io_yaml_t yaml);

/* The value of a key, or NULL if mapping is NULL, not a mapping, or has no such key. */
CST_API cst_io_node_t cst_io_yaml_get(cst_io_node_t mapping, const char *key);

/* Sets the place of *error (if not NULL), and leaves its message: the place of the node for column 0,
   else of the column-th character (from 1) of the scalar's text, as a parser of that text counts it. */
CST_API void cst_io_yaml_place(cst_error_t *error, const cst_io_yaml_t yaml, cst_io_node_t node, int column);

/* CST_OK if node is of this kind; else CST_BAD_INPUT at its place: "expected a mapping, found a list". */
CST_API cst_status_t cst_io_yaml_expect(const cst_io_yaml_t yaml, cst_io_node_t node, cst_io_kind_t kind,
                                        cst_error_t *error);

/* Sets *value to the value of a key. A mapping without it gives CST_BAD_INPUT at the mapping's place:
   "missing key 'domain'". */
CST_API cst_status_t cst_io_yaml_require(cst_io_node_t *value, const cst_io_yaml_t yaml,
                                         cst_io_node_t mapping, const char *key, cst_error_t *error);

/* CST_OK if every key of the mapping is one of known[0..length); else CST_BAD_INPUT at the place of the
   first other key, with the nearest known one: "unknown key 'domian' (did you mean 'domain'?)". */
CST_API cst_status_t cst_io_yaml_known(const cst_io_yaml_t yaml, cst_io_node_t mapping,
                                       const char *const *known, slong length, cst_error_t *error);

/* The nearest of known[0..length) to word by the number of letters to insert, delete, replace or swap with
   a neighbour, or NULL if none is near. */
CST_API const char *cst_io_nearest(const char *word, const char *const *known, slong length);

/* ---- JSON ---------------------------------------------------------------------------------

   A writer that puts the commas. In an object, cst_io_json_key comes before each value. The text is
   json->text, json->length bytes, and always ends with NUL. */

typedef struct
{
    char *text;
    size_t length;
    size_t room;
} cst_io_json_struct;
typedef cst_io_json_struct cst_io_json_t[1];

CST_API void cst_io_json_init(cst_io_json_t json);
CST_API void cst_io_json_clear(cst_io_json_t json);
CST_API void cst_io_json_begin_object(cst_io_json_t json);
CST_API void cst_io_json_end_object(cst_io_json_t json);
CST_API void cst_io_json_begin_array(cst_io_json_t json);
CST_API void cst_io_json_end_array(cst_io_json_t json);
CST_API void cst_io_json_key(cst_io_json_t json, const char *key);

/* Bytes that are not UTF-8 become U+FFFD. NULL is written as null. */
CST_API void cst_io_json_string(cst_io_json_t json, const char *text);

/* A number as it stands in text, such as "-1.5e-30"; NULL is written as null, and a text that is not a
   number of JSON as a string. */
CST_API void cst_io_json_number(cst_io_json_t json, const char *text);
CST_API void cst_io_json_integer(cst_io_json_t json, slong value);
CST_API void cst_io_json_boolean(cst_io_json_t json, int value);
CST_API void cst_io_json_null(cst_io_json_t json);

/* ---- Files -------------------------------------------------------------------------------- */

/* Reads a whole file of at most limit bytes. *text ends with a NUL that *length does not count; the caller
   frees it with flint_free. */
CST_API cst_status_t cst_io_file_read(char **text, size_t *length, const char *path, size_t limit,
                                      cst_error_t *error);

/* A file that appears complete or not at all: what is written to output->stream goes to a temporary file
   beside path, which commit renames once it is safely on the disk. A path that exists and is not a regular
   file (a terminal, a pipe, /dev/null) is written directly. */
typedef struct
{
    FILE *stream;
    char *path;
    char *temporary; /* NULL: written directly */
} cst_io_output_struct;
typedef cst_io_output_struct cst_io_output_t[1];

/* CST_BAD_INPUT if the file cannot be created; then nothing is left to commit or abort. */
CST_API cst_status_t cst_io_output_begin(cst_io_output_t output, const char *path, cst_error_t *error);

/* Exactly one of these ends it. A commit that fails (CST_INTERNAL: a full disk, say) leaves nothing new. */
CST_API cst_status_t cst_io_output_commit(cst_io_output_t output, cst_error_t *error);
CST_API void cst_io_output_abort(cst_io_output_t output);

/* ---- Decimals -----------------------------------------------------------------------------

   The greatest decimal <= x (direction < 0) or the least >= x (direction > 0) with at most digits >= 1
   significant digits, exactly. Trailing zeros are dropped; the form is 0.0125, 1250 or 1.25e-30, a number of
   JSON. The caller frees it with flint_free. */
CST_API char *cst_io_decimal(const fmpq_t x, int digits, int direction);

/* ---- SHA-256 ------------------------------------------------------------------------------

   FIPS 180-4. The digest ends the stream: init before the next one. */
typedef struct
{
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
} cst_io_sha256_struct;
typedef cst_io_sha256_struct cst_io_sha256_t[1];

CST_API void cst_io_sha256_init(cst_io_sha256_t hash);
CST_API void cst_io_sha256_update(cst_io_sha256_t hash, const void *bytes, size_t length);

/* 64 lower-case hexadecimal digits and a NUL. */
CST_API void cst_io_sha256_hex(char hex[65], cst_io_sha256_t hash);

#ifdef __cplusplus
}
#endif

#endif

criterion_tests += tests/test-io
tests_test_io_SOURCES  = %D%/t-yaml.c %D%/t-yaml-refused.c %D%/t-lookup.c %D%/t-json.c %D%/t-file.c \
                         %D%/t-decimal.c %D%/t-sha256.c %D%/t-checkpoint.c %D%/t-hostile.c
tests_test_io_CPPFLAGS = $(tests_cppflags)
tests_test_io_CFLAGS   = $(tests_cflags)
tests_test_io_LDADD    = $(tests_ldadd)
EXTRA_DIST += tests/data/checkpoints

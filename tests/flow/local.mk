criterion_tests += tests/test-flow
tests_test_flow_SOURCES  = %D%/t-model.c %D%/t-tube.c %D%/t-lohner.c %D%/t-event.c %D%/t-atlas.c %D%/t-box.c %D%/t-truth.c %D%/t-fixed.c %D%/t-second.c %D%/truth.h %D%/lohner.h
tests_test_flow_CPPFLAGS = $(tests_cppflags)
tests_test_flow_CFLAGS   = $(tests_cflags)
tests_test_flow_LDADD    = $(tests_ldadd)

long_tests += tests/long-flow
tests_long_flow_SOURCES  = %D%/long-truth.c %D%/truth.h %D%/lohner.h
tests_long_flow_CPPFLAGS = $(tests_cppflags)
tests_long_flow_CFLAGS   = $(tests_cflags)
tests_long_flow_LDADD    = $(tests_ldadd)

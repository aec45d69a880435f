# Checkpoints and what is observed on them.
criterion_tests += tests/test-observe
tests_test_observe_SOURCES  = %D%/t-matrix.c %D%/t-chain.c %D%/t-assign.c %D%/t-truth.c %D%/t-gauge.c \
                              %D%/helper.c %D%/helper.h %D%/moves.c %D%/moves.h
tests_test_observe_CPPFLAGS = $(tests_cppflags)
tests_test_observe_CFLAGS   = $(tests_cflags)
tests_test_observe_LDADD    = $(tests_ldadd)
EXTRA_DIST += tests/data/deep-linear-unbalanced
tests_test_observe_SOURCES += %D%/t-forecast.c
tests_test_observe_SOURCES += %D%/t-transformer-step.c %D%/pair.c %D%/pair.h
tests_test_observe_SOURCES += %D%/t-weights.c
tests_test_observe_SOURCES += %D%/t-linear.c
tests_test_observe_SOURCES += %D%/t-gains.c
tests_test_observe_SOURCES += %D%/t-orbit.c %D%/t-orbit-gains.c %D%/descent.c %D%/descent.h
tests_test_observe_SOURCES += %D%/t-distance.c
tests_test_observe_SOURCES += %D%/t-linear-deep.c
tests_test_observe_SOURCES += %D%/t-model.c

# The architecture catalogue.
cstinclude_HEADERS += include/caustic/arch.h
doc_files += doc/arch.rst
libcaustic_all_la_SOURCES += %D%/model.h %D%/attention.c %D%/batchnorm.h %D%/batchnorm.c %D%/census.c %D%/chain-field.c %D%/chain.c %D%/cnn.c \
  %D%/eliminate.h %D%/eliminate.c %D%/exact.c %D%/facts.c %D%/forward.h %D%/forward.c %D%/forward-cnn.c %D%/forward-transformer.c %D%/full-rank.h %D%/full-rank.c %D%/generator.c %D%/given.h %D%/given.c %D%/given-bounded.c %D%/given-test.c %D%/hidden.c %D%/image.h %D%/image.c %D%/input.h %D%/input.c %D%/kernel.h %D%/kernel.c %D%/law.c %D%/mlp.c %D%/model.c %D%/quotient.c %D%/rank.h %D%/rank.c %D%/read.c %D%/reverse.h %D%/reverse.c %D%/reverse-bound.c %D%/reverse-mod.c %D%/small.c %D%/spec.c \
  %D%/stream.c %D%/transformer.c %D%/verify.c %D%/verify-point.c

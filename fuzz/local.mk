# Fuzz targets are always built and replay their corpus in `make check`;
# with --enable-fuzzing (clang) `make fuzz` lets libFuzzer drive them, one after the other.
check_PROGRAMS += fuzz/replay-yaml
fuzz_replay_yaml_SOURCES = %D%/fuzz-yaml.c %D%/replay.c
fuzz_replay_yaml_LDADD = libcaustic-all.la $(MATH_LIBS)
check_PROGRAMS += fuzz/replay-certificate
fuzz_replay_certificate_SOURCES = %D%/fuzz-certificate.c %D%/replay.c $(check_harness)
fuzz_replay_certificate_CPPFLAGS = -I$(top_srcdir)/src/check -I$(top_srcdir)/tests/check -D_GNU_SOURCE
fuzz_replay_certificate_LDADD = -lgmp
check_PROGRAMS += fuzz/replay-checkpoint
fuzz_replay_checkpoint_SOURCES = %D%/fuzz-checkpoint.c %D%/replay.c
fuzz_replay_checkpoint_LDADD = libcaustic-all.la $(MATH_LIBS)
TESTS += %D%/replay.sh
EXTRA_DIST += %D%/replay.sh %D%/corpus
if ENABLE_FUZZING
FUZZERS = fuzz/fuzz-yaml fuzz/fuzz-certificate fuzz/fuzz-checkpoint
EXTRA_PROGRAMS += $(FUZZERS)
fuzz_fuzz_yaml_SOURCES = %D%/fuzz-yaml.c
fuzz_fuzz_yaml_LDADD = libcaustic-all.la $(MATH_LIBS)
fuzz_fuzz_yaml_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
fuzz_fuzz_checkpoint_SOURCES = %D%/fuzz-checkpoint.c
fuzz_fuzz_checkpoint_LDADD = libcaustic-all.la $(MATH_LIBS)
fuzz_fuzz_checkpoint_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
fuzz_fuzz_certificate_SOURCES = %D%/fuzz-certificate.c $(check_harness)
fuzz_fuzz_certificate_CPPFLAGS = -I$(top_srcdir)/src/check -I$(top_srcdir)/tests/check -D_GNU_SOURCE '-DMAX_MEMORY=((size_t)1<<28)'
fuzz_fuzz_certificate_LDADD = -lgmp
fuzz_fuzz_certificate_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_SECONDS = 60
fuzz: $(FUZZERS)
	@for f in $(FUZZERS); do n=$${f#fuzz/fuzz-}; mkdir -p fuzz/work/$$n && \
	  ./$$f -max_total_time=$(FUZZ_SECONDS) fuzz/work/$$n $(srcdir)/fuzz/corpus/$$n || exit 1; done
else
fuzz:
	@echo 'configure with CC=clang and --enable-fuzzing --enable-asan first' >&2; exit 1
endif
.PHONY: fuzz

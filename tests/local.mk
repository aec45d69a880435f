# A room that has tests names its program in tests/ROOM/local.mk:
#
#   criterion_tests += tests/test-ROOM
#   tests_test_ROOM_SOURCES  = %D%/t-ONE.c %D%/t-TWO.c
#   tests_test_ROOM_CPPFLAGS = $(tests_cppflags)
#   tests_test_ROOM_CFLAGS   = $(tests_cflags)
#   tests_test_ROOM_LDADD    = $(tests_ldadd)
#
# A slow program goes to long_tests (`make check-long`), a shell script to SHELL_TESTS,
# data that a test reads to EXTRA_DIST (its path starts with $top_srcdir).
criterion_tests =
long_tests =
SHELL_TESTS =
# -std=c11 alone hides POSIX and M_PI.
tests_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/%D% -D_XOPEN_SOURCE=700
tests_cflags   = $(AM_CFLAGS) $(CRITERION_CFLAGS) -Wno-missing-prototypes -Wno-shadow
tests_ldadd    = libcaustic-all.la $(CRITERION_LIBS) $(MATH_LIBS)
include tests/core/local.mk
include tests/io/local.mk
include tests/expr/local.mk
include tests/lie/local.mk
include tests/flow/local.mk
include tests/geom/local.mk
include tests/hj/local.mk
include tests/arch/local.mk
include tests/problem/local.mk
include tests/cert/local.mk
include tests/certify/local.mk
include tests/observe/local.mk
include tests/check/local.mk
include tests/cli/local.mk
include tests/coq/local.mk

# The house rules are tests too.
SHELL_TESTS += %D%/policy/layers.sh %D%/policy/exports.sh %D%/policy/headers.sh %D%/policy/docs.sh %D%/policy/manual.sh
EXTRA_DIST += $(SHELL_TESTS) %D%/policy/layers.txt

if HAVE_CRITERION
check_PROGRAMS += $(criterion_tests)
EXTRA_PROGRAMS += $(long_tests)
TESTS += $(criterion_tests)
# Automake has rules for the logs of all that TESTS may hold, which check-long needs.
if LONG_TESTS
TESTS += $(long_tests)
endif
endif
TESTS += $(SHELL_TESTS)

TEST_EXTENSIONS = .sh
LOG_DRIVER      = $(SHELL) $(top_srcdir)/build-aux/criterion-driver
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
  top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' NM='$(NM)' CC='$(CC)' FLINT_CFLAGS='$(FLINT_CFLAGS) $(CPPFLAGS)' \
  CAUSTIC='$(abs_top_builddir)/caustic$(EXEEXT)' CAUSTIC_CHECK='$(abs_top_builddir)/caustic-check$(EXEEXT)' \
  ASAN_OPTIONS="$${ASAN_OPTIONS-detect_odr_violation=0}" \
  UBSAN_OPTIONS="$${UBSAN_OPTIONS-print_stacktrace=1}"; \
  export top_srcdir top_builddir NM CC FLINT_CFLAGS CAUSTIC CAUSTIC_CHECK ASAN_OPTIONS UBSAN_OPTIONS;
CLEANFILES += tests/*.tap

# After the last test: one line for the whole suite, in Criterion's own words.
# The sum is over TEST_LOGS, so that `make check TESTS=...` counts what it ran.
synthesis:
	@cat $(TEST_LOGS) </dev/null 2>/dev/null | $(AWK) \
	  '/^\[====\] Synthesis/ { t += $$4; p += $$7; f += $$10; c += $$13 } \
	  END { if (t) printf "[====] Synthesis: Tested: %d | Passing: %d | Failing: %d | Crashing: %d\n", t, p, f, c }'
if HAVE_CRITERION
check-local: check-TESTS
	@$(MAKE) -s synthesis TEST_LOGS='$(TEST_LOGS)'
check-long: $(long_tests)
	$(MAKE) check TESTS='$(long_tests)'
	$(MAKE) check-mutations
else
# A machine that tests for others must not be content with the rest.
check-local: check-TESTS
	@echo 'Criterion was not found: the unit tests were NOT run' >&2; test -z "$$CI"
check-long:
	@echo 'Criterion was not found' >&2; exit 1
endif
.PHONY: synthesis check-long

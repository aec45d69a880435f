# Quality targets. None of them is needed to build, test or install.
ALL_C = find $(srcdir)/src $(srcdir)/include $(srcdir)/tests $(srcdir)/bench $(srcdir)/fuzz -name '*.[ch]'

format:
	$(ALL_C) | xargs $(CLANG_FORMAT) -i
format-check:
	$(ALL_C) | xargs $(CLANG_FORMAT) --dry-run --Werror
tidy: config.h
	$(CLANG_TIDY) --quiet --warnings-as-errors='*' `find $(srcdir)/src -name '*.c'` -- \
	  $(DEFS) -I. $(AM_CPPFLAGS) $(CPPFLAGS) -std=c11

# The driver turns any line that valgrind prints into an ERROR; compilers and Python, which a test starts by a shell, are not ours.
check-valgrind: all
	$(MAKE) check TESTS='$(criterion_tests)' LOG_COMPILER='$(LIBTOOL) --mode=execute $(VALGRIND)' \
	  LOG_FLAGS='-q --trace-children=yes --trace-children-skip=*/sh,*/dash,*/bash --leak-check=full --show-leak-kinds=definite'

if ENABLE_COVERAGE
coverage: check
	@find src -name '*.gcda' | sort | while read -r f; do \
	  $(GCOV) -n -o $$(dirname $$f) $$f 2>/dev/null; done | \
	  $(AWK) '/^File .*src\// { f = $$2 } /^Lines executed/ && f != "" { split($$2, a, ":"); sub(/%/, "", a[2]); \
	    printf "%6.1f%%  %s\n", a[2], f; t += $$4; h += a[2] * $$4 / 100; f = "" } \
	    END { printf "%6.1f%%  total of %d lines\n", t ? 100 * h / t : 0, t }'
else
coverage:
	@echo 'configure with --enable-coverage first' >&2; exit 1
endif
.PHONY: format format-check tidy check-valgrind coverage

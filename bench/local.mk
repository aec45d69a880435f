# make bench: never part of check. A program bench/bench-ROOM is listed in BENCHES.
EXTRA_PROGRAMS += $(BENCHES)
EXTRA_DIST += bench/reference-times.sh
bench: all $(BENCHES)
	@for b in $(BENCHES); do ./$$b || exit 1; done
	@top_srcdir='$(top_srcdir)' CAUSTIC=./caustic CAUSTIC_CHECK=./caustic-check $(SHELL) $(srcdir)/bench/reference-times.sh
.PHONY: bench

# make bench: never part of check. A program bench/bench-ROOM is listed in BENCHES.
EXTRA_PROGRAMS += $(BENCHES)
bench: $(BENCHES)
	@for b in $(BENCHES); do ./$$b || exit 1; done
.PHONY: bench

# make bench: never part of check. With OBSERVE_DATA=FOLDER also the table of runs NAME and NAME-gauge in that folder.
# Its last part is bench-peers.
# A program bench/bench-ROOM is listed in BENCHES.
BENCHES += bench/geometry
EXTRA_PROGRAMS += $(BENCHES)
bench_geometry_SOURCES = %D%/geometry.c
bench_geometry_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -D_GNU_SOURCE
bench_geometry_LDADD = libcaustic.la $(MATH_LIBS)
BENCHES += bench/flow
bench_flow_SOURCES = %D%/flow.c %D%/flow-problems.h
bench_flow_CPPFLAGS = $(AM_CPPFLAGS) -D_XOPEN_SOURCE=700
bench_flow_LDADD   = libcaustic-all.la $(MATH_LIBS)
EXTRA_DIST += bench/flow-instructions.sh bench/reference-times.sh bench/gauge-table.sh bench/geometry-peers.py
EXTRA_DIST += bench/observe.sh bench/observe-peer.py
EXTRA_PROGRAMS += bench/observe-calls
bench_observe_calls_SOURCES = %D%/observe-calls.c
bench_observe_calls_CPPFLAGS = $(AM_CPPFLAGS) $(LAPACK_CFLAGS)
bench_observe_calls_LDADD = $(LAPACK_LIBS)
bench: all $(BENCHES) bench/observe-calls
	@for b in $(BENCHES); do ./$$b || exit 1; done
	@$(SHELL) $(srcdir)/bench/flow-instructions.sh ./bench/flow
	@top_srcdir='$(top_srcdir)' CAUSTIC=./caustic CAUSTIC_CHECK=./caustic-check $(SHELL) $(srcdir)/bench/reference-times.sh
	@top_srcdir='$(top_srcdir)' CAUSTIC=./caustic CALLS=bench/observe-calls $(SHELL) $(srcdir)/bench/observe.sh
	@test -z '$(OBSERVE_DATA)' || CAUSTIC=./caustic $(SHELL) $(srcdir)/bench/gauge-table.sh '$(OBSERVE_DATA)'
	@if command -v python3 >/dev/null; then $(MAKE) -s bench-peers; fi
# The geometry tasks in other systems, those that are installed: up to a minute a task.
bench-peers: bench/geometry
	@python3 $(srcdir)/bench/geometry-peers.py bench/geometry
.PHONY: bench bench-peers

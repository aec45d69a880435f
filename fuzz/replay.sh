#!/bin/sh
# Every fuzz target replays its corpus: fuzz/corpus/NAME/* through fuzz/replay-NAME.
rc=0
for corpus in "$top_srcdir"/fuzz/corpus/*; do
    "$top_builddir/fuzz/replay-$(basename "$corpus")" "$corpus"/* || { echo "FAIL: $corpus"; rc=1; }
done
exit $rc

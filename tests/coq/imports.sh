#!/bin/sh
# What a Coq file imports from this library is made before it: directly, or through what it depends on in coq/local.mk.
cd "$top_srcdir" || exit 99
needs=$(mktemp) || exit 99
trap 'rm -f "$needs"' EXIT
cat coq/local.mk coq/*.v | awk '
    /^coq\/[^=]*\.vo *:/ {
        split($0, side, ":"); n = split(side[1], target, " "); m = split(side[2], source, " ")
        for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) needs[target[i], source[j]] = 1
        for (i = 1; i <= n; i++) known[target[i]] = 1
        for (j = 1; j <= m; j++) known[source[j]] = 1
    }
    END {
        for (k in known) for (i in known) for (j in known) if (((i, k) in needs) && ((k, j) in needs)) needs[i, j] = 1
        for (p in needs) { split(p, q, SUBSEP); print q[1], q[2] }
    }' >"$needs"
status=0
for file in coq/*.v; do
    for name in $(sed -n 's/^From Caustic Require Import \(.*\)\.$/\1/p' "$file"); do
        grep -qx "${file}o coq/$name.vo" "$needs" || {
            echo "coq/local.mk: ${file}o does not depend on coq/$name.vo"
            status=1
        }
    done
done
exit $status

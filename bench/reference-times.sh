#!/bin/sh
# Certifies every example, to its own tolerance but no finer than this, and checks the certificate: bounds, seconds, size.
# Usage: reference-times.sh [TOLERANCE (1e-6)]; the programs are $CAUSTIC and $CAUSTIC_CHECK, the examples in $top_srcdir.
finest=${1:-1e-6}
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
now() { date +%s.%N; }
rc=0
printf '%-24s %-16s %-16s %9s %9s %10s %9s %s\n' example lower upper tolerance search/s bytes check/s verdict
for problem in "$top_srcdir"/examples/*.yaml; do
    grep -q "^time:" "$problem" && continue # for `caustic integrate`
    grep -q "^domain:" "$problem" || continue # for other verbs
    name=$(basename "$problem" .yaml)
    tolerance=$(sed -n 's/^certify:.*tolerance: *\([^,}]*\).*/\1/p' "$problem" |
        awk -v finest="$finest" '{ own = $1 } END { print (own + 0 > finest + 0 ? own : finest) }')
    start=$(now)
    "$CAUSTIC" certify --quiet --json --tolerance "$tolerance" -o "$d/$name.cert" "$problem" >"$d/out" 2>&1 || rc=1
    middle=$(now)
    verdict=$("$CAUSTIC_CHECK" "$d/$name.cert" 2>&1 | tail -n 1)
    end=$(now)
    test "$verdict" = ACCEPTED || rc=1
    bounds=$(sed 's/.*"t_star":{"lower":\(null\|"[^"]*"\),"upper":\(null\|"[^"]*"\)}.*/\1 \2/; s/"//g' "$d/out" | tail -n 1)
    size=$(wc -c <"$d/$name.cert" 2>/dev/null)
    # shellcheck disable=SC2086
    printf '%-24s %-16s %-16s %9s %9.2f %10s %9.2f %s\n' "$name" $bounds "$tolerance" "$(awk "BEGIN { print $middle - $start }")" "${size:-0}" \
        "$(awk "BEGIN { print $end - $middle }")" "$verdict"
done
exit $rc

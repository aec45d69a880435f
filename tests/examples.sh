#!/bin/sh
# The example programs print what the documentation shows.
"$top_builddir/examples/characteristics" "$top_srcdir/examples/gaussian.yaml" | diff - "$top_srcdir/doc/characteristics.svg"
rc=$?
# So does the README's own transcript.
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
cd "$top_srcdir" || exit 99
"$CAUSTIC" certify examples/gaussian.yaml -o "$d/gaussian.cert" | head -n 2 | sed 's/^/    /' >"$d/out"
grep -A 2 '\$ caustic certify' README.md | tail -n 2 | diff - "$d/out" || rc=1
test "$("$CAUSTIC_CHECK" "$d/gaussian.cert" | tail -n 1)" = "$(grep -A 1 '\$ caustic-check' README.md | tail -n 1 | tr -d ' ')" || rc=1
"$CAUSTIC" symmetries examples/factorization.yaml | grep -A 1 -e '^algebra' -e '^redundancy' | sed 's/^/    /' >"$d/out"
grep -A 5 '\$ caustic symmetries' README.md | tail -n 5 | diff - "$d/out" || rc=1
# Its table names every command.
"$CAUSTIC" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' >"$d/verbs"
test -s "$d/verbs" || rc=1
while read -r verb; do
    grep -q "^| .caustic $verb" README.md || { echo "README.md does not name $verb"; rc=1; }
done <"$d/verbs"
exit $rc

#!/bin/sh
# A ReLU network, a convolutional network on digits and an attention head: shocks certified and checked.
. "$top_srcdir/tests/cli/contract.sh"
# the times at the centres of the domains, which are small: -1 over the least eigenvalue at a saddle
for case in relu:0.7093 attention:1.0000 attention-two:0.1559; do
    name=${case%%:*}
    "$CAUSTIC" certify --quiet --json --tolerance 5e-2 "$top_srcdir/examples/network-$name.yaml" -o "$d/cert" >"$d/out" 2>"$d/err" ||
        fail "$name is not certified"
    sed 's/.*"lower":\([^,]*\),"upper":\([^}]*\)}.*/\1 \2/' "$d/out" | head -1 |
        awk -v t="${case##*:}" '{ gsub(/"/, ""); exit !($1 <= t && t <= $2 + 0.001) }' || fail "$name: $case is not enclosed"
    "$CAUSTIC_CHECK" "$d/cert" >"$d/out" 2>&1 || fail "$name is not accepted"
done
# both channels: six dimensions; with a limit of time obeyed inside of a box
for case in cnn:1e-1 cnn-both:2e-1; do
    "$CAUSTIC" certify --quiet --tolerance "${case##*:}" "$top_srcdir/examples/network-${case%%:*}.yaml" -o "$d/cert" >"$d/out" 2>"$d/err" ||
        fail "network-${case%%:*} is not certified"
    "$CAUSTIC_CHECK" "$d/cert" >"$d/out" 2>&1 || fail "network-${case%%:*} is not accepted"
done
"$CAUSTIC" certify --quiet --time-limit 1 --tolerance 1e-9 "$top_srcdir/examples/network-cnn-both.yaml" -o "$d/cert" >"$d/out" 2>"$d/err"
test $? -eq 1 || fail "no partial result in a second"
seconds=$(sed -n 's/^  \([0-9]*\)\..* s, .* bits$/\1/p' "$d/out")
test "$seconds" -lt 8 || fail "$seconds s"
exit 0

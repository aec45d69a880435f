#!/bin/sh
# A certificate with any digit changed is rejected; one with a changed claim and a new seal is accepted only if it is true.
flip=$top_builddir/tests/check/flip
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
certify() { "$CAUSTIC" certify --quiet --tolerance "$2" "$top_srcdir/examples/$1.yaml" -o "$d/$1.cert" >/dev/null || fail "certify $1"; }
certify cosine 1e-6
"$flip" "$d/cosine.cert" 1500 || fail "a static certificate"
"$flip" "$d/cosine.cert" 300 1 1 || fail "claims about the cosine"
certify freidlin-wentzell 1e-6
"$flip" "$d/freidlin-wentzell.cert" 1500 || fail "a certificate of flows"
"$flip" "$d/freidlin-wentzell.cert" 300 255412811/1000000000 255412812/1000000000 || fail "claims with a drift"
exit 0

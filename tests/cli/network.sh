#!/bin/sh
# Problems given by an architecture: shock times certified and checked, the pages of the manual, the census.
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
fail() { echo "FAIL: $*"; cat "$d/out" "$d/err"; exit 1; }
expect() {
    want=$1; shift
    "$@" >"$d/out" 2>"$d/err"; got=$?
    test $got -eq "$want" || fail "$* gave $got, not $want"
}
examples=$top_srcdir/examples

# Flat ones are fast; the times of two tanh neurons and of mean fields are known from elsewhere
encloses() { # PROBLEM VALUE
    expect 0 "$CAUSTIC" certify --quiet --json "$examples/network-$1.yaml" -o "$d/$1.cert"
    sed 's/.*"lower":\([^,]*\),"upper":\([^}]*\)}.*/\1 \2/' "$d/out" | head -1 |
        awk -v t="$2" '{ gsub(/"/, ""); exit !($1 <= t && t <= $2) }' || fail "$1: $2 is not enclosed"
    expect 0 "$CAUSTIC_CHECK" "$d/$1.cert"
}
encloses tanh 3.571479498
encloses mean-field-limit 0.34151301
encloses mean-field-2 0.6156
encloses mean-field-4 0.4491

# The pages of the manual are what the command prints
for page in relu:mlp cnn:cnn attention:attention mean-field-2:mean-field; do
    expect 0 "$CAUSTIC" derive "$examples/network-${page%%:*}.yaml"
    cmp "$d/out" "$top_srcdir/doc/derivations/${page##*:}.txt" || fail "doc/derivations/${page##*:}.txt is not what is printed"
done

# A unit that changes its mind on the domain
sed 's/z1: \[1023\/1024/z1: [-1\/2/' "$examples/network-relu.yaml" >"$d/kink.yaml"
expect 2 "$CAUSTIC" certify "$d/kink.yaml"
grep -q "^$d/kink.yaml:12:9: the sign of .* is not the same, and never 0, on all of the domain: look at z1 = " "$d/err" || fail "a kink"
exit 0

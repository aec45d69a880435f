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

# Without data: the census. 3*2 + 2*3 weights, 3 units to scale; with --prove, from both sides
printf 'caustic: 1\narchitecture: {kind: mlp, widths: [2, 3, 2], activation: relu}\n' >"$d/census.yaml"
expect 0 "$CAUSTIC" symmetries --prove "$d/census.yaml"
grep -q '^parameters  *12$' "$d/out" || fail "parameters"
grep -q '^effective parameters  *9$' "$d/out" || fail "effective parameters"
expect 0 "$CAUSTIC" symmetries --json "$d/census.yaml"
grep -q '"parameters":12,"redundancy":3,"effective":9,' "$d/out" || fail "JSON"
printf 'caustic: 1\narchitecture: {kind: mlp, widths: [2]}\n' >"$d/census.yaml"
expect 2 "$CAUSTIC" symmetries "$d/census.yaml"
grep -q "^$d/census.yaml:2:" "$d/err" || fail "the place of a bad architecture"

# A unit that changes its mind on the domain
sed 's/z1: \[1023\/1024/z1: [-1\/2/' "$examples/network-relu.yaml" >"$d/kink.yaml"
expect 2 "$CAUSTIC" certify "$d/kink.yaml"
grep -q "^$d/kink.yaml:12:9: the sign of .* is not the same, and never 0, on all of the domain: look at z1 = " "$d/err" || fail "a kink"
exit 0

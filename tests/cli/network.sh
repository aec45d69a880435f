#!/bin/sh
# Problems given by an architecture: shock times certified and checked, the pages of the manual, the census.
. "$top_srcdir/tests/cli/contract.sh"

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
encloses softmax 1.9228

# The pages of the manual are what the command prints
for page in relu:mlp cnn:cnn attention:attention attention-two:attention-two softmax:softmax mean-field-2:mean-field; do
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

# Tables: rows of choice, and what is wrong with them
table() { # TEXT MESSAGE
    printf "$1" >"$d/t.csv"
    expect 2 "$CAUSTIC" certify "$d/table.yaml"
    grep -qF -- "$2" "$d/err" || fail "no '$2'"
}
cat >"$d/table.yaml" <<'END'
caustic: 1
architecture: {kind: mlp, widths: [1, 1, 1], activation: tanh}
data: {csv: t.csv, inputs: [x], targets: [y], rows: 2-3}
loss: squared-error
domain: {z_w1_1_1: [1/2, 1], z_w2_1_1: [1, 2]}
END
printf 'x, name ,y\r\n5,a,6\r\n0.5,b,-1e-1\r\n\r\n-0.25,c,1\r\n7,d,8\r\n' >"$d/t.csv"
expect 0 "$CAUSTIC" certify --quiet "$d/table.yaml" -o "$d/table.cert"
grep -qxF 'loss ((w2_1_1*tanh(w1_1_1/2) + 1/10)^2/2 + (w2_1_1*tanh(-w1_1_1/4) - 1)^2/2)/2' "$d/table.cert" || fail "rows 2-3"
table 'x,z\n1,2\n' "table.yaml:3:43: no column 'y' in $d/t.csv"
table 'x,y\n1,2\n1,b\n' "t.csv:3: not a decimal number: 'b'"
table 'x,y\n1,2\n1\n' "t.csv:3: fewer fields than columns"
table 'x,y\n1,2\n1,2,3\n' "t.csv:3: more fields than columns"
table 'x,y\n1,2\n' "no such rows in"
table '' "no line with the names of the columns"
exit 0

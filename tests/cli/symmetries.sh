#!/bin/sh
# The contract of `caustic symmetries`: what is given is verified or refused with its remainder, what is not is found.
. "$top_srcdir/tests/cli/contract.sh"

# The page of the manual is what the command prints: gl(2) of a factorization, found, with its three conservation laws
expect 0 "$CAUSTIC" symmetries "$examples/factorization.yaml"
diff "$d/out" "$top_srcdir/doc/factorization.txt" || fail "doc/factorization.txt is not what is printed"
test ! -s "$d/err" || fail "words on standard error"
has ': gl(2,R) = R + sl(2,R), reductive, unimodular'
has 'proved: there are no others'
has '4 of 8 parameters'
has '  u11^2 + u21^2 - v11^2 - v12^2'

# Given ones
expect 0 "$CAUSTIC" symmetries "$examples/balanced-neuron.yaml"
has 'generators, given and verified'
has '  w1^2 + w2^2 - a^2'
has '  1 of 3 parameters'
expect 0 "$CAUSTIC" symmetries --json "$examples/rotation-quotient.yaml"
for key in generators algebra dimension structure_constants type discrete invariants conserved redundancy parameters; do
    grep -q "\"$key\":" "$d/out" || fail "JSON lacks $key"
done
has '"generators":[{"x":"-y","y":"x"}]'
has '"discrete":[{"x":"-x"}]'
has '"invariants":["x^2 + y^2","z"]'
has '"complete":null'
has '"strata":[["y","x"]]'

# Found ones, on what is given: rotations of a function of the distance; none of them preserves this metric
cat >"$d/ball.yaml" <<'END'
caustic: 1
parameters: [x, y, z]
loss: exp(x^2 + y^2 + z^2) - (x^2 + y^2 + z^2)^2
END
expect 0 "$CAUSTIC" symmetries "$d/ball.yaml"
has ': so(3), semisimple, unimodular'
has '[xi_1, xi_2] = xi_3'
has 'a group of order 48'
sed 's/^loss/metric: dx^2 + 2*dy^2 + 3*dz^2\nloss/' "$d/ball.yaml" >"$d/ellipsoid.yaml"
expect 0 "$CAUSTIC" symmetries "$d/ellipsoid.yaml" --json -o "$d/ellipsoid.json"
test ! -s "$d/out" || fail "output in two places"
grep -q '"generators":\[\]' "$d/ellipsoid.json" || fail "symmetries that do not preserve the metric"
grep -q '"complete":true' "$d/ellipsoid.json" || fail "complete"
expect 0 "$CAUSTIC" symmetries "$examples/sphere-height.yaml"
has '  xi_1 = y d/dx - x d/dy'

# Every example, given or found
for problem in "$examples"/*.yaml; do
    grep -q "^time:" "$problem" && continue # for `caustic integrate`
    expect 0 "$CAUSTIC" symmetries "$problem"
    expect 0 "$CAUSTIC" symmetries --json "$problem"
    if command -v python3 >/dev/null; then
        python3 -m json.tool "$d/out" >"$d/json" || fail "JSON of $problem"
    fi
done
# What is found is what was given
for name in balanced-neuron rotation-quotient batchnorm-sphere softmax-shift; do
    expect 0 "$CAUSTIC" symmetries --discover "$examples/$name.yaml"
    grep -q '^affine symmetries .* found; proved: there are no others$' "$d/out" || fail "$name: complete"
    grep -q '^  dimension 1: R, abelian, unimodular$' "$d/out" || fail "$name: one symmetry"
done

# Refused: place, generator, component, remainder
printf 'symmetry: {generators: [{x: y, y: x}]}\n' | cat "$d/ball.yaml" - >"$d/bad.yaml"
expect 2 "$CAUSTIC" symmetries "$d/bad.yaml" -o "$d/bad.txt"
grep -q "^$d/bad.yaml:3:7: the loss is not invariant under generator 1: remainder " "$d/err" || fail "loss"
test ! -e "$d/bad.txt" || fail "a file of a refused problem"
printf 'symmetry: {generators: [{x: -y, y: x}]}\n' | cat "$d/ellipsoid.yaml" - >"$d/bad.yaml"
expect 2 "$CAUSTIC" symmetries "$d/bad.yaml"
grep -q "^$d/bad.yaml:5:25: the metric is not invariant under generator 1: component (x, y) .*: remainder " "$d/err" || fail "metric"
printf 'symmetry: {generators: [{x: -y, y: x}, {x: -z, z: x}]}\n' | cat "$d/ball.yaml" - >"$d/bad.yaml"
expect 2 "$CAUSTIC" symmetries "$d/bad.yaml"
grep -q "the bracket of generators 1 and 2 is not in the span" "$d/err" || fail "closure"
printf 'caustic: 1\nparameters: [x, y]\nloss: x\nsymmetry: {generators: [{y: y^2}, {y: y^3}]}\n' >"$d/bad.yaml"
expect 2 "$CAUSTIC" symmetries "$d/bad.yaml"
grep -q "4:25: the bracket of generators 1 and 2 is not in the span of the generators: component y of it: remainder y^4" \
    "$d/err" || fail "what the bracket is"
printf 'caustic: 1\nmanifold: {coordinates: [x], hamiltonian: p_x^2}\n' >"$d/nothing.yaml"
expect 2 "$CAUSTIC" symmetries "$d/nothing.yaml"
grep -q "^$d/nothing.yaml: there is neither a loss nor a metric" "$d/err" || fail "nothing to look at"

# Dependent generators: an answer, but not all of it
printf 'symmetry: {generators: [{x: -y, y: x}, {x: -2*y, y: 2*x}]}\n' | cat "$d/ball.yaml" - >"$d/twice.yaml"
expect 1 "$CAUSTIC" symmetries "$d/twice.yaml"
grep -q 'linearly dependent' "$d/err" || fail "dependent generators"
expect 1 "$CAUSTIC" symmetries --quiet --json "$d/twice.yaml"
test ! -s "$d/err" || fail "not quiet"
has '"type":null'

# What is not proved is not said: a coefficient that is not rational, a limit of time
printf 'caustic: 1\nparameters: [x, y]\nloss: x^2 + pi*y^2\n' >"$d/pi.yaml"
expect 1 "$CAUSTIC" symmetries "$d/pi.yaml"
has '  at least 0 of 2 parameters'
expect 1 "$CAUSTIC" symmetries --time-limit 0.000001 "$d/ball.yaml" -o "$d/late"
grep -q 'the time limit is reached' "$d/err" || fail "time limit"
test ! -e "$d/late" || fail "a file too late"
expect 0 "$CAUSTIC" symmetries --time-limit 100 "$d/ball.yaml"
expect 2 "$CAUSTIC" symmetries --time-limit soon "$d/ball.yaml"
expect 2 "$CAUSTIC" symmetries
expect 2 "$CAUSTIC" symmetries "$d/none.yaml"
expect 2 "$CAUSTIC" symmetries --frobnicate "$d/ball.yaml"
expect 2 "$CAUSTIC" symmetries "$d/ball.yaml" "$d/ball.yaml"
expect 2 "$CAUSTIC" symmetries "$d/ball.yaml" -o "$d/no/such/folder.txt"
expect 0 "$CAUSTIC" symmetries --help
expect 0 "$CAUSTIC" symmetries --version
exit 0

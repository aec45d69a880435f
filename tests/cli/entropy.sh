#!/bin/sh
# The contract of `caustic entropy`: enclosures by the semigroup that fits the problem, or a refusal that says why.
. "$top_srcdir/tests/cli/contract.sh"

# The page of the manual is what the command prints: past the shock time 1 the least eigenvalue is of order 1/nu.
expect 0 "$CAUSTIC" entropy "$examples/cosine.yaml" --viscosity 1/100,1/1000 --time 2
diff "$d/out" "$top_srcdir/doc/entropy.txt" || fail "doc/entropy.txt is not what is printed"
test ! -s "$d/err" || fail "words on standard error"

# Before it, nothing is said of a kink.
expect 0 "$CAUSTIC" entropy "$examples/cosine.yaml" --viscosity 1/100 --time 1/4 --at x=1/2
grep -q kink "$d/out" && fail "a kink before the shock"

# JSON, in a file
expect 0 "$CAUSTIC" entropy "$examples/cosine.yaml" --viscosity 1/10 --time 1/2 --json -o "$d/e.json"
test ! -s "$d/out" || fail "output in two places"
for key in title semigroup enclosures viscosity time value gradient hessian least_eigenvalue thickness boxes; do
    grep -q "\"$key\":" "$d/e.json" || fail "JSON lacks $key"
done
if command -v python3 >/dev/null; then
    python3 -m json.tool "$d/e.json" >/dev/null || fail "not JSON"
fi

# Quotients: flat, spherical; and those for which no semigroup fits
expect 0 "$CAUSTIC" entropy "$examples/softmax-shift.yaml" --viscosity 1/10 --time 1/4 --tolerance 1e-4
has 'the Gaussian of the constant metric'
expect 0 "$CAUSTIC" entropy "$examples/batchnorm-sphere.yaml" --viscosity 1/5 --time 2 --at w1=1,w3=1 --tolerance 1e-3
has 'the heat semigroup of the unit sphere'
expect 2 "$CAUSTIC" entropy "$examples/balanced-neuron.yaml" --viscosity 1/10 --time 1
says 'not isometric for the Euclidean metric'
sed 's/^initial.*/initial: z1^2 + z2^2 + cos(z1)/' "$examples/relu-cone.yaml" >"$d/cone.yaml"
expect 0 "$CAUSTIC" entropy "$d/cone.yaml" --viscosity 1/2 --time 1/2 --at z1=1/2,z2=1/4 --tolerance 1/10
has 'the heat semigroup of the flat cone'
expect 2 "$CAUSTIC" entropy "$examples/relu-neuron.yaml" --viscosity 1/4 --time 1/2
says 'the tip of the cone'
expect 2 "$CAUSTIC" entropy "$examples/hyperbolic.yaml" --viscosity 1/10 --time 1
says 'the heat semigroup of this metric is not available'
expect 2 "$CAUSTIC" entropy "$examples/softmax-shift.yaml" --viscosity 1/10 --time 1
says 'the integral need not converge'
test ! -s "$d/out" || fail "half an answer"

# Usage
expect 2 "$CAUSTIC" entropy "$examples/cosine.yaml"
says '--viscosity and --time are needed'
expect 2 "$CAUSTIC" entropy "$examples/cosine.yaml" --viscosity 0 --time 1
expect 2 "$CAUSTIC" entropy "$examples/cosine.yaml" --viscosity 1 --time 1 --at y=1
says "'y=1' is not NAME=NUMBER"
expect 2 "$CAUSTIC" entropy "$d/absent.yaml" --viscosity 1 --time 1
expect 0 "$CAUSTIC" entropy --help

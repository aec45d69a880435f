#!/bin/sh
# The contract of `caustic derive`: the formulas of known problems, three formats, every example, refusals, exit codes.
. "$top_srcdir/tests/cli/contract.sh"

# The page of the manual is what the command prints
expect 0 "$CAUSTIC" derive "$examples/rotation-quotient.yaml"
diff "$d/out" "$top_srcdir/doc/rotation-quotient.txt" || fail "doc/rotation-quotient.txt is not what is printed"

# Known geometry: cone, round sphere, flat quotient, Bures-Wasserstein, and what is conserved
expect 0 "$CAUSTIC" derive "$examples/relu-neuron.yaml"
has '  scalar R = 0'
has '  volume V = sqrt(2)*sqrt(z1^2 + z2^2)'
has '  det g = 1/2'
expect 0 "$CAUSTIC" derive "$examples/batchnorm-sphere.yaml"
has '  scalar R = 2'
expect 0 "$CAUSTIC" derive "$examples/softmax-shift.yaml"
has '  none'
has '  u_t + u_x^2 + u_x*u_y + u_y^2'
expect 0 "$CAUSTIC" derive "$examples/bures-wasserstein.yaml"
has '  g^(b,b) = a + c'
has '  scalar R = 6/(a + c)'
has '  volume V = sqrt(a + c)'
expect 0 "$CAUSTIC" derive "$examples/balanced-neuron.yaml"
has 'balanced slice of level 0'
grep -A 1 'conserved by gradient flow' "$d/out" | grep -qF 'w1^2 + w2^2 - a^2' || fail "conserved quantity"
! grep -q '^  \(no\|undecided\) ' "$d/out" || fail "an identity is not proved"

# Every example, in every format
for problem in "$examples"/*.yaml; do
    grep -q "^time:" "$problem" && continue # for `caustic integrate`
    grep -q '^\(quotient\|manifold\):' "$problem" || continue
    name=$(basename "$problem" .yaml)
    test "$name" = network-cnn-both && continue # network-cnn, twice as long as all others together
    expect 0 "$CAUSTIC" derive "$problem"
    test ! -s "$d/err" || fail "words on standard error"
    expect 0 "$CAUSTIC" derive --json "$problem" -o "$d/$name.json"
    test ! -s "$d/out" || fail "output in two places"
    for key in dimension coordinates cometric metric det christoffel scalar_curvature orbit_volume hamiltonian viscous_hj \
        burgers conserved verified; do
        grep -q "\"$key\":" "$d/$name.json" || fail "JSON of $name lacks $key"
    done
    ! grep -q '"holds":\(false\|null\)' "$d/$name.json" || fail "$name: an identity is not proved"
    expect 0 "$CAUSTIC" derive --format latex "$problem" -o "$d/$name.tex"
    if command -v python3 >/dev/null; then
        python3 -m json.tool "$d/$name.json" >/dev/null || fail "JSON of $name"
    fi
    case $name in balanced-neuron | batchnorm-sphere | freidlin-wentzell | rotation-quotient)
        if command -v pdflatex >/dev/null; then
            (cd "$d" && pdflatex -interaction=nonstopmode -halt-on-error "$name.tex") >"$d/out" 2>&1 || fail "LaTeX of $name"
        fi
        ;;
    esac
done
grep -q '"burgers":\["v_x_t + v_x\*v_x_x - nu\*v_x_xx"\]' "$d/cosine.json" || fail "the Burgers equation"
grep -q '"cometric":null,"metric":null' "$d/freidlin-wentzell.json" || fail "a metric out of nothing"
grep -qF '\partial_t v_{x}+v_{x} \partial_{x} v_{x}' "$d/cosine.tex" || fail "LaTeX of the Burgers equation"

# Awkward names and titles
cat >"$d/names.yaml" <<'END'
caustic: 1
title: '100% of {T^*M} & a_b # ~ \ é – ψ <x>'
manifold: {coordinates: [u, t, nu], metric: du^2 + dt^2*(1 + nu^2) + dnu^2}
END
expect 0 "$CAUSTIC" derive "$d/names.yaml" --format latex -o "$d/names.tex"
if command -v pdflatex >/dev/null; then
    (cd "$d" && pdflatex -interaction=nonstopmode -halt-on-error names.tex) >"$d/out" 2>&1 || fail "LaTeX of names"
fi
expect 0 "$CAUSTIC" derive "$d/names.yaml" --json
has '"viscosity":"nuu"'

# A non-unimodular group: said aloud, and no failure. The affine group of the line acts on (x, y, z), y > 0, leaving z alone.
cat >"$d/affine.yaml" <<'END'
caustic: 1
parameters: [x, y, z]
assume: [y > 0, z > 0]
metric: (dx^2 + dy^2)/y^2*z^2 + dz^2
symmetry: {construction: invariant-metric, generators: [{x: 1}, {x: x, y: y}]}
quotient: {coordinates: {s: z}, section: {x: 0, y: 1, z: s}}
END
expect 0 "$CAUSTIC" derive "$d/affine.yaml"
grep -q '^  no  *the group is unimodular$' "$d/out" || fail "unimodular"
has 'the group is not unimodular'

# Refused: place, cause, nothing written
sed 's/a: -a}/a: a}/' "$examples/relu-neuron.yaml" >"$d/bad.yaml"
expect 2 "$CAUSTIC" derive "$d/bad.yaml" -o "$d/bad.tex"
grep -q "^$d/bad.yaml:[0-9]*:[0-9]*: the metric is not invariant under generator 1: component .*: remainder" "$d/err" || fail "refusal"
test ! -e "$d/bad.tex" || fail "a file of a refused problem"
printf 'caustic: 1\nparameters: [x]\nloss: x^2\n' >"$d/total.yaml"
expect 2 "$CAUSTIC" derive "$d/total.yaml"
expect 2 "$CAUSTIC" derive "$d/none.yaml"
# A limit of time: by then all, or nothing
expect 1 "$CAUSTIC" derive --time-limit 0.000001 "$examples/relu-neuron.yaml" -o "$d/late"
grep -q 'the time limit is reached' "$d/err" || fail "time limit"
test ! -e "$d/late" || fail "a file too late"
expect 1 "$CAUSTIC" derive --quiet --time-limit 0.000001 "$examples/relu-neuron.yaml"
test ! -s "$d/err" || fail "not quiet"
expect 0 "$CAUSTIC" derive --time-limit 100 "$examples/relu-neuron.yaml"
expect 2 "$CAUSTIC" derive --time-limit -1 "$examples/relu-neuron.yaml"
expect 2 "$CAUSTIC" derive
expect 2 "$CAUSTIC" derive --format html "$examples/cosine.yaml"
expect 2 "$CAUSTIC" derive --frobnicate "$examples/cosine.yaml"
expect 2 "$CAUSTIC" derive "$examples/cosine.yaml" "$examples/cosine.yaml"
expect 2 "$CAUSTIC" derive "$examples/cosine.yaml" -o "$d/no/such/folder.tex"
expect 0 "$CAUSTIC" derive --help
expect 0 "$CAUSTIC" derive --version
exit 0

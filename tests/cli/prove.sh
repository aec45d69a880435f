#!/bin/sh
# The contract of `caustic prove`: a theorem with the formulas and numbers of the certificate; refusals by name, with
# nothing written. If the Coq library is compiled (make coq), coqc accepts the quickest, and not a tighter claim.
. "$top_srcdir/tests/cli/contract.sh"
refused() { # cause, certificate
    expect 2 "$CAUSTIC" prove "$2" -o "$d/none.v"
    grep -q "$1" "$d/err" || fail "the cause is not '$1'"
    test ! -e "$d/none.v" || fail "something was written"
}

expect 0 "$CAUSTIC" certify --quiet "$top_srcdir/examples/cosine.yaml" -o "$d/c.cert"
expect 0 "$CAUSTIC" prove "$d/c.cert" -o "$d/c.v"
test ! -s "$d/out" || fail "output went to stdout"
for bound in 2:T1 3:T2; do
    value=$(sed -n 's/^claim //p' "$d/c.cert" | cut -d' ' -f$((${bound%:*} - 1)) | sed 's,/, / ,')
    grep -q "^Definition ${bound#*:} : R := ($value)\.\$" "$d/c.v" || fail "the bound ${bound#*:}"
done
grep -q '(cos x)' "$d/c.v" && grep -q '(-3) <= x <= 3' "$d/c.v" || fail "the problem"
expect 0 "$CAUSTIC" prove "$d/c.cert"
cmp "$d/out" "$d/c.v" || fail "stdout and the file differ"

# Two coordinates, a constant metric, and a name that Coq has taken
cat >"$d/m.cert" <<'END'
caustic-certificate 1
title "(* End of the proof *)"
claim 1/4 1
problem manifold
coordinates x at
let k 2*x
metric 2*dx^2 + 2*dx*dat + dat^2
initial sin(k)*tanh(at)/3 - exp(at)
domain x -1/2 1/3
domain at 0 1
evidence
witness
point 0 1/2
direction 3 -1f
static 58 0
cover
static 58 4
positive 1 1 0 0 1
end
END
expect 0 "$CAUSTIC" prove "$d/m.cert"
grep -q 'Definition u0 (x at_ : R)' "$d/out" || fail "a reserved name"
grep -q '(3)%Z (-31)%Z' "$d/out" || fail "the direction"
grep -q '^  x + t \* (1 \* Derive (fun s => u0 s at_) x + (-1) \* Derive' "$d/out" || fail "the inverse of the metric"
test "$(grep -c '\*)' "$d/out")" -eq "$(grep -c '(\*' "$d/out")" || fail "comments that do not end"

# What is not exported is refused by name
change() { sed "$1" "$d/m.cert" >"$d/bad.cert"; }
change 's/^metric .*/metric dx^2 + (2 + x^2)*dat^2/'; refused 'curvature is not found to be constant' "$d/bad.cert"
change 's/^metric .*/hamiltonian p_x^4 + p_at^2/'; refused 'not quadratic in the momenta' "$d/bad.cert"
change 's/^metric .*/hamiltonian p_x^2 + p_at^2 + x^2/'; refused 'a potential' "$d/bad.cert"
change 's/^metric .*/metric dx^2 + sqrt(4 + x)*dat^2/'; refused 'curvature is not found to be constant' "$d/bad.cert"
change 's/^metric .*/metric (dx^2 + dat^2)\/(at + 2)/;s/^initial .*/initial log(x + 2)/'; refused 'curvature' "$d/bad.cert"
change 's/^initial .*/initial relu(x + 2)/'; refused 'a relu and a constant metric' "$d/bad.cert"
sphere() { change "s/^metric .*/metric 4*(dx^2 + dat^2)\/(1 + x^2 + at^2)^2/;s/^initial .*/initial $1/"; }
sphere 'relu(x)'; refused 'a relu whose argument changes its sign' "$d/bad.cert"
sphere 'sqrt(x + 2)'; refused 'a root in the initial function' "$d/bad.cert"
sphere 'pi*x'; refused 'pi in the initial function' "$d/bad.cert"
change 's/^initial .*/initial log(x + 3)/'; refused 'a function other than' "$d/bad.cert"
change 's/^initial .*/initial sqrt(x + 3)/'; refused 'a root' "$d/bad.cert"
change 's/^initial .*/initial pi*x/'; refused 'pi in the initial' "$d/bad.cert"
change 's/^coordinates .*/coordinates x at z/'; refused 'more than two coordinates' "$d/bad.cert"
cat >"$d/q.cert" <<'END'
caustic-certificate 1
title A neuron
claim 1/4 1
problem quotient
parameters w1 w2 point
coordinates z1 z2
total-metric point^2*(dw1^2 + dw2^2) + (w1^2 + w2^2)*dpoint^2
construction invariant-metric
generator 1 w1 w1
generator 1 w2 w2
generator 1 point -point
invariant z1 point*w1
invariant z2 point*w2
section w1 z1
section w2 z2
section point 1
assume point
assume w1^2 + w2^2
loss tanh(point*relu(w1 + 2*w2))
domain z1 1/2 1
domain z2 1 2
evidence
witness
point 3/4 1
direction 3 -1f
static 58 0
cover
static 58 4
positive 1 1 0 0 1
end
END
expect 0 "$CAUSTIC" prove "$d/q.cert"
grep -q '^  | 2%nat, 2%nat => (1 / ((w1 ^ 2) + (w2 ^ 2)))' "$d/out" || fail "the inverse of the metric on the parameters"
grep -q '^  | 2%nat => (- point_)' "$d/out" || fail "the generator"
grep -q '^  (tanh (point_ \* (Rmax 0 (w1 + (2 \* w2)))))\.' "$d/out" || fail "the loss"
grep -q '^Definition A12 (z1 z2 : R) : R :=' "$d/out" && grep -q '^   A12 q1 q2 = gradients 3 V I1 I2 (sigma q1 q2)' "$d/out" ||
    fail "the co-metric of the quotient"
grep -q 'riemannian 3 G (sigma z1 z2) /. independent 3 1 generator (sigma z1 z2))\.' "$d/out" || fail "the metric and the generator"
grep -q 'killing 3 G xi1 point /. along 3 xi1 I1 point = 0' "$d/out" || fail "the symmetry"
change() { sed "$1" "$d/q.cert" >"$d/bad.cert"; }
change 's/^loss .*/loss 2*point*(w1 + w2)\/3/' # fast, but away from the tip
expect 0 "$CAUSTIC" prove "$d/bad.cert"
test "$(grep -c '^   (exists x_ y_' "$d/out")" -eq 2 || fail "curves exist on the domain, seen by following them"
grep -q '^Lemma room_found : tube [^=]* U start rectangle [0-9]* = true' "$d/out" || fail "the steps"
change 's/invariant-metric/balanced 0/'; refused 'balanced quotients' "$d/bad.cert"
change 's/^loss .*/loss sqrt(point*w1)/'; refused 'a root' "$d/bad.cert"
change 's/w1 + 2/w1 - 2/;s/^domain z2 1 2/domain z2 1\/4 1/'; refused 'changes its sign' "$d/bad.cert"
change '/^section w2/d'; refused 'too little' "$d/bad.cert"
change '/^invariant z2/d'; refused 'too little' "$d/bad.cert"
change '/^parameters/d'; refused '' "$d/bad.cert"
change 's/^generator 1 w2/generator 7 w2/'; refused 'out of range' "$d/bad.cert"
change 's/^invariant z1/invariant z7/'; refused 'unknown name' "$d/bad.cert"
change 's/^total-metric .*/total-metric dw1^2/'; refused 'degenerate' "$d/bad.cert"
change() { sed "$1" "$d/m.cert" >"$d/bad.cert"; }
# A surface of constant curvature, given by its metric: the inverse is printed, and a relu as a maximum
sphere 'x*at + relu(at + 2) + relu(x - 1)'
expect 0 "$CAUSTIC" prove "$d/bad.cert"
grep -q '^Definition K : ratio := (1%Z, 1%positive)' "$d/out" || fail "the curvature of the sphere"
grep -q '((1 / 4) \* ((((x ^ 2) + (at_ ^ 2)) + 1) ^ 2))' "$d/out" || fail "the inverse of the metric of the sphere"
test "$(grep -c '^   (exists x_ y_' "$d/out")" -eq 1 || fail "curves exist at the witness"
grep -q 'A12 q1 q2 . g12 q1 q2 + A22 q1 q2 . g22 q1 q2 = 1' "$d/out" || fail "the metric of the sphere"
grep -q '(Rmax 0 (at_ + 2))' "$d/out" && grep -q '(Rmax 0 (x + (-1)))' "$d/out" || fail "maxima"
grep -q '^  (Add (Var 1) (Int 2))\]' "$d/out" || grep -q '^  (Add (Var 1) (Int 2));' "$d/out" || fail "a positive argument"
grep -q '^  Opp (Add (Var 0) (Int (-1)))' "$d/out" || fail "a negative argument"
grep -q 'characteristic (kinetic A11 A12 A22) u0 chart x at_ T1 ' "$d/out" || fail "the statement"
change 's/^metric .*/metric 4*(dx^2 + dat^2)\/(9 - x^2 - at^2)^2/'
expect 0 "$CAUSTIC" prove "$d/bad.cert"
grep -q '^Definition K : ratio := ((-9)%Z, 1%positive)' "$d/out" || fail "the curvature of the hyperbolic plane"
grep -q '(exists x_ y_' "$d/out" && fail "far curves are not known to exist"
sphere 'x*at\/8'
expect 0 "$CAUSTIC" prove "$d/bad.cert"
test "$(grep -c '^   (exists x_ y_' "$d/out")" -eq 2 || fail "curves exist on the domain"
expect 0 "$CAUSTIC" prove --help
# Bad input
change 's/^claim .*/claim 0 1/'; refused 'lower bound' "$d/bad.cert"
change 's/^claim .*/claim 1\/0 1/'; refused 'expected the claim' "$d/bad.cert"
change 's/^domain at .*/domain at 1 0/'; refused 'domain' "$d/bad.cert"
change 's/^initial .*/initial y/'; refused 'y' "$d/bad.cert"
change '/^initial/d'; refused 'too little' "$d/bad.cert"
change '/^metric/d'; refused 'too little' "$d/bad.cert"
change '/^end/d'; refused 'too early' "$d/bad.cert"
change 's/^metric .*/metric (dx + dat)^2/'; refused 'degenerate' "$d/bad.cert"
change 's/^point .*/point 0/'; refused 'point' "$d/bad.cert"
change '/^point/d'; refused 'expected the point' "$d/bad.cert"
{ printf 'let k%d k+1\n' 0; for i in $(seq 3000); do printf 'let k%d sin(k%d)\n' $i $((i - 1)); done; } >"$d/deep"
sed -e "/^let k /r $d/deep" -e 's/^initial .*/initial k3000/' "$d/m.cert" >"$d/bad.cert"
refused 'nested' "$d/bad.cert"
: >"$d/bad.cert"; refused 'not a certificate' "$d/bad.cert"
expect 2 "$CAUSTIC" prove "$d/no-such-file"
expect 2 "$CAUSTIC" prove

if command -v coqc >/dev/null && test -e "$top_builddir/coq/Flat.vo"; then
    accept() { coqc -q -w -all -R "$top_builddir/coq" Caustic "$1"; }
    expect 0 accept "$d/c.v"
    grep -q 'Classical_Prop.classic' "$d/out" || fail "no list of axioms"
    sed 's/^claim .*/claim 1 2/' "$d/c.cert" >"$d/tight.cert" # no focal time in [0, 1]: false
    expect 0 "$CAUSTIC" prove "$d/tight.cert" -o "$d/tight.v"
    sed -i 's/ 60 domain/ 9 domain/; s/fuel := 60/fuel := 9/' "$d/tight.v"
    expect 1 accept "$d/tight.v"
fi
exit 0

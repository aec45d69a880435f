#!/bin/sh
# The verdicts of caustic-check on certificates made by hand and by tests/check/generate: true ones are
# accepted, and every rule of the format, broken once under a right seal, is rejected with a place.
check=$CAUSTIC_CHECK
generate=$top_builddir/tests/check/generate
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
bad=0 tried=0

fail() { echo "FAIL: $*"; bad=1; }
seal() { echo "sha256 $(sha256sum <"$1" | cut -d' ' -f1)" >>"$1"; }

# verdict FILE WANT WHAT: the last line, the exit status and the place must agree
verdict() {
    "$check" "$1" >"$d/out" 2>"$d/err"
    code=$? last=$(tail -n 1 "$d/out") tried=$((tried + 1))
    case $2 in
    ACCEPTED) test $code = 0 && test "$last" = ACCEPTED && test ! -s "$d/err" ;;
    REJECTED) test $code = 1 && test "$(cat "$d/out")" = REJECTED && grep -q "^$1:[0-9]*: ." "$d/err" ;;
    esac || fail "$3: want $2, exit status $code, '$last', $(cat "$d/err")"
}
# edited WHAT SED-SCRIPT...: the certificate $base, edited and sealed again, must differ and be rejected
edited() {
    what=$1; shift
    sed "$@" "$base" >"$d/edited" || fail "$what: sed"
    cmp -s "$base" "$d/edited" && fail "$what: nothing was changed"
    seal "$d/edited"
    verdict "$d/edited" REJECTED "$what"
}

# ---- The static rule, by hand: u0 = cos x on the line, t* = 1 ----
cat >"$d/static" <<'END'
caustic-certificate 1
title Cosine on the line
claim 9/10 101/100
problem manifold
coordinates x
metric dx^2
initial cos(x)
domain x -3 3
evidence
witness
point 0
direction 1
static 64 0
cover
split 1
static 64 12
halve 1
positive 1 1
positive 1 1
static 64 12
halve 1
positive 1 1
positive 1 1
end
END
base=$d/static
cp "$base" "$d/good"; seal "$d/good"
verdict "$d/good" ACCEPTED "static certificate"
lines=$(wc -l <"$base")
for i in $(seq "$lines"); do
    edited "line $i is missing" "${i}d"
    edited "line $i is doubled" "${i}p"
    head -n "$i" "$d/good" >"$d/short"
    verdict "$d/short" REJECTED "only $i lines"
    test $((i % 5)) = 3 || continue
    edited "line $i has a space at its end" "${i}s/\$/ /"
    edited "line $i has a space at its start" "${i}s/^/ /"
    edited "line $i has a tab" "${i}s/\$/	/"
    edited "line $i has a carriage return" "${i}s/\$/$(printf '\r')/"
    edited "an empty line after line $i" "${i}G"
done
sed 's/9\/10/8\/10/' "$d/good" >"$d/x"; verdict "$d/x" REJECTED "changed without a new seal"
sed '$s/[0-9a-f]$/x/' "$d/good" >"$d/x"; verdict "$d/x" REJECTED "a seal that is not one"
{ cat "$d/good"; echo; } >"$d/x"; verdict "$d/x" REJECTED "a line after the seal"
printf %s "$(cat "$d/good")" >"$d/x"; verdict "$d/x" REJECTED "no line feed at the end"
{ sed '$d' "$d/good"; tail -n 1 "$d/good" | tr a-f A-F; } >"$d/x"; verdict "$d/x" REJECTED "the seal in capitals"
: >"$d/x"; verdict "$d/x" REJECTED "an empty file"
head -c 100000 /dev/zero >"$d/x"; verdict "$d/x" REJECTED "zeros"

edited "version 2" 's/^caustic-certificate 1/caustic-certificate 2/'
edited "a claim that is too strong" 's/^claim 9.10/claim 101\/100/'
edited "an upper bound that is too strong" 's/101.100/99\/100/'
edited "bounds in the wrong order" 's/^claim.*/claim 11\/10 101\/100/'
for q in 0 -1 0/1 18/20 9/1 09/10 +9/10 0.9 9/0 9/-10 -0 1e-1 9//10 /10 9/ x "9 /10"; do
    edited "claim $q" "s|^claim 9/10|claim $q|"
done
edited "no upper bound, but a witness" 's/^claim.*/claim 9\/10 none/'
edited "an upper bound, but no witness" '/^witness/,/^static 64 0/d'
edited "a word that is not none" 's/^claim.*/claim 9\/10 nothing/'
edited "one bound" 's/^claim.*/claim 9\/10/'
edited "three bounds" 's/^claim.*/& 2/'
edited "a point outside" 's/^point 0/point 301\/100/'
edited "a point that is no witness" 's/^point 0/point 2/'
edited "two coordinates" 's/^point 0/point 0 0/'
edited "direction 0" 's/^direction 1/direction 0/'
edited "no direction" 's/^direction 1/direction/'
edited "an empty domain" 's/^domain.*/domain x 3 3/'
edited "a domain in the wrong order" 's/^domain.*/domain x 3 -3/'
edited "the domain of another name" 's/^domain.*/domain y -3 3/'
edited "two domains" 's/^domain.*/&\n&/'
edited "the split of another coordinate" 's/^split 1/split 2/'
edited "split 0" 's/^split 1/split 0/'
edited "halve 2" '1,/^halve 1/s/^halve 1/halve 2/'
edited "positive 0" 's/^positive 1 1/positive 0 1/'
edited "positive 2" 's/^positive 1 1/positive 2 1/'
edited "a singular matrix" 's/^positive 1 1/positive 1 0/'
edited "no matrix" 's/^positive 1 1/positive 1/'
edited "a matrix too large" 's/^positive 1 1/positive 1 1 1/'
for v in 01 -0 0x1 A + - 1.0 1g "" ; do
    edited "the integer '$v'" "s/^positive 1 1/positive 1 $v/"
done
for v in 0 4097 -64 064 64.0 99999999999999999999 x; do
    edited "precision $v" "s/^static 64/static $v/"
done
edited "degree 201" 's/^static 64 12/static 64 201/'
edited "the witness of degree 1" 's/^static 64 0/static 64 1/'
edited "a cover that is too coarse" '/^halve/d;0,/^positive/{/^positive/d}'
edited "two covers" 's/^end/end\ncover\nstatic 64 12\npositive 1 1\nend/'
edited "an unknown line" 's/^cover/cover\nremark/'

# ---- The problem ----
problem() { edited "$1" "s~^metric.*~$2~;s~^initial.*~initial $3~"; }
accepted() {
    sed "s~^metric.*~$2~;s~^initial.*~initial $3~" "$base" >"$d/x"
    seal "$d/x"
    verdict "$d/x" ACCEPTED "$1"
}
accepted "a metric as a product" "metric dx*dx" "cos(x)"
accepted "a metric with a redundant part" "metric dx^2 + dx*dx - dx^2" "cos(x)"
accepted "a cometric" "cometric 1 1 1" "cos(x)"
accepted "a Hamiltonian" "hamiltonian p_x^2\/2" "cos(x)"
accepted "a Hamiltonian with a drift" "hamiltonian p_x^2\/2 + 3*p_x" "sin(x + pi\/2)"
accepted "names" "let k 1\/2\nlet c cos(x)\nmetric 2*k*dx^2" "2*k*c"
problem "a negative metric" "metric -dx^2" "cos(x)"
problem "a zero metric" "metric 0*dx^2" "cos(x)"
problem "a linear metric" "metric dx" "cos(x)"
problem "a cubic metric" "metric dx^3" "cos(x)"
problem "a metric with a linear part" "metric dx^2 + dx" "cos(x)"
problem "a metric with a constant" "metric dx^2 + 1" "cos(x)"
problem "a metric that is not one as it is written" "metric sqrt(dx^4)" "cos(x)"
problem "a metric that is undefined at a point" "metric dx^2*x\/x" "cos(x)"
problem "a metric that hides its domain" "metric dx^2 + 0*log(x)*dx^2" "cos(x)"
problem "a concave Hamiltonian" "hamiltonian -p_x^2" "cos(x)"
problem "a Hamiltonian that is only convex" "hamiltonian p_x^4" "cos(x)"
problem "a linear Hamiltonian" "hamiltonian p_x" "cos(x)"
problem "the static rule where H depends on x" "hamiltonian p_x^2\/2 + x" "cos(x)"
problem "the static rule where the domain of H depends on x" "hamiltonian p_x^2\/2 + 0\/x" "cos(x)"
problem "a differential in the initial function" "metric dx^2" "cos(dx)"
problem "a momentum in the initial function" "metric dx^2" "cos(p_x)"
problem "a name that comes later" "let a b\nlet b 1\nmetric dx^2" "cos(x)"
problem "a name twice" "let a 1\nlet a 1\nmetric dx^2" "cos(x)"
problem "the name of a coordinate" "let x 1\nmetric dx^2" "cos(x)"
problem "the name of a differential" "let dx 1\nmetric dx^2" "cos(x)"
problem "the name of a function" "let exp 1\nmetric dx^2" "cos(x)"
problem "the name of a constant" "let pi 3\nmetric dx^2" "cos(x)"
for u in "cos(x) + 0*log(x)" "cos(x)*x\/x" "cos(x) + 0*sqrt(x)" "cos(x) + sqrt(x)^2 - x" "cos(x) + 0*abs(x)" \
    "cos(x) + 0*relu(x)" "cos(x) + 0*max(x, 1)" "cos(x) + 0*x^(1\/3)" "cos(x) + x^0*0\/x" "cos(x) + (x^(-1))^0" \
    "cos(x) + 0*asin(x\/2)" "cos(x) + 0*tan(x)" "cos(x) + 0*sqrt(-1)" "cos(x) + 1\/0" "cos(x) + 0*log(0)" \
    "cos(x) + 0*step(0)" "cos(y)" "cos x" "cos(x" "cos(x))" "cos()" "cos(x,x)" "max(x)" "cosx" "(" ")" "" "x+" "*x" \
    "x^x" "2^x" "x^2^3" "cos(x) 1" "1..2" "." "0x10" "x!" "x = 1" "\$x" "cos(x);" "cos(x)^(1\/0)" \
    "1e999999999" "1e-999999999" "2^1000000000" "x^1000000000" "x^(1\/1000000007)" "((2^65536)^65536)^65536" \
    "9^9999999*cos(x)" "exp(exp(exp(x + 100)))" "exp(1e100*x)"; do
    problem "u0 = $u" "metric dx^2" "$u"
done
deep=$(printf '%0500d' 0 | tr 0 '(')x$(printf '%0500d' 0 | tr 0 ')')
problem "500 parentheses" "metric dx^2" "cos($deep)"
long=$(printf '%0200000d' 0 | sed 's/0/-/g')
sed "s/^initial.*/initial ${long}cos(x)/" "$base" >"$d/x" 2>/dev/null && seal "$d/x" &&
    verdict "$d/x" ACCEPTED "an even number of signs"
awk '/^initial/ { printf "initial cos(x)"; for (i = 0; i < 300000; i++) printf "+x"; print ""; next } 1' \
    "$base" >"$d/x"; seal "$d/x"; verdict "$d/x" ACCEPTED "a long sum"
awk '/^initial/ { printf "initial cos(x)"; for (i = 0; i < 600000; i++) printf "+x"; print ""; next } 1' \
    "$base" >"$d/x"; seal "$d/x"; verdict "$d/x" REJECTED "a sum that is too long"
awk '/^direction/ { printf "direction "; for (i = 0; i < 9000000; i++) printf "1"; print ""; next } 1' \
    "$base" >"$d/x"; seal "$d/x"; verdict "$d/x" REJECTED "a line that is too long"
awk '/^cover/ { print; for (i = 0; i < 1001; i++) print "split 1"; next } 1' \
    "$base" >"$d/x"; seal "$d/x"; verdict "$d/x" REJECTED "a tree that is too deep"
awk '/^split/ { print; print "static 64 2"; for (i = 0; i < 1001; i++) print "halve 1"; next } 1' \
    "$base" >"$d/x"; seal "$d/x"; verdict "$d/x" REJECTED "halvings that are too deep"

# ---- The flow rule: the metric exp(2x) dx^2 is dy^2 with y = exp(x), and u0 = -(y - 1)^2/2 focuses at t = 1 ----
cat >"$d/flow-head" <<'END'
caustic-certificate 1
title A focus in other coordinates
claim 15/16 17/16
problem manifold
coordinates x
metric exp(2*x)*dx^2
initial -(exp(x) - 1)^2/2
domain x -1/4 1/4
evidence
point 0
direction -3
END
"$generate" flow 60 10 2 1/2 24 1 1 <"$d/flow-head" >"$d/flow" || fail "generate flow"
base=$d/flow
cp "$base" "$d/good"; seal "$d/good"
verdict "$d/good" ACCEPTED "flow certificate"
for n in 4 9 124; do # W in the first two steps of the witness, and in a step of the cover
    edited "radius 0 of line p $n" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")s/^p [^ ]*/p 0/"
    edited "radius negative of line p $n" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")s/^p /p -/"
    edited "line p $n is missing" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")d"
    edited "line p $n is doubled" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")p"
    edited "line p $n is empty" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")s/ .*//"
    edited "line p $n of zeros" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")s/ .*/ 10/"
    edited "line p $n is too long" "$(grep -n '^p ' "$base" | sed -n "${n}s/:.*//p")s/\$/$(printf '%01000d' 0 | sed 's/0/ 0/g')/"
done
edited "a step of the witness longer" '0,/^step/s/^\(step .*\)[0-9a-e]$/\1f/'
edited "a step of the cover shorter" \
    "$(grep -n '^step' "$base" | sed -n '$s/:.*//p')s/^\(step .*\)[1-9a-f]\(0*\)\$/\10\2/"
edited "a step that is missing" '0,/^step/{/^step/,+5d}'
edited "a step of length 0" '0,/^step/s/^step.*/step 0/'
edited "a step backwards" '0,/^step/s/^step /step -/'
edited "no arrival" '0,/^arrive/{/^arrive/d}'
edited "an arrival too early" '0,/^step/s/^step/arrive\nstep/'
edited "c = 0" 's/^\(flow.*\) 1.2$/\1 0/'
edited "c < 0" 's/^\(flow.*\) 1.2$/\1 -1\/2/'
edited "another c" 's/^\(flow.*\) 1.2$/\1 1\/3/'
edited "another degree" 's/^flow 60 10/flow 60 9/'
edited "another precision" 's/^flow 60 10/flow 61 10/'
edited "another weight" 's/^flow 60 10 2/flow 60 10 3/'
edited "weight 0" 's/^flow 60 10 2/flow 60 10 0/'
edited "a witness with a weight" 's/^flow 60 10 1/flow 60 10 2/'
edited "degree 0" 's/^flow 60 10/flow 60 0/'
sed 's/^metric.*/metric (1\/exp(-2*x))*dx^2/' "$base" >"$d/y"; seal "$d/y"
verdict "$d/y" ACCEPTED "the metric written otherwise"
edited "another metric" 's/^metric.*/metric exp(2*x)*dx^2*(1 + 1e-9)/'
edited "another initial function" 's/^initial.*/initial -(exp(x) - 1)^2\/2*(1 + 1e-9)/'
edited "a larger domain" 's/^domain.*/domain x -1\/4 251\/1000/'
edited "another time" 's/^claim 15/claim 14/'
edited "a claim beyond the steps" 's/^claim 15.16/claim 31\/32/'
sed 's/^claim.*/claim 17\/16 none/;/^point/d;/^direction/d' "$d/flow-head" |
    "$generate" flow 60 10 2 1/2 24 1 1 >"$d/x" || fail "generate a false claim"
seal "$d/x"; verdict "$d/x" REJECTED "no focal time up to 17/16, which is false"
sed 's/^claim.*/claim 1\/2 15\/16/' "$d/flow-head" |
    "$generate" flow 60 10 2 1/2 24 1 1 >"$d/x" || fail "generate a false claim"
seal "$d/x"; verdict "$d/x" REJECTED "a focal time before 15/16, which is false"

# ---- Two dimensions, a quotient, piecewise functions ----
sphere='caustic-certificate 1
title Height function on the round sphere
claim 7/8 9/8
problem manifold
coordinates x y
metric 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2
initial (1 - x^2 - y^2)/(1 + x^2 + y^2)
domain x -1/32 1/32
domain y -1/32 1/32
evidence
point 0 0
direction 1 0'
echo "$sphere" | "$generate" flow 60 7 1 2 16 0 1 >"$d/x" || fail "generate sphere"
base=$d/x
edited "a witness off the centre" 's/^point.*/point 1\/64 0/'
edited "the matrix of a saddle" '$!s/^positive 2.*/positive 2 0 1 0 1/'
sed 's/^positive 2.*/positive 1 1 0 0 1/' "$d/x" >"$d/y"; seal "$d/y"
verdict "$d/y" ACCEPTED "sphere, by a Schur complement"
seal "$d/x"; verdict "$d/x" ACCEPTED "sphere"

neuron='caustic-certificate 1
title One ReLU neuron with two inputs
claim 1/4 none
problem quotient
parameters w1 w2 a
coordinates z1 z2
let half 1/2
let r sqrt(z1^2 + z2^2)
total-metric a^2*(dw1^2 + dw2^2) + (w1^2 + w2^2)*da^2
construction invariant-metric
generator 1 w1 w1
generator 1 w2 w2
generator 1 a -a
invariant z1 a*w1
invariant z2 a*w2
section w1 z1/sqrt(r)
section w2 z2/sqrt(r)
section a sqrt(r)
assume a
assume w1^2 + w2^2
loss half*relu(a*w1 - a*w2/8)^2 - a*w1*a*w2
domain z1 3/4 13/16
domain z2 -1/16 0
evidence'
echo "$neuron" | "$generate" flow 60 7 1 2 16 0 1 >"$d/x" || fail "generate neuron"
base=$d/x
edited "an assumption that fails" 's/^assume a$/assume -a/'
edited "an assumption that is not certain" 's/^assume a$/assume a - 9\/10/'
edited "another section" 's/^section a .*/section a 2*sqrt(r)/'
edited "another invariant" 's/^invariant z1 .*/invariant z1 2*a*w1/'
edited "a coordinate in the loss" 's/^loss .*/loss z1/'
edited "a parameter in the section" 's/^section a .*/section a a/'
edited "a name with coordinates in the loss" 's/^loss .*/loss r*a/'
edited "a section too few" '/^section a /d'
edited "an invariant too few" '/^invariant z2/d'
edited "an unknown construction" 's/^construction.*/construction other/'
edited "a level where there is none" 's/^construction.*/construction invariant-metric 1/'
edited "a balanced construction without a level" 's/^construction.*/construction balanced/'
edited "an indefinite metric" 's/^total-metric.*/total-metric a^2*(dw1^2 - dw2^2) + (w1^2 + w2^2)*da^2/'
# The rest of the proof does not use these lines: only the identities do.
edited "a generator that is not a Killing field" 's/^generator 1 a .*/generator 1 a -2*a/'
edited "a generator that is not linear" 's/^generator 1 a .*/generator 1 a -a^2/'
edited "a rotation that the loss does not have" 's/^generator 1 a .*/generator 2 w1 -w2\ngenerator 2 w2 w1/'
edited "a generator out of order" 's/^generator 1 a .*/generator 3 a -a/'
edited "a component given twice" 's/^generator 1 a .*/generator 1 a -a\ngenerator 1 a -a/'
edited "a generator of an unknown parameter" 's/^generator 1 a .*/generator 1 b -a/'
edited "a discrete symmetry that the loss does not have" 's/^invariant z1/discrete 1 w1 -w1\n&/'
edited "no generator, so that the orbits are too small" '/^generator/d'
edited "a balanced slice of another metric" 's/^construction.*/construction balanced 0/'
sed 's/^invariant z1/discrete 1 a -a\ndiscrete 1 w1 -w1\ndiscrete 1 w2 -w2\n&/' "$d/x" >"$d/y"
seal "$d/y"; verdict "$d/y" ACCEPTED "neuron with a discrete symmetry"
seal "$d/x"; verdict "$d/x" ACCEPTED "neuron"

slice=$(echo "$neuron" | sed 's/^total-metric.*/total-metric euclidean/;s/^construction.*/construction balanced 0/')
echo "$slice" | "$generate" flow 60 7 1 2 16 0 1 >"$d/x" || fail "generate slice"
base=$d/x
edited "a discrete map that is not an isometry" 's/^invariant z1/discrete 1 a a\/2\ndiscrete 1 w1 2*w1\ndiscrete 1 w2 2*w2\n&/'
edited "another level" 's/^construction.*/construction balanced 1/'
edited "an invariant metric that is not invariant" 's/^construction.*/construction invariant-metric/'
edited "a section at no single level" 's/^generator 1 a .*/generator 1 a -2*a/'
edited "a generator that is not symmetric" 's/^generator 1 a .*/generator 1 a -a + w1/'
edited "a generator that is not linear" 's/^generator 1 a .*/generator 1 a -a^2/'
edited "a generator that does not vanish at the origin" 's/^generator 1 a .*/generator 1 a 1 - a/'
seal "$d/x"; verdict "$d/x" ACCEPTED "balanced neuron"

# A product (c d)(a b)^T modulo GL(2): on the balanced slice the rotation, generator 4, needs all symmetric ones.
cat >"$d/gl" <<'END'
caustic-certificate 1
title A linear network with two hidden neurons
claim 1/64 none
problem quotient
parameters a b c d
coordinates z
total-metric euclidean
construction balanced 0
generator 1 a a
generator 1 c -c
generator 2 b b
generator 2 d -d
generator 3 a b
generator 3 b a
generator 3 c -d
generator 3 d -c
generator 4 a -b
generator 4 b a
generator 4 c -d
generator 4 d c
discrete 1 a -a
discrete 1 c -c
invariant z a*c + b*d
section a sqrt(z)
section b 0
section c sqrt(z)
section d 0
assume a*c + b*d
loss cos(a*c + b*d)
domain z 3/4 13/16
evidence
END
"$generate" flow 40 4 2 2 2 0 0 <"$d/gl" >"$d/x" || fail "generate GL(2)"
base=$d/x
named() { edited "$@"; grep -q "$1" "$d/err" || fail "$1: $(cat "$d/err")"; }
named "generator 3 keeps the balanced slice" '/^generator 2/d;s/^generator 3/generator 2/;s/^generator 4/generator 3/'
named "not proved: the section gives back coordinate 1" 's/^invariant z .*/invariant z 2*(a*c + b*d)/'
named "not proved: the invariants are invariant under generator 3" 's/^invariant z .*/invariant z a*c/'
named "not proved: the loss is invariant under generator 1" 's/^loss .*/loss a*c^2 + b*d/'
named "not proved: the loss is invariant under discrete symmetry 1" '/^discrete 1 c/d'
named "not proved: the metric is invariant under generator 1" 's/^construction.*/construction invariant-metric/'
named "not proved: the metric is invariant under discrete symmetry 1" 's/^\(discrete 1 [ac]\) .*/\1 2*a/;s/^loss.*/loss 1/'
named "not proved: the loss is invariant under generator" 's/^loss .*/loss sqrt(-(a*c)\/(a*c))/'
named "dimension of the orbits" '/^generator [234]/d'
seal "$d/x"; verdict "$d/x" ACCEPTED "GL(2)"

# ---- The command ----
run() { want=$1; shift; "$check" "$@" >"$d/out" 2>"$d/err" </dev/null; test $? = "$want" || fail "$* does not exit with $want"; }
run 0 --help; grep -q '^Usage: caustic-check' "$d/out" || fail "--help"
run 0 --version; grep -q '^caustic-check [0-9]' "$d/out" || fail "--version"
run 2; run 2 --no-such-option "$d/good"; run 2 "$d/good" "$d/good"; run 2 "$d/no-such-file"; run 1 -; run 2 "$d"
run 0 --quiet "$d/good"; test "$(cat "$d/out")" = ACCEPTED || fail "--quiet says more"
echo "$tried verdicts"
exit $bad

#!/bin/sh
# The contract of `caustic integrate`: enclosures, tangents, events, charts, dense output, refusals, exit codes.
. "$top_srcdir/tests/cli/contract.sh"

for name in lorenz kepler geodesic-sphere; do
    expect 0 "$CAUSTIC" integrate "$examples/$name.yaml"
    test ! -s "$d/err" || fail "words on standard error"
    expect 0 "$CAUSTIC" integrate --json "$examples/$name.yaml"
    for key in title status reason chart time event box tangent second energy steps precision_bits seconds; do
        grep -q "\"$key\":" "$d/out" || fail "JSON lacks $key"
    done
    if command -v python3 >/dev/null; then
        python3 -m json.tool "$d/out" >"$d/json" || fail "JSON of $name"
    fi
done
has '"chart":"north"'

# A point, and boxes: exp(1) and exp of [1, 2]; the derivative by the initial value; a parameter that is a ball
cat >"$d/exp.yaml" <<'END'
caustic: 1
title: Growth
system: {x: rate*x}
parameters: {rate: 1}
initial: {x: 1}
time: 1
END
expect 0 "$CAUSTIC" integrate "$d/exp.yaml" --tangent
has '  x in [2.71828182845904523'
has '  x by x in [2.7182818284590'
has '  x by rate in [2.7182818284590'
has '  rate = 1'
expect 0 "$CAUSTIC" integrate "$d/exp.yaml" --tolerance 1e-50 --json -o "$d/exp.json"
test ! -s "$d/out" || fail "output in two places"
grep -q '"x":{"lower":"2.71828182845904523536028747135266249775724709369995' "$d/exp.json" || fail "50 digits of e"
sed 's/x: 1}/x: [1, 2]}/; s/rate: 1/rate: [0.9, 1.1]/' "$d/exp.yaml" >"$d/box.yaml"
expect 0 "$CAUSTIC" integrate "$d/box.yaml"
expect 1 "$CAUSTIC" integrate "$d/box.yaml" --tolerance 1e-3
has 'stopped: the radius is '
expect 1 "$CAUSTIC" integrate --json "$d/box.yaml" --tolerance 1e-3
has '"status":"partial","reason":"the radius is '
# Backwards, and to log(2)
expect 0 "$CAUSTIC" integrate "$d/exp.yaml" --time '-log(2)'
has '  x in [0.499999999999999'
has ', 0.500000000000000'

# A solution that ends before the time: the time reached, and why
printf 'caustic: 1\nsystem: {x: x^2}\ninitial: {x: 1}\ntime: 2\n' >"$d/blow-up.yaml"
expect 1 "$CAUSTIC" integrate "$d/blow-up.yaml"
has 'stopped: no step could be proved beyond t = 0.99999999'
expect 1 "$CAUSTIC" integrate "$d/blow-up.yaml" --json
has '"time":{"lower":"0.99999999'

# Events: the first zero of the cosine, to 50 digits; none; one that touches is not decided
printf 'caustic: 1\nsystem: {x: y, y: -x}\ninitial: {x: 0, y: 1}\ntime: 10\nevent: y\n' >"$d/circle.yaml"
expect 0 "$CAUSTIC" integrate "$d/circle.yaml"
has 'first event: t in [1.570796326794896'
expect 0 "$CAUSTIC" integrate "$d/circle.yaml" --tolerance 1e-50 --json
has '"event":true'
has '"time":{"lower":"1.57079632679489661923132169163975144209858469968755'
expect 0 "$CAUSTIC" integrate "$d/circle.yaml" --event 'y - 2'
has '; proved: no event before'
expect 0 "$CAUSTIC" integrate "$d/circle.yaml" --event 'y - 2' --json
has '"event":false'
expect 1 "$CAUSTIC" integrate "$d/circle.yaml" --event 'y + 1'
has 'stopped: whether the event happens could not be decided beyond t = '
expect 2 "$CAUSTIC" integrate "$d/circle.yaml" --event 'y +'
grep -q "^$d/circle.yaml: --event: y +: character 4: .*the end of the text" "$d/err" || fail "no place in the event"
expect 2 "$CAUSTIC" integrate "$d/circle.yaml" --time y

# Geodesics that change charts with their tangents: on the unit sphere the derivative by the velocity after one turn is
# 2*pi times the projection to the geodesic
expect 0 "$CAUSTIC" integrate "$examples/geodesic-sphere.yaml" --tangent --dense "$d/dense"
has '  x by v_x in [2.26194671058'
has '  y by v_x in [3.01592894744'
head -n 1 "$d/dense" | grep -qx 'caustic-dense 1' || fail "dense output"
grep -qx 'chart south u v v_u v_v w_u w_v' "$d/dense" || fail "charts of the dense output"
test "$(grep -c '^step' "$d/dense")" -eq "$(sed -n 's/^end //p' "$d/dense")" || fail "steps of the dense output"

# Events on the way through both charts: the height -9/10 and, past the south pole, sin(t) = -5/9; a search that is stopped
expect 0 "$CAUSTIC" integrate "$examples/geodesic-sphere.yaml" --event '(1 - x^2 - y^2)/(1 + x^2 + y^2) + 9/10'
has 'first event: t in [2.690565841793530'
has 'chart south'
expect 0 "$CAUSTIC" integrate "$examples/geodesic-sphere.yaml" --event '2*x/(1 + x^2 + y^2) + 1/3'
has 'first event: t in [3.730623623806067'
expect 0 "$CAUSTIC" integrate "$examples/geodesic-sphere.yaml" --event '(1 - x^2 - y^2)/(1 + x^2 + y^2) + 11/10'
has '; proved: no event before'
expect 1 "$CAUSTIC" integrate "$d/circle.yaml" --event 'y - 2' --time 1000000 --time-limit 0.2
has 'stopped: no more time at t = '

# Second derivatives: x' = x^2 from 1/4 has 2t/(1 - t/4)^3 = 32 at t = 2; at a time that is no rational; not in two charts
cat >"$d/riccati.yaml" <<'END'
caustic: 1
title: Riccati
system: {x: x^2}
initial: {x: 1/4}
time: 2
END
expect 0 "$CAUSTIC" integrate "$d/riccati.yaml" --second
has '  x by x x in [31.99999999999'
expect 0 "$CAUSTIC" integrate "$d/riccati.yaml" --second --tolerance 1e-30 --json
has '"tangent":null,"second":[[[{"lower":"31.999999999999999999999999999'
expect 0 "$CAUSTIC" integrate "$d/riccati.yaml" --second --tangent --time 'sqrt(2)'
has '  x by x x in [10.47000785953'
expect 2 "$CAUSTIC" integrate "$examples/geodesic-sphere.yaml" --second
grep -q -- '--second: second derivatives of a system with several charts' "$d/err" || fail "the cause"

# Refused: place and cause, nothing written
refuse() {
    printf '%b' "$1" >"$d/bad.yaml"
    expect 2 "$CAUSTIC" integrate "$d/bad.yaml" -o "$d/none" --dense "$d/none.dense"
    grep -qF "$d/bad.yaml:$2" "$d/err" || fail "not: $2"
    test ! -e "$d/none" || fail "half-written"
    test ! -e "$d/none.dense" || fail "half-written dense output"
}
refuse 'caustic: 1\nsystem: {x: -y}\ninitial: {x: 1}\ntime: 1\n' "2:14: unknown name 'y'"
refuse 'caustic: 1\nsystem: {x: -x}\ninitial: {y: 1}\ntime: 1\n' "3:11: unknown key 'y'"
refuse 'caustic: 1\nsystem: {x: -x}\ninitial: {x: [2, 1]}\ntime: 1\n' '3:14: the lower end must not be greater'
refuse 'caustic: 1\nsystem: {x: -x}\ntime: 1\n' "1:1: missing key 'initial'"
refuse 'caustic: 1\nsystem: {x: -x}\ninitial: {x: 1}\n' " missing key 'time'"
sed 's/u: x.(x^2 + y^2)/u: -x\/(x^2 + y^2)/' "$examples/geodesic-sphere.yaml" >"$d/twisted.yaml"
expect 2 "$CAUSTIC" integrate "$d/twisted.yaml"
grep -q "^$d/twisted.yaml:10:25: there and back again from 'north' to 'south', x is not itself: remainder " "$d/err" || fail "twisted"
sed 's/du^2 + dv^2/du^2 + 2*dv^2/' "$examples/geodesic-sphere.yaml" >"$d/bent.yaml"
expect 2 "$CAUSTIC" integrate "$d/bent.yaml"
grep -q "^$d/bent.yaml:10:25: the map from 'north' to 'south' does not preserve the metric: remainder " "$d/err" || fail "bent"
expect 2 "$CAUSTIC" integrate
expect 2 "$CAUSTIC" integrate "$d/nowhere.yaml"
expect 2 "$CAUSTIC" integrate --frobnicate "$d/exp.yaml"
expect 2 "$CAUSTIC" integrate --tolerance 0 "$d/exp.yaml"
expect 2 "$CAUSTIC" integrate --precision 10 "$d/exp.yaml"
expect 2 "$CAUSTIC" integrate "$d/exp.yaml" "$d/exp.yaml"
expect 2 "$CAUSTIC" integrate "$d/exp.yaml" -o "$d/no/such/folder.txt"
expect 0 "$CAUSTIC" integrate --help
expect 0 "$CAUSTIC" integrate --version
exit 0

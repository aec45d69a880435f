#!/bin/sh
# Certificates of every kind are changed, sealed anew and checked: what is accepted must be known to be true (tests/check/mutate.c).
# MUTATIONS is their number; `make check-mutations` takes 100,000.
mutate=$(cd "$top_builddir" && pwd)/tests/check/mutate
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
certify() { "$CAUSTIC" certify --quiet --tolerance "$2" "$d/$1.yaml" -o "$d/$1.cert" >/dev/null || fail "certify $1"; }

for example in cosine freidlin-wentzell gaussian; do
    cp "$top_srcdir/examples/$example.yaml" "$d"
    certify $example 1e-3
done
cat >"$d/polar.yaml" <<'END'
caustic: 1
title: The plane modulo rotations
parameters: [x, y]
assume: [x^2 + y^2 > 0]
metric: euclidean
symmetry:
  construction: invariant-metric
  generators: [{x: -y, y: x}]
  discrete: [{x: -x}]
quotient:
  coordinates: {s: x^2 + y^2}
  section: {x: sqrt(s), y: 0}
loss: -(x^2 + y^2)^2/4
domain: {s: [1/2, 1]}
END
cat >"$d/slice.yaml" <<'END'
caustic: 1
title: A balanced slice
parameters: [w, a]
assume: [a > 0, w > 0]
metric: euclidean
symmetry:
  construction: balanced
  generators: [{w: w, a: -a}]
quotient:
  coordinates: {z: a*w}
  section: {w: sqrt(z), a: sqrt(z)}
loss: cos(2*a*w - 2)
domain: {z: [7/8, 9/8]}
END
cat >"$d/curved.yaml" <<'END'
caustic: 1
title: A line in other coordinates
manifold: {coordinates: [x], metric: exp(2*x)*dx^2}
initial: -(exp(x) - 1)^2/2
domain: {x: [-1/4, 1/4]}
END
cat >"$d/shift.yaml" <<'END'
caustic: 1
title: Two logits modulo a common shift
parameters: [x, y]
metric: euclidean
symmetry: {construction: invariant-metric, generators: [{x: 1, y: 1}]}
quotient: {coordinates: {z: x - y}, section: {x: z, y: 0}}
loss: cos(x - y)
domain: {z: [-3, 3]}
END
{ sed 's/^title.*/title: Nothing happens/' "$d/curved.yaml"; echo 'certify: {horizon: 1/2}'; } >"$d/early.yaml"
cat >"$d/plane.yaml" <<'END'
caustic: 1
title: A plane with an oblique metric
manifold: {coordinates: [x, y], cometric: [[2, 1], [1, 2]]}
initial: cos(x)*cos(y)
domain: {x: [-1, 1], y: [-1, 1]}
END
cat >"$d/sphere.yaml" <<'END'
caustic: 1
title: The height function on the round sphere
manifold: {coordinates: [x, y], metric: 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2}
initial: (1 - x^2 - y^2)/(1 + x^2 + y^2)
domain: {x: [-1/16, 1/16], y: [-1/16, 1/16]}
END
for name in polar slice shift curved early plane sphere; do
    certify $name 1e-3
done
cd "$d" || exit 99
# t* = 1, 1/3, 1/2, log(5/3)/2, exp(3/2)/2; one that `caustic certify --tolerance 1e-9` found
"$mutate" "${MUTATIONS-900}" "${SEED-1}" cosine.cert 1 1 any curved.cert 1 1 any early.cert 1 1 any sphere.cert 1 1 any \
    polar.cert 1/3 1/3 own plane.cert 1/3 1/3 any shift.cert 1/2 1/2 any \
    freidlin-wentzell.cert 255412811882/1000000000000 255412811883/1000000000000 any \
    gaussian.cert 2240844535169/1000000000000 2240844535170/1000000000000 any \
    slice.cert 108518486/1000000000 108518488/1000000000 own || fail "what is accepted is not known to be true"

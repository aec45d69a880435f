#!/bin/sh
# The contract of `caustic certify`: words on stdout, errors with their place, exit codes that mean something, certificates
# that the checker accepts, and partial results that can be taken up again.
. "$top_srcdir/tests/cli/contract.sh"
accepted() { "$CAUSTIC_CHECK" --quiet "$1" | grep -qx ACCEPTED || fail "$1 was not accepted"; }

cat >"$d/line.yaml" <<'END'
caustic: 1
title: A cosine
manifold: {coordinates: [x], metric: dx^2}
initial: cos(x)
domain: {x: [-3, 3]}
END
cat >"$d/plane.yaml" <<'END'
caustic: 1
title: A curved plane
manifold: {coordinates: [x, y], metric: dx^2 + (1 + x^2)*dy^2}
initial: cos(x)*cos(y) + x*y/8
domain: {x: [-1/2, 1/2], y: [-1/2, 1/2]}
END

# A certified answer, as words and as JSON
expect 0 "$CAUSTIC" certify "$d/line.yaml" -o "$d/line.cert"
grep -q '^t\* in \[0\.99999.*, 1\.00000.*\] (certified)$' "$d/out" || fail "summary"
test ! -s "$d/err" || fail "progress without a terminal"
accepted "$d/line.cert"
expect 0 "$CAUSTIC" certify --json --tolerance 1e-9 "$d/line.yaml" -o "$d/line.cert"
for key in '"t_star":{"lower":"0.99999999' '"upper":"1.0000000' '"exact":null' '"status":"certified"' '"witness":{"point":' \
    '"domain":{"x":\["-3","3"\]}' '"precision_bits":' '"certificate":{"file":'; do
    grep -q "$key" "$d/out" || fail "JSON lacks $key"
done
seal=$(tail -n 1 "$d/line.cert" | cut -d' ' -f2)
grep -q "\"sha256\":\"$seal\"" "$d/out" || fail "JSON has another seal than the certificate"
accepted "$d/line.cert"

# No shock
printf 'certify: {horizon: 1/2}\n' | cat "$d/line.yaml" - >"$d/early.yaml"
expect 0 "$CAUSTIC" certify --json "$d/early.yaml" -o "$d/early.cert"
grep -q '"t_star":{"lower":"0.5","upper":null}' "$d/out" || fail "no shock before the horizon"
grep -q '"status":"no-shock"' "$d/out" || fail "no-shock status"
accepted "$d/early.cert"

# A time limit: exit 1, an enclosure with its reason, a certificate of what was reached, and a way to go on
# (on a busy machine the time may be over before the first box)
for seconds in 0.6 2 6; do
    rm -f "$d/partial.cert"
    expect 1 "$CAUSTIC" certify --time-limit $seconds --threads 1 --tolerance 1e-12 "$d/plane.yaml" -o "$d/partial.cert"
    grep -q '^split ' "$d/partial.cert.resume" && break
done
grep -q '^stopped: the time limit was reached$' "$d/out" || fail "reason"
grep -q "^go on with --resume $d/partial.cert.resume$" "$d/out" || fail "the way to go on"
test ! -e "$d/partial.cert" || accepted "$d/partial.cert"
grep -q '^split ' "$d/partial.cert.resume" || fail "no box of the search was kept"
expect 0 "$CAUSTIC" certify --tolerance 1e-2 --resume "$d/partial.cert.resume" "$d/plane.yaml" -o "$d/whole.cert"
accepted "$d/whole.cert"
test ! -e "$d/whole.cert.resume" || fail "a state of a finished search"
# from a certificate too
expect 0 "$CAUSTIC" certify --tolerance 1e-3 --resume "$d/whole.cert" "$d/plane.yaml" -o "$d/finer.cert"
accepted "$d/finer.cert"
sed '$d' "$d/partial.cert.resume" >"$d/cut.resume"
expect 2 "$CAUSTIC" certify --resume "$d/cut.resume" "$d/plane.yaml"
expect 2 "$CAUSTIC" certify --resume "$d/line.cert" "$d/plane.yaml"
grep -q 'a certificate of another problem' "$d/err" || fail "resume from another problem"
expect 2 "$CAUSTIC" certify --resume "$d/line.yaml" "$d/line.yaml"

# Ctrl-C does the same
"$CAUSTIC" certify --tolerance 1e-13 "$d/plane.yaml" >"$d/out" 2>"$d/err" &
pid=$!
sleep 1
kill -INT $pid 2>/dev/null
wait $pid
got=$?
test $got -eq 1 || fail "an interrupt gave $got, not 1"
grep -q '^stopped: interrupted$' "$d/out" || fail "interrupt"

# Bad input: FILE:LINE:COLUMN: cause, status 2, and nothing written
sed 's/cos(x)/cos(xx)/' "$d/line.yaml" >"$d/bad.yaml"
expect 2 "$CAUSTIC" certify "$d/bad.yaml" -o "$d/bad.cert"
grep -q "^$d/bad.yaml:4:14: .*xx" "$d/err" || fail "place of an unknown name"
test ! -e "$d/bad.cert" || fail "a certificate of a bad problem"
expect 2 "$CAUSTIC" certify "$d/none.yaml"
expect 2 "$CAUSTIC" certify
expect 2 "$CAUSTIC" certify --tolerance 0 "$d/line.yaml"
expect 2 "$CAUSTIC" certify --tolerance x "$d/line.yaml"
expect 2 "$CAUSTIC" certify --precision 5 "$d/line.yaml"
expect 2 "$CAUSTIC" certify --time-limit -1 "$d/line.yaml"
expect 2 "$CAUSTIC" certify --frobnicate "$d/line.yaml"
expect 2 "$CAUSTIC" certify "$d/line.yaml" "$d/line.yaml"
expect 2 "$CAUSTIC" certfy "$d/line.yaml"
grep -q "did you mean 'certify'" "$d/err" || fail "suggestion"
expect 2 "$CAUSTIC"
expect 0 "$CAUSTIC" --help
expect 0 "$CAUSTIC" certify --help
expect 0 "$CAUSTIC" --version
expect 2 "$CAUSTIC" certify "$d/line.yaml" -o "$d/no/such/folder.cert"
expect 2 timeout 10 "$CAUSTIC" certify "$top_srcdir/examples/relu-neuron.yaml" -o "$d/no/such/folder.cert" # before the search
grep -q "no/such/folder.cert" "$d/err" || fail "the folder that is missing"
exit 0

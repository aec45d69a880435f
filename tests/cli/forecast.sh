#!/bin/sh
# The contract of `caustic observe --forecast` and `--watch`.
. "$top_srcdir/tests/cli/contract.sh"
run=$top_srcdir/tests/data/deep-linear-unbalanced

expect 0 "$CAUSTIC" observe --forecast "$run"
grep -q '^change points, steps 0 to ' "$d/out" || fail "change points"
grep -q '^what gradient flow conserves' "$d/out" || fail "conservation"
# |D| = 12.593 at the start, by the prediction moved as far as it really was, but for the coarse checkpoints
awk '/^ fc1 +12\.593/ { found = ($5 > 0.5 && $5 < 2) } END { exit !found }' "$d/out" || fail "drift"
# the norm as given moves by 9.6 %: no half of a change that is below the threshold
awk '/^ network +norm +raw/ && !n++ { found = ($6 == "-" && $9 == 0) } END { exit !found }' "$d/out" || fail "half of next to nothing"
expect 0 "$CAUSTIC" observe --forecast --threshold 0.05 "$run"
awk '/^ network +norm +raw/ && !n++ { found = ($6 > 0 && $9 == 1) } END { exit !found }' "$d/out" || fail "half of a change"
expect 0 "$CAUSTIC" observe --forecast --json -o "$d/f.json" "$run"
for key in '"from":0,' '"changes":\[{"layer":' '"forecasts":\[{' '"conservation":\[{"layer":"fc1","conserved":12.59' '"neurons":\['; do
    grep -q "$key" "$d/f.json" || fail "no $key in JSON"
done
expect 2 "$CAUSTIC" observe --forecast --from 1e9 "$run"
grep -q 'fewer than three checkpoints' "$d/err" || fail "an empty window"
expect 2 "$CAUSTIC" observe --forecast --reference none "$run"
expect 2 "$CAUSTIC" observe --forecast --window 2 "$run"
expect 2 "$CAUSTIC" observe --forecast --csv "$run"

# Six runs near the saddle at 0 of a network 2-1-2: the weights that shrink do so at log(1 - 0.02 4) = -0.0834 a step
if command -v python3 >/dev/null; then
    python3 "$top_srcdir/tests/cli/neighbours.py" "$d" 6 2 1 40 5 0.01 || fail "neighbours.py"
    expect 0 "$CAUSTIC" observe --neighbours "$d"/run?
    awk '$1 == 0 && $2 == 4 { found = ($3 > 11.4 && $3 < 12.6) } END { exit !found }' "$d/out" || fail "neighbouring runs"
    expect 0 "$CAUSTIC" observe --neighbours --json "$d"/run?
    grep -q '"step":0,"rank":4,"tau":1[12]' "$d/out" || fail "neighbouring runs in JSON"
    expect 2 "$CAUSTIC" observe --neighbours "$d/run0" "$d/run0" "$d/run0"
    grep -q 'alike' "$d/err" || fail "runs that are alike"
    expect 2 "$CAUSTIC" observe --neighbours "$d/run0" "$d/run1" "$run"
fi
expect 2 "$CAUSTIC" observe --neighbours "$run" "$run"

# Neurons that all overshoot the origin between checkpoints, x -> -x/2: faster than they follow one another, no number
if command -v python3 >/dev/null; then
    mkdir "$d/fast"
    python3 - "$d/fast" <<'END' || fail "neurons"
import json, math, struct, sys
n = 20
for step in range(4):
    x = [[(-0.5) ** step * math.sin(1 + (3 + k) * i * i + k) for i in range(n)] for k in range(3)]
    tensors, at = {}, 0
    for name, shape in (("fc1.weight", [n, 1]), ("fc1.bias", [n]), ("fc2.weight", [1, n])):
        tensors[name] = {"dtype": "F64", "shape": shape, "data_offsets": [at, at + 8 * n]}
        at += 8 * n
    head = json.dumps(tensors).encode()
    with open(f"{sys.argv[1]}/step{step:07d}.safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + b"".join(struct.pack(f"<{n}d", *row) for row in x))
with open(f"{sys.argv[1]}/run.json", "w") as f:
    f.write('{"activation": "relu"}')
END
    expect 0 "$CAUSTIC" observe --forecast "$d/fast"
    grep -q '^ *0 *-?\[ *-, *-\] *- ' "$d/out" || fail "a time that is none"
    expect 0 "$CAUSTIC" observe --forecast --json "$d/fast"
    grep -q '"neurons":\[{"step":0,"tau":null,"tau_low":null' "$d/out" || fail "a time that is none in JSON"
fi

# A folder that grows, with a checkpoint that is half-written at first
mkdir "$d/live"
set -- "$run"/step*.safetensors
cp "$run/run.json" "$d/live"
(
    sleep 0.3; cp "$1" "$d/live/"
    sleep 0.3; head -c 200 "$2" >"$d/live/${2##*/}"
    sleep 0.5; cp "$2" "$d/live/part"; mv "$d/live/part" "$d/live/${2##*/}"
) &
expect 0 "$CAUSTIC" observe --watch --interval 0.1 --idle 2 --csv "$d/live"
wait
grep -c '^step,layer' "$d/out" | grep -qx 1 || fail "one head"
grep -q "^0,\"network\",norm," "$d/out" || fail "the first checkpoint"
grep -q 'quotient\|,speed,' "$d/out" || fail "the second is compared with the first"
head -c 100 "$1" >"$d/live/step0999999.safetensors"
expect 2 "$CAUSTIC" observe --watch --interval 0.05 --idle 0.2 --json "$d/live"
grep -q 'step0999999' "$d/err" || fail "a checkpoint that stays broken"

# One that a killed run left broken is passed over, aloud, once a later one is complete; settings that are half-written
# are waited for
mv "$d/live/step0999999.safetensors" "$d/live/${2##*/}"
cp "$3" "$d/live"
head -c 10 "$run/run.json" >"$d/live/run.json"
(sleep 0.3; cp "$run/run.json" "$d/live/part"; mv "$d/live/part" "$d/live/run.json") &
expect 0 "$CAUSTIC" observe --watch --interval 0.1 --idle 1 --csv "$d/live"
wait
grep -q "${2##*/}: .*passed over" "$d/err" || fail "passed over in silence"
cut -d , -f 1 "$d/out" | sort -u | wc -l | grep -qx '3' || fail "two steps and a head"
printf '{"a' >"$d/live/run.json"
expect 2 "$CAUSTIC" observe --watch --interval 0.05 --idle 0.2 "$d/live"
grep -q 'run.json' "$d/err" || fail "settings that stay broken"
exit 0

#!/bin/sh
# The contract of `caustic observe`: every format and layout, words, JSON and CSV, errors with their cause, exit codes.
. "$top_srcdir/tests/cli/contract.sh"
data=$top_srcdir/tests/data/checkpoints

# The same weights in several formats give the same numbers; without a word on it, relu is assumed aloud.
expect 0 "$CAUSTIC" observe "$data/mlp-f32.safetensors"
grep -q '^  network  *norm  *13\.36417201 +- [0-9.]*e-1[34]  *13\.40436208 \*$' "$d/out" || fail "norm"
grep -q '^activation: relu is assumed' "$d/out" || fail "the assumption is not said"
test ! -s "$d/err" || fail "progress without a terminal"
cp "$d/out" "$d/f32"
for other in mlp-f64.safetensors mlp.npz mlp.onnx; do
    "$CAUSTIC" observe "$data/$other" >"$d/out" 2>"$d/err"; got=$?
    if test $got -eq 2; then
        grep -q 'this build of Caustic reads no' "$d/err" || fail "$other"
    else
        diff "$d/f32" "$d/out" >/dev/null || fail "$other gives other numbers"
    fi
done

# JSON and CSV hold the contract's keys
expect 0 "$CAUSTIC" observe --json "$data/mlp-f32.safetensors" -o "$d/mlp.json"
test ! -s "$d/out" || fail "output went to stdout"
grep -q '^{"step":null,"layer":"network","observable":"norm","value":13\.3641720[0-9]*,"error":[0-9.e-]*,"raw":13\.4043620[0-9]*,"raw_error":[0-9.e-]*,"invariant":true,"respects":"permutations, rescalings, signs, linear","note":null},$' \
    "$d/mlp.json" || fail "JSON"
head -c 1 "$d/mlp.json" | grep -q '\[' && tail -n 1 "$d/mlp.json" | grep -qx ']' || fail "JSON is no array"
echo "{n_head: 2, activation_function: gelu}" >"$d/heads.yaml"
expect 0 "$CAUSTIC" observe --all --architecture "$d/heads.yaml" "$data/gpt2-tiny.safetensors"
grep -q "blocks.0 .*attention-orbit-norm" "$d/out" || fail "norm of an orbit"
expect 0 "$CAUSTIC" observe --csv --invariant "$data/mlp-f32.safetensors"
head -n 1 "$d/out" | grep -qx 'step,layer,observable,value,error,raw,raw_error,invariant,respects' || fail "CSV head"
grep -q 'imbalance' "$d/out" && fail "imbalance is no invariant"

# What the names do not say
printf 'activation: tanh\n' >"$d/tanh.yaml"
expect 0 "$CAUSTIC" observe --architecture "$d/tanh.yaml" "$data/mlp-f32.safetensors"
grep -q '^  network  *norm  *13\.40436208' "$d/out" || fail "a tanh network cannot be rescaled"
grep -q 'assumed' "$d/out" && fail "nothing is assumed"

# A run: a folder, steps in order, quantities between checkpoints
mkdir "$d/run"
cp "$data/mlp-f32.safetensors" "$d/run/step0000010.safetensors"
cp "$data/mlp-f16.safetensors" "$d/run/step0000020.safetensors"
expect 0 "$CAUSTIC" observe --csv "$d/run"
grep -q '^10,"network",norm,' "$d/out" || fail "first step"
grep -q '^20,"network",quotient-distance,' "$d/out" || fail "distance"
grep -q '^20,"fc1",imbalance-drift,' "$d/out" || fail "drift"

# Bad input: status 2, FILE: cause, and nothing written
expect 2 "$CAUSTIC" observe "$d/no-such-file" -o "$d/none.json"
grep -q 'no-such-file: No such file' "$d/err" || fail "no cause"
test ! -e "$d/none.json" || fail "half-written"
printf 'hello' >"$d/hello"
expect 2 "$CAUSTIC" observe "$d/hello"
grep -q "^$d/hello: not a safetensors file" "$d/err" || fail "not a checkpoint"
printf '\102\0\0\0\0\0\0\0{"q":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}         1234567812345678' >"$d/odd.safetensors"
expect 2 "$CAUSTIC" observe "$d/odd.safetensors"
grep -q 'no layers were recognized' "$d/err" || fail "a network that is not understood"
cp -r "$d/run" "$d/pipe"
mkfifo "$d/pipe/config.json"
expect 2 "$CAUSTIC" observe "$d/pipe"
grep -q "pipe/config.json: not a regular file" "$d/err" || fail "a pipe is waited for"
expect 2 "$CAUSTIC" observe
expect 2 "$CAUSTIC" observe --json --csv "$data/mlp-f32.safetensors"
expect 2 "$CAUSTIC" observe --frobnicate
expect 0 "$CAUSTIC" observe --help
exit 0

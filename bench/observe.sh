#!/bin/sh
# Observes a checkpoint with the shapes of GPT-2 (124 million parameters, made here, 498 MB of F32): seconds, memory, and
# the same against reading the file once and the BLAS and LAPACK calls alone, and against NumPy. Usage: observe.sh [LAYERS (12)]
layers=${1:-12}
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { echo "observe: no NumPy to make the file with"; exit 0; }
/usr/bin/python3 "$top_srcdir/bench/observe-peer.py" make "$layers" "$d/model.safetensors" || exit 1
printf '{"n_head": 12, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-05}\n' >"$d/config.json"
run() { # NAME COMMAND...: seconds, CPU seconds, memory
    name=$1; shift
    OPENBLAS_NUM_THREADS=1 /usr/bin/python3 "$top_srcdir/bench/observe-peer.py" run "$name" "$@" || exit 1
}
size=$(wc -c <"$d/model.safetensors")
printf '%-40s %9s %9s %9s\n' "$layers layers, $size bytes" seconds "CPU s" "peak MB"
run 'reading it once (cat)' cat "$d/model.safetensors" | tee "$d/read"
run 'its BLAS and LAPACK calls alone' "${CALLS:-bench/observe-calls}" "$layers" | tee "$d/calls"
run 'those of the values, without proofs' "${CALLS:-bench/observe-calls}" "$layers" values | tee "$d/values"
run 'caustic symmetries' "$CAUSTIC" symmetries "$d/model.safetensors"
run 'caustic observe (with proved bounds)' "$CAUSTIC" observe --csv -o "$d/caustic.csv" "$d/model.safetensors" | tee "$d/observe"
run 'NumPy, the same numbers without bounds' /usr/bin/python3 "$top_srcdir/bench/observe-peer.py" observe "$d/model.safetensors" "$d/numpy.csv" | tee "$d/numpy"
cat "$d/observe" "$d/read" "$d/calls" "$d/values" "$d/numpy" | awk '{ cpu[NR] = $(NF - 1) } END {
    printf "processor time of caustic observe / (reading once + its calls alone) %.2f, / (reading once + those of the values) %.2f, / NumPy %.2f\n",
        cpu[1] / (cpu[2] + cpu[3]), cpu[1] / (cpu[2] + cpu[4]), cpu[1] / cpu[5] }'
/usr/bin/python3 "$top_srcdir/bench/observe-peer.py" compare "$d/caustic.csv" "$d/numpy.csv"

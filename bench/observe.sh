#!/bin/sh
# Observes a checkpoint with the shapes of GPT-2 (124 million parameters, made here, 498 MB of F32): seconds, memory, and
# the same against reading the file once and against the LAPACK calls of NumPy. Usage: observe.sh [LAYERS (12)]
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
run 'reading it once (cat)' cat "$d/model.safetensors"
run 'caustic symmetries' "$CAUSTIC" symmetries "$d/model.safetensors"
run 'caustic observe (with proved bounds)' "$CAUSTIC" observe --csv -o "$d/caustic.csv" "$d/model.safetensors"
run 'NumPy, the same numbers without bounds' /usr/bin/python3 "$top_srcdir/bench/observe-peer.py" observe "$d/model.safetensors" "$d/numpy.csv"
/usr/bin/python3 "$top_srcdir/bench/observe-peer.py" compare "$d/caustic.csv" "$d/numpy.csv"

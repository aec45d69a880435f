#!/bin/sh
# flow-instructions.sh PROGRAM: millions of instructions of every problem of bench/flow, at 64 and 212 bits, as counted by
# perf or else by valgrind. The start of the program is taken off.
# No count (and exit status 0) where neither works.
program=$1
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
if perf stat -x, -e instructions:u true 2>&1 | grep -q '^[0-9]'; then
    count() { perf stat -x, -e instructions:u -o "$d/count" "$@" >"$d/out" && sed -n 's/^\([0-9][0-9]*\),.*/\1/p' "$d/count"; }
elif valgrind --version >/dev/null 2>&1; then
    count() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >"$d/out" 2>"$d/count" || return 1
        sed -n 's/.*refs: *//p' "$d/count" | tr -d ,
    }
else
    echo "instruction counts: skipped, neither perf nor valgrind works here"
    exit 0
fi
start=$(count "$program" --list)
cp "$d/out" "$d/names"
printf '%-22s %16s %16s\n' "10^6 instructions" "64 bits" "212 bits"
while read -r name; do
    printf '%-22s' "$name"
    for bits in 64 212; do
        case $name$bits in
        *Loomis*212 | *Pol*212) printf ' %16s' - && continue ;; # wide boxes need no bits
        esac
        n=$(count "$program" --once "$name" $bits) || exit 1
        printf ' %16.1f' "$(awk "BEGIN { print ($n - $start)/1e6 }")"
    done
    echo
done <"$d/names"

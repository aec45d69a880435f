# What the contracts of the command share: a folder of their own, and words for what is expected of a run.
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
examples=$top_srcdir/examples
fail() { echo "FAIL: $*"; cat "$d/out" "$d/err"; exit 1; }
# expect CODE COMMAND...
expect() {
    want=$1; shift
    "$@" >"$d/out" 2>"$d/err"; got=$?
    test "$got" -eq "$want" || fail "$* gave $got, not $want"
}
has() { grep -qF -- "$1" "$d/out" || fail "no '$1'"; }
says() { grep -qF -- "$1" "$d/err" || fail "no '$1' on standard error"; }

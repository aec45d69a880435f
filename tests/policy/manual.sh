#!/bin/sh
# The manual page of caustic and what --help prints name the same options, verb by verb; so for caustic-check.
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
rc=0

options() { grep -o -e '--[a-z][a-z-]*' | grep -vx -e --help -e --version -e --output | sort -u; }
# The entries "**--option** ..." of a page, from a heading to the next.
entries() {
    sed -n "/^$2\$/,/^\(Options of \|Exit status\)/p" "$top_srcdir/doc/$1" | tail -n +2 | grep '^\*\*-' | options
}
same() {
    test -s "$d/help" || { echo "$1 has no options"; rc=1; }
    diff "$d/help" "$d/page" >"$d/diff" && return
    echo "$1: --help (<) and the manual page (>) differ in options"
    cat "$d/diff"
    rc=1
}

for verb in $("$CAUSTIC" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p'); do
    "$CAUSTIC" "$verb" --help | grep '^ *-' | options >"$d/help"
    entries caustic.1.rst "Options of $verb" >"$d/page"
    case $verb in
    prove) test -s "$d/help" && same "caustic $verb" ;;
    report) sed -n '/^\*\*caustic\*\* \*\*report/p' "$top_srcdir/doc/caustic.1.rst" | options >"$d/page" && same "caustic $verb" ;;
    *) same "caustic $verb" ;;
    esac
done
"$CAUSTIC_CHECK" --help | grep '^ *-' | options >"$d/help"
entries caustic-check.1.rst Options >"$d/page"
same caustic-check
exit $rc

#!/bin/sh
# The documentation builds without a warning, and every reference in it has a target.
command -v sphinx-build >/dev/null || exit 77
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
sphinx-build -q -W --keep-going -n -b html -d "$d/trees" "$top_srcdir/doc" "$d/html"

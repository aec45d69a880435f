#!/bin/sh
# The example programs print what the documentation shows.
"$top_builddir/examples/characteristics" "$top_srcdir/examples/gaussian.yaml" | diff - "$top_srcdir/doc/characteristics.svg"

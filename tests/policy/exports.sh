#!/bin/sh
# Exported = declared = documented: three lists, one content.
so=$top_builddir/.libs/libcaustic.so
test -f "$so" || exit 77
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
$NM -D --defined-only "$so" | awk '{ print $NF }' | grep '^cst' | sort >"$d/exported"
cat "$top_srcdir"/include/caustic/*.h | tr '\n' ' ' | sed 's|/[*]|\n&|g; s|[*]/|&\n|g' | grep -v '^/[*]' |
    tr '\n' ' ' | tr ';' '\n' | sed -n 's/.*CST_API [^(]*[ *]\(cst_[a-z0-9_]*\)(.*/\1/p' | sort -u >"$d/declared"
sed -n 's/^\.\. c:function::.*[ *]\(cst_[a-z0-9_]*\)(.*/\1/p' "$top_srcdir"/doc/*.rst | sort -u >"$d/documented"
rc=0
test -s "$d/exported" || { echo "no exported function was found"; rc=1; }
diff "$d/declared" "$d/exported"   || { echo "declared (<) and exported (>) differ"; rc=1; }
diff "$d/declared" "$d/documented" || { echo "declared (<) and documented (>) differ"; rc=1; }
exit $rc

#!/bin/sh
# gauge-table.sh DATA: for each run DATA/NAME-gauge* beside its original, how well the observables of weights that were
# moved along symmetries agree. A table, and exit status 1 if one that claims to be invariant does not.
: "${CAUSTIC:=./caustic}"
test -d "$1" || { echo "usage: gauge-table.sh FOLDER" >&2; exit 2; }
d=$(mktemp -d) || exit 99
trap 'rm -rf "$d"' EXIT
find "$1" -type d -name '*-gauge*' | sort | while read -r moved; do
    original=${moved%-gauge*}
    test -d "$original" || original=$original-sgd
    test -d "$original" || original=${moved%-gauge*}-adamw
    # the same checkpoints, so that those before them are the same
    rm -rf "$d/same" && mkdir "$d/same"
    for f in "$original"/*.json "$original"/*.csv; do test ! -e "$f" || ln -s "$(realpath "$f")" "$d/same/"; done
    for f in "$moved"/*.safetensors; do f=$original/${f##*/}; test ! -e "$f" || ln -s "$(realpath "$f")" "$d/same/"; done
    "$CAUSTIC" observe --csv "$d/same" >"$d/original" || test $? -eq 1 || exit 2
    "$CAUSTIC" observe --csv "$moved" >"$d/moved" || test $? -eq 1 || exit 2
    awk -F, -v run="${moved#"$1"/}" '
        # The one field with commas is quoted, and last.
        FNR == 1 { next }
        { key = $1 FS $2 FS $3 }
        NR == FNR { value[key] = $4; error[key] = $5; raw[key] = $6; next }
        !(key in value) { next }
        {
            n++
            if ($6 != "" && raw[key] != "" && raw[key] > 0) {
                r = $6 / raw[key]; r = r < 1 && r > 0 ? 1 / r : r; if (r > ratio[$3]) ratio[$3] = r
            }
            if ($8 != 1) next
            rows[$3]++
            if ($4 == "" || value[key] == "") { none[$3]++; next }
            gap = $4 - value[key]; gap = gap < 0 ? -gap : gap
            size = value[key] < 0 ? -value[key] : value[key]
            bound = $5 + error[key]
            if (gap > bound) bad[$3]++
            if (size > 0 && gap / size > worst[$3]) worst[$3] = gap / size
            if (size > 0 && bound / size > wide[$3]) wide[$3] = bound / size
        }
        END {
            if (!n) { print run ": nothing to compare"; exit 1 }
            printf "%s\n  %-40s %6s %6s %12s %12s %12s\n", run, "observable", "rows", "agree", "difference", "bound", "raw ratio"
            fflush()
            for (o in rows) {
                line = sprintf("  %-40s %6d %6d %12.2g %12.2g", o, rows[o], rows[o] - bad[o] - none[o], worst[o], wide[o])
                print line (o in ratio ? sprintf(" %12.3g", ratio[o]) : "") | "sort"
                failed += bad[o]
            }
            close("sort")
            exit failed > 0
        }' "$d/original" "$d/moved" || { echo "FAIL: $moved"; echo 1 >"$d/rc"; }
done
test ! -e "$d/rc"

#!/bin/sh
# Arrows only downwards: compares the #include lines of src/ and include/ with layers.txt.
# A public header belongs to the room whose local.mk installs it; caustic/flint.h is written by configure.
cd "$top_srcdir" || exit 99
{
    sed 's/^/rule /' tests/policy/layers.txt
    grep -o 'include/caustic/[a-z_]*\.h' src/*/local.mk | sed 's|^src/\([a-z]*\)/local.mk:include/|owner \1 |'
    find src include/caustic -name '*.[ch]' ! -name flint.h | xargs grep -H '^ *# *include *["<]' |
        sed 's/^\([^:]*\):[^"<]*\(["<]\)\([^">]*\).*/use \1 \2 \3/'
} | awk '
    $1 == "rule" {
        if ($2 !~ /^[a-z]+:$/) next
        room = substr($2, 1, length($2) - 1); may[room] = " " room " "
        for (i = 3; i <= NF; i++) may[room] = may[room] $i " "
    }
    $1 == "owner" { owner[$3] = $2 }
    $1 == "use" {
        n = split($2, path, "/"); room = path[1] == "src" ? path[2] : owner["caustic/" path[n]]
        ours = 1; public = 0
        if ($4 == "caustic.h" || $4 ~ /^caustic\//) {
            public = 1
            used = $4 == "caustic/flint.h" ? "core" : $4 == "caustic.h" ? "public" : owner[$4]
            if (used == "") fail($2 " includes <" $4 ">, which no room installs")
        }
        else if ($3 == "\"" && $4 != "config.h")
            used = $4 ~ /\// ? substr($4, 1, index($4, "/") - 1) : room
        else
            ours = 0
        if ($4 ~ /^(flint|calcium|antic|arb|acb|fmpz|fmpq)/ && $4 != "flint.h" && $2 != "src/core/mpoly.h")
            fail($2 " includes <" $4 ">: FLINT comes through <caustic/flint.h> only")
        if (room == "") fail($2 ": no room installs it")
        else if (!(room in may)) fail($2 ": room " room " is not in layers.txt")
        else if (ours && !index(may[room], " " used " ") && !(public && index(may[room], " public ")))
            fail($2 " includes " $4 ": " room " must not see " used)
        seen++
    }
    function fail(why) { print why; bad = 1 }
    END { if (!seen) fail("no #include line was found"); exit bad }'

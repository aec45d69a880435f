#!/bin/sh
# axioms.sh FILE.v OUTPUT: OUTPUT is what coqc printed for FILE.v. Each `Print Assumptions NAME.` of the file,
# on a line of its own, must be answered there by no axiom but the four of the classical reals, and nothing else
# may be printed. One line a theorem is written; the status is 1 if anything else was found.
exec awk -v file="$1" '
function close_block() { if (blocks) printf "  %s: %s\n", name[blocks], axioms ? "classical reals" : "no axioms" }
function wrong(what) { printf "%s: %s: %s\n", file, blocks ? name[blocks] : "before any theorem", what; bad = 1 }
BEGIN {
    split("ClassicalDedekindReals.sig_not_dec ClassicalDedekindReals.sig_forall_dec " \
          "FunctionalExtensionality.functional_extensionality_dep Classical_Prop.classic", known, " ")
    for (i in known) allowed[known[i]] = 1 # in full: another axiom might be called `classic`
}
FNR == NR { if ($0 ~ /^ *Print Assumptions [^ ]*\. *$/) { sub(/\. *$/, "", $3); name[++asked] = $3 } next }
/^Axioms:$/ { close_block(); blocks++; axioms = 1; next }
/^Closed under the global context$/ { close_block(); blocks++; axioms = 0; next }
/^[ \t]/ { next } # the type of the axiom named above
{ if (!blocks) wrong("unexpected output: " $0); else if (!axioms || !($1 in allowed)) wrong("rests on " $1) }
END {
    close_block()
    if (blocks != asked) { printf "%s: %d theorems to print, %d printed\n", file, asked, blocks; bad = 1 }
    exit bad
}' "$1" "$2"

#!/bin/sh
# The contract of `caustic report`: pages that need nothing from elsewhere, and refusals.
. "$top_srcdir/tests/cli/contract.sh"
alone() {
    ! grep -q 'http\|src=\|href=\|<script\|url(' "$1" || fail "something from elsewhere"
    tail -n 1 "$1" | grep -qx '</body></html>' || fail "the page does not end"
}

# A certificate in one dimension: as many pictured boxes as leaves, the claim, the seal
expect 0 "$CAUSTIC" certify --quiet "$top_srcdir/examples/cosine.yaml" -o "$d/c.cert"
expect 0 "$CAUSTIC" report "$d/c.cert" -o "$d/c.html"
test ! -s "$d/out" || fail "output went to stdout"
alone "$d/c.html"
leaves=$(sed '1,/^cover$/d' "$d/c.cert" | grep -c '^static\|^flow')
test "$(grep -c '<rect class="[ab]"' "$d/c.html")" -eq "$leaves" || fail "boxes"
test "$(grep -c '<rect class="p"' "$d/c.html")" -eq "$(grep -c '^positive' "$d/c.cert")" || fail "parts"
claim=$(sed -n 's/^claim \([0-9/]*\) .*/\1/p' "$d/c.cert")
grep -q "<code>$claim</code>" "$d/c.html" || fail "the exact claim"
grep -q 'The seal matches' "$d/c.html" || fail "seal"
sed 's/^title .*/title <b>\&/' "$d/c.cert" >"$d/changed.cert"
expect 0 "$CAUSTIC" report "$d/changed.cert"
grep -q 'The seal does not match' "$d/out" || fail "a broken seal"
grep -q '<h1>&lt;b&gt;&amp;</h1>' "$d/out" || fail "HTML in the title"

# Two dimensions
expect 0 "$CAUSTIC" certify --quiet --tolerance 1e-3 "$top_srcdir/examples/egg-box.yaml" -o "$d/e.cert"
expect 0 "$CAUSTIC" report "$d/e.cert" -o "$d/e.html"
alone "$d/e.html"
leaves=$(sed '1,/^cover$/d' "$d/e.cert" | grep -c '^static\|^flow')
test "$(grep -c '<rect class="[ab]"' "$d/e.html")" -eq "$leaves" || fail "boxes in two dimensions"

# The same graph as an article: every leaf is a node with its name, and pdflatex reads it.
for name in c e; do
    expect 0 "$CAUSTIC" report --latex "$d/$name.cert" -o "$d/$name.tex"
    tail -n 1 "$d/$name.tex" | grep -qx '\\end{document}' || fail "the article does not end"
    test "$(grep -c '^\\item .texttt{witness}' "$d/$name.tex")" -eq 1 || fail "the witness"
    if command -v pdflatex >/dev/null; then
        (cd "$d" && expect 0 pdflatex -interaction=nonstopmode -halt-on-error "$name.tex") || exit 1
    fi
done
test "$(grep -c ': box settled by curvature,' "$d/c.tex")" -eq \
    "$(sed '1,/^cover$/d' "$d/c.cert" | grep -c '^static')" || fail "the nodes of the article"
grep -q 'cos' "$d/e.tex" || fail "the formula of the initial function"

# Observations: a picture each
expect 0 "$CAUSTIC" observe --json "$top_srcdir/tests/data/deep-linear-unbalanced" -o "$d/o.json"
expect 0 "$CAUSTIC" report "$d/o.json" -o "$d/o.html"
alone "$d/o.html"
kinds=$(sed -n 's/.*"layer":"\([^"]*\)","observable":"\([^"]*\)".*/\1 \2/p' "$d/o.json" | sort -u | wc -l)
test "$(grep -c '<figure>' "$d/o.html")" -eq "$kinds" || fail "pictures"
grep -q '<polyline class="v" points="[0-9.]*,[0-9.]* ' "$d/o.html" || fail "curves"

# Bad input: nothing written
for text in 'hello' '[1, 2]' '[{"layer": ' 'caustic-certificate 1'; do
    printf '%s\n' "$text" >"$d/bad"
    expect 2 "$CAUSTIC" report "$d/bad" -o "$d/none.html"
    grep -q "^$d/bad:" "$d/err" || fail "no place for: $text"
    test ! -e "$d/none.html" || fail "half-written"
done
head -n 20 "$d/c.cert" >"$d/bad"
expect 2 "$CAUSTIC" report "$d/bad"
grep -q 'ends inside its cover' "$d/err" || fail "a certificate cut off"
expect 2 "$CAUSTIC" report --latex "$d/o.json"
expect 2 "$CAUSTIC" report "$d/no-such-file"
expect 2 "$CAUSTIC" report
exit 0

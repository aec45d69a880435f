#!/bin/sh
# coq/axioms.sh accepts what rests on the classical reals alone, and fails on everything else coqc may print.
check=$top_srcdir/coq/axioms.sh
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 3
case $check in /*) ;; *) check=$OLDPWD/$check ;; esac
failed=0

# try WANTED WHAT: the file `out` as the answer to `thm.v`
try() {
    sh "$check" thm.v out >said 2>&1
    status=$?
    test "$status" -eq "$1" && return 0
    echo "$2: status $status, not $1"
    cat said
    failed=1
}
classical='Axioms:
ClassicalDedekindReals.sig_forall_dec
  : forall P : nat -> Prop, Something.else
Classical_Prop.classic : forall P : Prop, P \/ ~ P'
printf 'Theorem a : True.\nPrint Assumptions a.\n' >thm.v
echo "$classical" >out && try 0 'classical reals'
grep -qx '  a: classical reals' said || { echo 'no line for the theorem'; failed=1; }
echo 'Closed under the global context' >out && try 0 'no axioms'
{ echo "$classical"; echo 'PrimFloat.add : float -> float -> float'; } >out && try 1 'a primitive float'
{ echo "$classical"; echo 'my_lemma : 0 = 1'; } >out && try 1 'an admitted lemma'
printf 'Section Variables:\nx : R\n' >out && try 1 'a section variable'
: >out && try 1 'nothing printed'
{ echo "$classical"; echo "$classical"; } >out && try 1 'printed more than asked'
{ echo 'my_lemma : 0 = 1'; echo "$classical"; } >out && try 1 'stray output'
printf 'Print Assumptions a.\nPrint Assumptions b.\n' >thm.v
{ echo "$classical"; echo 'Closed under the global context'; } >out && try 0 'two theorems'
{ echo 'Closed under the global context'; printf 'Axioms:\nb_axiom : False\n'; } >out && try 1 'the second fails'
grep -q 'b: rests on b_axiom' said || { echo 'the wrong theorem is blamed'; failed=1; }
exit $failed

# Needs no Coq.
SHELL_TESTS += %D%/axioms-test.sh %D%/imports.sh

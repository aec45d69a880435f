SHELL_TESTS += %D%/certify.sh %D%/derive.sh %D%/observe.sh %D%/symmetries.sh

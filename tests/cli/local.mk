SHELL_TESTS += %D%/certify.sh %D%/observe.sh

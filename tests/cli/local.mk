SHELL_TESTS += %D%/certify.sh

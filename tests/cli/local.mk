SHELL_TESTS += %D%/certify.sh %D%/derive.sh %D%/entropy.sh %D%/integrate.sh %D%/observe.sh %D%/symmetries.sh
SHELL_TESTS += %D%/census.sh %D%/forecast.sh %D%/report.sh %D%/prove.sh
SHELL_TESTS += %D%/network.sh %D%/network-shock.sh
EXTRA_DIST += %D%/contract.sh %D%/neighbours.py

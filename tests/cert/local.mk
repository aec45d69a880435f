criterion_tests += tests/test-cert
tests_test_cert_SOURCES  = %D%/t-text.c %D%/t-graph.c
tests_test_cert_CPPFLAGS = $(tests_cppflags)
tests_test_cert_CFLAGS   = $(tests_cflags)
tests_test_cert_LDADD    = $(tests_ldadd)

check_PROGRAMS += examples/characteristics
examples_characteristics_SOURCES = %D%/characteristics.c
examples_characteristics_CPPFLAGS = $(PUBLIC_CPPFLAGS)
examples_characteristics_LDADD = libcaustic.la $(MATH_LIBS)
SHELL_TESTS += tests/examples.sh
EXTRA_DIST += doc/characteristics.svg

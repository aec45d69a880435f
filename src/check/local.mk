# The checker trusts, includes and links nothing of ours.
bin_PROGRAMS += caustic-check
check_core = %D%/text.c %D%/sha256.c %D%/expr.c %D%/parse.c %D%/problem.c %D%/identity.c \
             %D%/quotient.c %D%/model.c %D%/function.c %D%/machine.c %D%/cover.c %D%/check.h
caustic_check_SOURCES  = %D%/main.c $(check_core)
caustic_check_CPPFLAGS = -DPACKAGE_VERSION=\"$(PACKAGE_VERSION)\"
caustic_check_LDADD    = -lgmp

# CST_BUILD_FLAVOURS
# ------------------
# --enable-asan, --enable-ubsan, --enable-coverage, --enable-fuzzing (clang), --enable-werror.
# Sanitizers land in FLAVOUR_CFLAGS / FLAVOUR_LDFLAGS, never in CFLAGS, so that the person who
# runs make still owns CFLAGS.
AC_DEFUN([CST_BUILD_FLAVOURS], [
  m4_foreach([cst_f], [[asan], [ubsan], [coverage], [fuzzing]],
    [AC_ARG_ENABLE(cst_f, [AS_HELP_STRING([--enable-]cst_f, [build the ]cst_f[ flavour])],
       [], [AS_VAR_SET([enable_]cst_f, [no])])])
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [a compiler warning is an error])],
    [], [enable_werror=no])
  cst_san=
  AS_VAR_IF([enable_asan], [yes], [cst_san=$cst_san,address])
  AS_VAR_IF([enable_ubsan], [yes], [cst_san=$cst_san,undefined])
  FLAVOUR_CFLAGS= FLAVOUR_LDFLAGS=
  AS_VAR_IF([enable_fuzzing], [yes],
    [AC_COMPILE_IFELSE([AC_LANG_PROGRAM([@%:@ifndef __clang__
@%:@error no
@%:@endif])], [], [AC_MSG_ERROR([--enable-fuzzing needs CC=clang])])
     cst_san=$cst_san,fuzzer-no-link])
  AS_IF([test -n "$cst_san"],
    [cst_san="-fsanitize=${cst_san@%:@,} -fno-sanitize-recover=all -fno-omit-frame-pointer"
     FLAVOUR_CFLAGS="$cst_san" FLAVOUR_LDFLAGS="$cst_san"])
  AS_VAR_IF([enable_coverage], [yes],
    [FLAVOUR_CFLAGS="$FLAVOUR_CFLAGS --coverage -O0" FLAVOUR_LDFLAGS="$FLAVOUR_LDFLAGS --coverage"])
  AC_SUBST([FLAVOUR_CFLAGS])
  AC_SUBST([FLAVOUR_LDFLAGS])
  AM_CONDITIONAL([ENABLE_COVERAGE], [test "$enable_coverage" = yes])
  AM_CONDITIONAL([ENABLE_FUZZING], [test "$enable_fuzzing" = yes])
])

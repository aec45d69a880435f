# CST_CHECK_FLINT
# ---------------
# One macro, two worlds.
#   FLINT >= 3   one library; headers <flint/arb.h>, <flint/fmpz_mpoly_q.h>; ships flint.pc
#   FLINT 2.9    Arb, Antic and Calcium apart: headers <arb.h>, <calcium/fmpz_mpoly_q.h>;
#                Arb is -lflint-arb on Debian, -larb elsewhere; no flint.pc
# --with-flint=PREFIX points at an installation; FLINT_CFLAGS and FLINT_LIBS override it all.
# Sets FLINT_CFLAGS, FLINT_LIBS, CST_ARB_DIR ("flint/" or "") and cst_flint_kind.

# The program must use what every flavour of the library itself uses.
m4_define([_CST_FLINT_PROGRAM], [AC_LANG_PROGRAM([[
#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
# include <flint/arb.h>
# include <flint/fmpz_mpoly_q.h>
#else
# include <arb.h>
# include <calcium/fmpz_mpoly_q.h>
#endif]], [[
  arb_t x; fmpz_mpoly_ctx_t c; fmpz_mpoly_q_t q;
  arb_init(x); fmpz_mpoly_ctx_init(c, 1, ORD_LEX); fmpz_mpoly_q_init(q, c);]])])

AC_DEFUN([CST_CHECK_FLINT], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  AC_ARG_WITH([flint], [AS_HELP_STRING([--with-flint=PREFIX], [where FLINT is installed])],
    [AS_CASE([$with_flint], [yes|no], [AC_MSG_ERROR([--with-flint needs a prefix])])], [with_flint=])
  AC_ARG_VAR([FLINT_CFLAGS], [C compiler flags for FLINT, overriding detection])
  AC_ARG_VAR([FLINT_LIBS], [linker flags for FLINT, overriding detection])
  cst_flint_dir=
  AS_IF([test -n "$with_flint"],
    [FLINT_CFLAGS=${FLINT_CFLAGS:-"-I$with_flint/include"}
     cst_flint_dir="-L$with_flint/lib -Wl,-rpath,$with_flint/lib "],
    [test -z "$FLINT_LIBS"],
    [PKG_CHECK_EXISTS([flint >= 3.0],
      [FLINT_CFLAGS=${FLINT_CFLAGS:-`$PKG_CONFIG --cflags flint`}
       cst_flint_dir="`$PKG_CONFIG --libs-only-L flint` "])])
  cst_save_CPPFLAGS=$CPPFLAGS; cst_save_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $FLINT_CFLAGS"
  AC_CHECK_HEADER([flint/flint.h], [], [AC_MSG_ERROR([flint/flint.h not found
  (Debian: libflint-dev libflint-arb-dev libantic-dev libcalcium-dev)])])
  AC_MSG_CHECKING([which FLINT])
  AC_PREPROC_IFELSE([AC_LANG_SOURCE([[
@%:@include <flint/flint.h>
@%:@if __FLINT_RELEASE < 30000
@%:@ error split
@%:@endif]])],
    [cst_flint_kind="3.x, one library" CST_ARB_DIR=flint/
     cst_flint_tries="-lflint"],
    [cst_flint_kind="2.x, separate Arb and Calcium" CST_ARB_DIR=
     cst_flint_tries="-lcalcium,-lantic,-lflint-arb,-lflint -lcalcium,-lantic,-larb,-lflint"])
  AC_MSG_RESULT([$cst_flint_kind])
  AC_MSG_CHECKING([how to link FLINT])
  cst_flint_found=
  for cst_try in ${FLINT_LIBS:+given} $cst_flint_tries; do
    AS_VAR_IF([cst_try], [given], [cst_libs=$FLINT_LIBS],
      [cst_libs="$cst_flint_dir`AS_ECHO(["$cst_try"]) | tr , ' '` -lmpfr -lgmp"])
    LIBS="$cst_libs -lm $cst_save_LIBS"
    AC_LINK_IFELSE([_CST_FLINT_PROGRAM], [cst_flint_found=yes; break])
    AS_VAR_IF([cst_try], [given], [break])
  done
  AS_IF([test -z "$cst_flint_found"],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([FLINT's headers were found, but its libraries do not link
  (Debian: libflint-dev libflint-arb-dev libantic-dev libcalcium-dev)])])
  FLINT_LIBS=$cst_libs
  AC_MSG_RESULT([$FLINT_LIBS])
  # Our warnings are not for FLINT's inline functions.
  FLINT_CFLAGS=`AS_ECHO([" $FLINT_CFLAGS"]) | sed 's/ -I */ -isystem /g; s/^ //'`
  CPPFLAGS=$cst_save_CPPFLAGS; LIBS=$cst_save_LIBS
  AC_SUBST([CST_ARB_DIR])
])

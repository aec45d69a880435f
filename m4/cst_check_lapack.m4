# CST_CHECK_LAPACK
# ----------------
# LAPACKE and CBLAS: from their pkg-config files (Debian: those of whatever BLAS is chosen by
# update-alternatives), else from one OpenBLAS library that contains both. LAPACK_CFLAGS and
# LAPACK_LIBS override it all.
AC_DEFUN([CST_CHECK_LAPACK], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  AC_ARG_VAR([LAPACK_CFLAGS], [C compiler flags for LAPACKE and CBLAS, overriding detection])
  AC_ARG_VAR([LAPACK_LIBS], [linker flags for LAPACKE and CBLAS, overriding detection])
  cst_lapack_found=no
  cst_save_CPPFLAGS=$CPPFLAGS; cst_save_LIBS=$LIBS
  cst_given_LAPACK_LIBS=$LAPACK_LIBS
  for cst_try in "$cst_given_LAPACK_LIBS" "-llapacke -llapack -lblas" "-lopenblas" "-llapacke -llapack -lcblas -lblas"; do
    AS_IF([test "$cst_lapack_found" = no && test -n "$cst_try"],
      [CPPFLAGS="$cst_save_CPPFLAGS $LAPACK_CFLAGS"; LIBS="$cst_try $cst_save_LIBS"
       AC_MSG_CHECKING([for LAPACKE and CBLAS in $cst_try])
       AC_LINK_IFELSE([AC_LANG_PROGRAM([[@%:@include <cblas.h>
@%:@include <lapacke.h>]], [[double a = 1; return cblas_ddot(1, &a, 1, &a, 1) > 2
         || LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', 1, &a, 1) != 0;]])],
         [cst_lapack_found=yes; LAPACK_LIBS=$cst_try])
       AC_MSG_RESULT([$cst_lapack_found])])
  done
  CPPFLAGS=$cst_save_CPPFLAGS; LIBS=$cst_save_LIBS
  AS_IF([test "$cst_lapack_found" = no],
    [AC_MSG_ERROR([LAPACKE and CBLAS not found (Debian: liblapacke-dev libopenblas-pthread-dev)])])
])

# CST_CHECK_CHECKPOINTS
# ---------------------
# What reads checkpoints that are not safetensors; a build without it says so where such a file is given.
AC_DEFUN([CST_CHECK_CHECKPOINTS], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  AC_ARG_WITH([libzip], [AS_HELP_STRING([--without-libzip], [do not read npz archives])], [], [with_libzip=check])
  have_libzip=no
  AS_VAR_IF([with_libzip], [no], [],
    [PKG_CHECK_MODULES([LIBZIP], [libzip >= 1.0], [have_libzip=yes],
       [AS_VAR_IF([with_libzip], [yes], [AC_MSG_ERROR([libzip not found (Debian: libzip-dev)])])])])
  AS_VAR_IF([have_libzip], [yes], [AC_DEFINE([HAVE_LIBZIP], [1], [Are npz archives read?])])
  AC_ARG_WITH([protobuf-c], [AS_HELP_STRING([--without-protobuf-c], [do not read ONNX models])],
    [], [with_protobuf_c=check])
  AC_PATH_PROG([PROTOC_C], [protoc-c])
  have_protobuf_c=no
  AS_IF([test "$with_protobuf_c" != no && test -n "$PROTOC_C"],
    [PKG_CHECK_MODULES([PROTOBUF_C], [libprotobuf-c >= 1.3], [have_protobuf_c=yes], [:])])
  AS_IF([test "$with_protobuf_c" = yes && test "$have_protobuf_c" = no],
    [AC_MSG_ERROR([protobuf-c not found (Debian: libprotobuf-c-dev protobuf-c-compiler)])])
  AS_VAR_IF([have_protobuf_c], [yes], [AC_DEFINE([HAVE_PROTOBUF_C], [1], [Are ONNX models read?])])
  AM_CONDITIONAL([HAVE_PROTOBUF_C], [test "$have_protobuf_c" = yes])
])

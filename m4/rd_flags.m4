dnl rd_flags - what the compiler and linker can do, each flag by trial.

dnl RD_TRY_FLAGS(FLAGS, IF-YES, [IF-NO]): whether a program compiles and links with FLAGS and no warning.
AC_DEFUN([RD_TRY_FLAGS], [
	AS_VAR_PUSHDEF([cache], [rd_cv_flags_$1])
	AC_CACHE_CHECK([whether $CC takes $1], [cache], [
		rd_saved_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $1"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]])],
			[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		CFLAGS=$rd_saved_CFLAGS
	])
	AS_VAR_IF([cache], [yes], [$2], [$3])
	AS_VAR_POPDEF([cache])
])

dnl RD_ADD_FLAGS(VARIABLE, FLAGS): appends to VARIABLE those of FLAGS, a list with spaces, that work.
AC_DEFUN([RD_ADD_FLAGS], [
	for rd_flag in m4_normalize([$2]); do
		RD_TRY_FLAGS([$rd_flag], [AS_VAR_APPEND([$1], [" $rd_flag"])])
	done
])

AC_DEFUN([RD_STANDARD], [
	RD_TRY_FLAGS([-std=gnu17], [],
		[AC_MSG_ERROR([$CC does not speak C17 (Debian package: gcc)])])
])

AC_DEFUN([RD_WARNINGS], [
	AC_ARG_ENABLE([werror],
		[AS_HELP_STRING([--enable-werror], [a warning stops the build])])
	WARN_CFLAGS=
	RD_ADD_FLAGS([WARN_CFLAGS], [-Wall -Wextra -Wshadow -Wstrict-prototypes
		-Wmissing-prototypes -Wmissing-declarations -Wold-style-definition
		-Wredundant-decls -Wnested-externs -Wpointer-arith -Wwrite-strings -Wcast-align
		-Wundef -Wvla -Wformat=2 -Winit-self -Wconversion
		-Wno-sign-conversion -Wduplicated-cond -Wlogical-op])
	AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
	AC_SUBST([WARN_CFLAGS])
])

AC_DEFUN([RD_SANITIZERS], [
	AC_ARG_ENABLE([sanitizers],
		[AS_HELP_STRING([--enable-sanitizers=LIST],
			[watch the program as it runs: address,undefined or thread])],
		[], [enable_sanitizers=no])
	AS_IF([test "x$enable_sanitizers" = xyes], [enable_sanitizers=address,undefined])
	SANITIZE_FLAGS=
	AS_IF([test "x$enable_sanitizers" != xno], [
		SANITIZE_FLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all"
		SANITIZE_FLAGS="$SANITIZE_FLAGS -fno-omit-frame-pointer"
		RD_TRY_FLAGS([$SANITIZE_FLAGS], [], [AC_MSG_ERROR(
			[$CC cannot build with $SANITIZE_FLAGS (Debian package for clang: libclang-rt-14-dev)])])
	])
	AS_IF([test -n "$SANITIZE_FLAGS"],
		[AC_DEFINE([SANITIZED], [1], [Define to 1 where sanitizers watch: they make calls that no server makes.])])
	AC_SUBST([SANITIZE_FLAGS])
])

AC_DEFUN([RD_FUZZERS], [
	AC_ARG_ENABLE([fuzzers],
		[AS_HELP_STRING([--enable-fuzzers], [build the libFuzzer programs (needs CC=clang)])])
	rd_fuzzers=no
	FUZZ_CFLAGS=
	FUZZ_LIBS=
	AS_IF([test "x$enable_fuzzers" = xyes], [
		RD_TRY_FLAGS([-fsanitize=fuzzer-no-link], [], [AC_MSG_ERROR(
			[$CC has no libFuzzer; use CC=clang (Debian packages: clang, libclang-rt-14-dev)])])
		rd_fuzzers=yes
		FUZZ_CFLAGS=-fsanitize=fuzzer-no-link
		FUZZ_LIBS=-fsanitize=fuzzer
	])
	AC_SUBST([FUZZ_CFLAGS])
	AC_SUBST([FUZZ_LIBS])
	AM_CONDITIONAL([FUZZERS], [test $rd_fuzzers = yes])
])

dnl On the command line, not in config.h: a file that forgot the header would lose its checks.
AC_DEFUN([RD_LOCK_CHECKS], [
	AC_ARG_ENABLE([debug],
		[AS_HELP_STRING([--enable-debug], [check lock order and other promises as it runs])])
	rd_debug=no
	DEBUG_CPPFLAGS=
	AS_IF([test "x$enable_debug" = xyes], [rd_debug=yes; DEBUG_CPPFLAGS=-DRD_DEBUG])
	AC_SUBST([DEBUG_CPPFLAGS])
])

dnl The fortified functions hide errors from the sanitizers, and do not exist at -O0.
AC_DEFUN([RD_HARDENING], [
	AC_ARG_ENABLE([hardening],
		[AS_HELP_STRING([--disable-hardening], [leave out the hardening flags])])
	HARDEN_CPPFLAGS=
	HARDEN_CFLAGS=
	HARDEN_LDFLAGS=
	AS_IF([test "x$enable_hardening" != xno], [
		AC_CACHE_CHECK([whether $CC optimizes], [rd_cv_optimizes], [AC_COMPILE_IFELSE(
			[AC_LANG_PROGRAM([], [[
				#ifndef __OPTIMIZE__
				#error
				#endif
			]])], [rd_cv_optimizes=yes], [rd_cv_optimizes=no])])
		AS_IF([test "$rd_cv_optimizes$rd_fuzzers${SANITIZE_FLAGS:+yes}" = yesno], [
			RD_TRY_FLAGS([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3],
				[HARDEN_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3"],
				[RD_TRY_FLAGS([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2],
					[HARDEN_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])])
		])
		RD_ADD_FLAGS([HARDEN_CFLAGS], [-fstack-protector-strong -fstack-clash-protection
			-fcf-protection -mbranch-protection=standard])
		RD_ADD_FLAGS([HARDEN_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
			-Wl,--as-needed])
		RD_TRY_FLAGS([-fPIE -pie], [
			HARDEN_CFLAGS="$HARDEN_CFLAGS -fPIE"
			HARDEN_LDFLAGS="$HARDEN_LDFLAGS -pie"])
	])
	AC_SUBST([HARDEN_CPPFLAGS])
	AC_SUBST([HARDEN_CFLAGS])
	AC_SUBST([HARDEN_LDFLAGS])
])

dnl What is not marked REPLYD_API stays inside, and is called directly; so is what is marked.
AC_DEFUN([RD_LIBRARY], [
	LIBRARY_CFLAGS=
	LIBRARY_LDFLAGS=
	RD_ADD_FLAGS([LIBRARY_CFLAGS], [-fvisibility=hidden -fno-semantic-interposition])
	RD_ADD_FLAGS([LIBRARY_LDFLAGS], [-Wl,-Bsymbolic-functions])
	AC_SUBST([LIBRARY_CFLAGS])
	AC_SUBST([LIBRARY_LDFLAGS])
])

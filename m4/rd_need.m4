dnl rd_need - what replyd needs from the system; what is missing is named by its Debian package.

AC_DEFUN([RD_PROG_PKG_CONFIG], [
	m4_ifndef([PKG_PROG_PKG_CONFIG],
		[m4_fatal([pkg.m4 is missing (Debian package: pkg-config)])])
	PKG_PROG_PKG_CONFIG([0.29])
	AS_IF([test -z "$PKG_CONFIG"],
		[AC_MSG_ERROR([pkg-config is missing (Debian package: pkg-config)])])
])

dnl RD_NEED_MODULE(PREFIX, MODULE, DEBIAN-PACKAGE): PREFIX_CFLAGS and PREFIX_LIBS, or a stop.
AC_DEFUN([RD_NEED_MODULE], [PKG_CHECK_MODULES([$1], [$2], [],
	[AC_MSG_ERROR([$2 is missing (Debian package: $3)])])])

dnl RD_NEED_HEADER(HEADER, DEBIAN-PACKAGE)
AC_DEFUN([RD_NEED_HEADER], [AC_CHECK_HEADER([$1], [],
	[AC_MSG_ERROR([<$1> is missing (Debian package: $2)])])])

AC_DEFUN([RD_LIBSYSTEMD], [
	AC_ARG_WITH([libsystemd],
		[AS_HELP_STRING([--with-libsystemd],
			[tell systemd how the service is, take its sockets (default: when the library is there)])],
		[], [with_libsystemd=auto])
	rd_libsystemd=no
	AS_CASE([$with_libsystemd],
		[no], [],
		[yes], [RD_NEED_MODULE([LIBSYSTEMD], [libsystemd], [libsystemd-dev])
			rd_libsystemd=yes],
		[PKG_CHECK_MODULES([LIBSYSTEMD], [libsystemd], [rd_libsystemd=yes], [:])])
	AS_IF([test $rd_libsystemd = yes],
		[AC_DEFINE([HAVE_LIBSYSTEMD], [1], [Define to 1 to talk to systemd.])])
])

AC_DEFUN([RD_LIBSECCOMP], [
	AC_ARG_WITH([libseccomp],
		[AS_HELP_STRING([--with-libseccomp],
			[refuse system calls that a server does not make (default: when the library is there)])],
		[], [with_libseccomp=auto])
	rd_libseccomp=no
	AS_CASE([$with_libseccomp],
		[no], [],
		[yes], [RD_NEED_MODULE([LIBSECCOMP], [libseccomp], [libseccomp-dev])
			rd_libseccomp=yes],
		[PKG_CHECK_MODULES([LIBSECCOMP], [libseccomp], [rd_libseccomp=yes], [:])])
	AS_IF([test $rd_libseccomp = yes],
		[AC_DEFINE([HAVE_LIBSECCOMP], [1], [Define to 1 to filter system calls by libseccomp.])])
])

dnl RD_SYSTEMD_DIR(VARIABLE, WHAT, CONDITIONAL): --with-VARIABLE, by default as pkg-config says.
AC_DEFUN([RD_SYSTEMD_DIR], [
	AC_ARG_WITH([$1],
		[AS_HELP_STRING([--with-$1=DIR],
			[where $2 installed (default: what pkg-config says; no: nowhere)])],
		[], [with_$1=auto])
	AS_CASE([$with_$1],
		[no], [$1=],
		[yes|auto], [$1=`$PKG_CONFIG --variable=$1 systemd 2>/dev/null`],
		[$1=$with_$1])
	AS_IF([test "x$with_$1" = xyes && test -z "$$1"],
		[AC_MSG_ERROR([pkg-config knows no $1 (Debian package: systemd)])])
	AC_SUBST([$1])
	AM_CONDITIONAL([$3], [test -n "$$1"])
])

AC_DEFUN([RD_TESTS], [
	AC_ARG_ENABLE([tests],
		[AS_HELP_STRING([--disable-tests], [build without Check and Python; make check does nothing])])
	rd_tests=yes
	AS_IF([test "x$enable_tests" = xno], [rd_tests=no], [
		RD_NEED_MODULE([CHECK], [check], [check])
		AC_PATH_PROG([PYTHON], [python3])
		AS_IF([test -z "$PYTHON"],
			[AC_MSG_ERROR([python3 is missing (Debian package: python3)])])
	])
	AM_CONDITIONAL([TESTS_ENABLED], [test $rd_tests = yes])
])

# RD_PROBES: where sys/sdt.h is, tracers of the system find probes in the program.
AC_DEFUN([RD_PROBES], [
	AC_ARG_ENABLE([probes],
		[AS_HELP_STRING([--enable-probes],
			[have probes for bpftrace, perf and SystemTap (default: when sys/sdt.h is there)])],
		[], [enable_probes=auto])
	rd_probes=no
	AS_CASE([$enable_probes],
		[no], [],
		[yes], [RD_NEED_HEADER([sys/sdt.h], [systemtap-sdt-dev])
			rd_probes=yes],
		[AC_CHECK_HEADER([sys/sdt.h], [rd_probes=yes])])
	AS_IF([test $rd_probes = yes],
		[AC_DEFINE([HAVE_PROBES], [1], [Define to 1 to have probes by sys/sdt.h.])])
])

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
			[tell systemd when the service is ready (default: when the library is there)])],
		[], [with_libsystemd=auto])
	rd_libsystemd=no
	AS_CASE([$with_libsystemd],
		[no], [],
		[yes], [RD_NEED_MODULE([LIBSYSTEMD], [libsystemd], [libsystemd-dev])
			rd_libsystemd=yes],
		[PKG_CHECK_MODULES([LIBSYSTEMD], [libsystemd], [rd_libsystemd=yes], [:])])
	AS_IF([test $rd_libsystemd = yes],
		[AC_DEFINE([HAVE_LIBSYSTEMD], [1], [Define to 1 to report readiness by sd_notify.])])
])

AC_DEFUN([RD_SYSTEMD_UNIT_DIR], [
	AC_ARG_WITH([systemdsystemunitdir],
		[AS_HELP_STRING([--with-systemdsystemunitdir=DIR],
			[where units are installed (default: what pkg-config says; no: nowhere)])],
		[], [with_systemdsystemunitdir=auto])
	AS_CASE([$with_systemdsystemunitdir],
		[no], [systemdsystemunitdir=],
		[yes|auto], [systemdsystemunitdir=`$PKG_CONFIG --variable=systemdsystemunitdir systemd 2>/dev/null`],
		[systemdsystemunitdir=$with_systemdsystemunitdir])
	AS_IF([test "x$with_systemdsystemunitdir" = xyes && test -z "$systemdsystemunitdir"],
		[AC_MSG_ERROR([pkg-config knows no unit directory (Debian package: systemd)])])
	AC_SUBST([systemdsystemunitdir])
	AM_CONDITIONAL([SYSTEMD_UNITS], [test -n "$systemdsystemunitdir"])
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

# include: what an embedding program and a handler may see, and the library that has it.
include_HEADERS = include/replyd.h
replyd_includedir = $(includedir)/replyd
replyd_include_HEADERS = include/replyd/handler.h

lib_LTLIBRARIES += libreplyd.la
libreplyd_la_SOURCES =
libreplyd_la_LIBADD = src/libinternal.la
libreplyd_la_LDFLAGS = $(AM_LDFLAGS) $(LIBRARY_LDFLAGS) -no-undefined -version-info 0:0:0 \
	-Wl,--version-script=$(srcdir)/src/libreplyd.map
EXTRA_libreplyd_la_DEPENDENCIES = src/libreplyd.map

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = replyd.pc

# A program that loads modules has the library inside, and lends them the same functions.
module_host_ldflags = $(AM_LDFLAGS) -Wl,--dynamic-list=$(srcdir)/src/module_host.list

# A module that is not installed.
module_ldflags = $(AM_LDFLAGS) -module -avoid-version -rpath $(abs_builddir)

EXTRA_DIST += src/libreplyd.map src/module_host.list

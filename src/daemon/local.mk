# daemon: the program replyd.
sbin_PROGRAMS += src/daemon/replyd
src_daemon_replyd_SOURCES = \
	src/daemon/replyd.c
src_daemon_replyd_LDADD = src/daemon/libdaemon.la src/libinternal.la
src_daemon_replyd_LDFLAGS = $(module_host_ldflags)
EXTRA_src_daemon_replyd_DEPENDENCIES = src/module_host.list

src_daemon_libdaemon_la_LIBADD = $(LIBSYSTEMD_LIBS)
program_libs += src/daemon/libdaemon.la
noinst_LTLIBRARIES += src/daemon/libdaemon.la
src_daemon_libdaemon_la_SOURCES = \
	src/daemon/background.c \
	src/daemon/background.h \
	src/daemon/hup.c \
	src/daemon/hup.h \
	src/daemon/manager.c \
	src/daemon/manager.h \
	src/daemon/notify.c \
	src/daemon/notify.h \
	src/daemon/options.c \
	src/daemon/options.h \
	src/daemon/pidfile.c \
	src/daemon/pidfile.h \
	src/daemon/passed.c \
	src/daemon/passed.h \
	src/daemon/successor.c \
	src/daemon/successor.h \
	src/daemon/upgrade.c \
	src/daemon/upgrade.h

# control: the program replyctl.
sbin_PROGRAMS += src/control/replyctl
src_control_replyctl_SOURCES = \
	src/control/replyctl.c
src_control_replyctl_LDADD = src/control/libcontrol.la src/client/libclient.la src/libinternal.la

src_control_libcontrol_la_LIBADD = $(JANSSON_LIBS) $(CURSES_LIBS)
program_libs += src/control/libcontrol.la
noinst_LTLIBRARIES += src/control/libcontrol.la
src_control_libcontrol_la_SOURCES = \
	src/control/canvas.c \
	src/control/canvas.h \
	src/control/command.c \
	src/control/command.h \
	src/control/lane.c \
	src/control/lane.h \
	src/control/paint.c \
	src/control/paint.h \
	src/control/screen.c \
	src/control/screen.h \
	src/control/show.c \
	src/control/show.h \
	src/control/table.c \
	src/control/table.h \
	src/control/taste.c \
	src/control/taste.h \
	src/control/top.c \
	src/control/top.h \
	src/control/trace.c \
	src/control/trace.h \
	src/control/view.c \
	src/control/view.h \
	src/control/watch.c \
	src/control/watch.h

# base: promises, locks, clocks, buffers, log, terminals.
folder_libs += src/base/libbase.la
noinst_LTLIBRARIES += src/base/libbase.la
src_base_libbase_la_SOURCES = \
	src/base/arena.c \
	src/base/arena.h \
	src/base/buffer.c \
	src/base/buffer.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/figure.c \
	src/base/figure.h \
	src/base/histogram.c \
	src/base/histogram.h \
	src/base/json.c \
	src/base/json.h \
	src/base/lock.c \
	src/base/lock.h \
	src/base/log.c \
	src/base/log.h \
	src/base/must.c \
	src/base/must.h \
	src/base/ring.h \
	src/base/slurp.c \
	src/base/slurp.h \
	src/base/span.h \
	src/base/stack.c \
	src/base/stack.h \
	src/base/thread.c \
	src/base/thread.h \
	src/base/tty.c \
	src/base/tty.h \
	src/base/utf8.c \
	src/base/utf8.h \
	src/base/words.c \
	src/base/words.h

# observe: what is counted and timed.
folder_libs += src/observe/libobserve.la
noinst_LTLIBRARIES += src/observe/libobserve.la
src_observe_libobserve_la_SOURCES = \
	src/observe/access_log.c \
	src/observe/access_log.h \
	src/observe/counters.c \
	src/observe/counters.h \
	src/observe/doing.h \
	src/observe/log_escape.c \
	src/observe/log_escape.h \
	src/observe/log_format.c \
	src/observe/log_format.h \
	src/observe/log_target.c \
	src/observe/log_target.h \
	src/observe/event.c \
	src/observe/event.h \
	src/observe/feed.c \
	src/observe/feed.h \
	src/observe/netstat.c \
	src/observe/netstat.h \
	src/observe/outbox.c \
	src/observe/outbox.h \
	src/observe/probe.h \
	src/observe/process.c \
	src/observe/process.h \
	src/observe/record.c \
	src/observe/record.h \
	src/observe/scribe.c \
	src/observe/scribe.h \
	src/observe/series.c \
	src/observe/series.h \
	src/observe/stages.c \
	src/observe/stages.h \
	src/observe/story.c \
	src/observe/story.h \
	src/observe/tracer.c \
	src/observe/tracer.h

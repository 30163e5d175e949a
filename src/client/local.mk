# client: the program replyc, and its command load. -lm is for the scales of drawings.
bin_PROGRAMS += src/client/replyc
src_client_replyc_SOURCES = \
	src/client/replyc.c
src_client_replyc_LDADD = src/client/libclient.la src/libinternal.la -lm

program_libs += src/client/libclient.la
noinst_LTLIBRARIES += src/client/libclient.la
src_client_libclient_la_SOURCES = \
	src/client/answer.c \
	src/client/answer.h \
	src/client/ask.c \
	src/client/ask.h \
	src/client/beside.c \
	src/client/beside.h \
	src/client/draw.c \
	src/client/draw.h \
	src/client/load.c \
	src/client/load.h \
	src/client/loader.c \
	src/client/loader.h \
	src/client/meter.c \
	src/client/meter.h \
	src/client/panel.c \
	src/client/panel.h \
	src/client/plot.c \
	src/client/plot.h \
	src/client/plot_time.c \
	src/client/plot_time.h \
	src/client/report.c \
	src/client/report.h \
	src/client/request.c \
	src/client/request.h \
	src/client/say.c \
	src/client/say.h \
	src/client/scale.c \
	src/client/scale.h \
	src/client/schedule.c \
	src/client/schedule.h \
	src/client/shot.c \
	src/client/shot.h \
	src/client/svg.c \
	src/client/svg.h \
	src/client/tally.c \
	src/client/tally.h \
	src/client/timeline.c \
	src/client/timeline.h \
	src/client/url.c \
	src/client/url.h \
	src/client/whom.c \
	src/client/whom.h

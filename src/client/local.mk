# client: the program replyc.
bin_PROGRAMS += src/client/replyc
src_client_replyc_SOURCES = \
	src/client/replyc.c
src_client_replyc_LDADD = src/client/libclient.la src/libinternal.la

program_libs += src/client/libclient.la
noinst_LTLIBRARIES += src/client/libclient.la
src_client_libclient_la_SOURCES = \
	src/client/answer.c \
	src/client/answer.h \
	src/client/ask.c \
	src/client/ask.h \
	src/client/url.c \
	src/client/url.h

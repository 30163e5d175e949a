# serve: where flow, codec and app meet.
folder_libs += src/serve/libserve.la
noinst_LTLIBRARIES += src/serve/libserve.la
src_serve_libserve_la_SOURCES = \
	src/serve/account.c \
	src/serve/account.h \
	src/serve/call.c \
	src/serve/call.h \
	src/serve/detach.c \
	src/serve/detach.h \
	src/serve/http.h \
	src/serve/http1.c \
	src/serve/http1.h \
	src/serve/http_exchange.c \
	src/serve/http_late.c \
	src/serve/http_link.c \
	src/serve/http_told.c \
	src/serve/inetd.c \
	src/serve/inetd.h \
	src/serve/intake.c \
	src/serve/intake.h \
	src/serve/line.c \
	src/serve/line.h \
	src/serve/link.c \
	src/serve/link.h \
	src/serve/local.c \
	src/serve/local.h \
	src/serve/output.c \
	src/serve/output.h \
	src/serve/spool.c \
	src/serve/spool.h \
	src/serve/stream.c \
	src/serve/stream.h \
	src/serve/watch.c \
	src/serve/watch.h

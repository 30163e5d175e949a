# serve: where flow, codec and app meet.
folder_libs += src/serve/libserve.la
noinst_LTLIBRARIES += src/serve/libserve.la
src_serve_libserve_la_SOURCES = \
	src/serve/http1.h \
	src/serve/output.c \
	src/serve/output.h \
	src/serve/session.c \
	src/serve/session.h

# app: an exchange, its request and its reply.
folder_libs += src/app/libapp.la
noinst_LTLIBRARIES += src/app/libapp.la
src_app_libapp_la_SOURCES = \
	src/app/app.c \
	src/app/app.h \
	src/app/asked.c \
	src/app/auth.c \
	src/app/auth.h \
	src/app/cors.c \
	src/app/cors.h \
	src/app/environment.c \
	src/app/environment.h \
	src/app/exchange.c \
	src/app/exchange.h \
	src/app/given.c \
	src/app/handler.h \
	src/app/pages.c \
	src/app/pages.h \
	src/app/pattern.c \
	src/app/pattern.h \
	src/app/reply.c \
	src/app/route.c \
	src/app/route.h \
	src/app/settings.c \
	src/app/settings.h \
	src/app/store.c \
	src/app/store.h

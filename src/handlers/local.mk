# handlers: one file each.
folder_libs += src/handlers/libhandlers.la
noinst_LTLIBRARIES += src/handlers/libhandlers.la
src_handlers_libhandlers_la_CPPFLAGS = $(AM_CPPFLAGS) -DRD_MODULE_DIRECTORY='"$(libdir)/replyd"'
src_handlers_libhandlers_la_SOURCES = \
	src/handlers/beneath.c \
	src/handlers/beneath.h \
	src/handlers/cache.c \
	src/handlers/cache.h \
	src/handlers/cgi_reply.c \
	src/handlers/cgi_reply.h \
	src/handlers/child.c \
	src/handlers/child.h \
	src/handlers/directory.c \
	src/handlers/directory.h \
	src/handlers/echo.c \
	src/handlers/echo.h \
	src/handlers/encode.c \
	src/handlers/encode.h \
	src/handlers/fastcgi.c \
	src/handlers/fastcgi.h \
	src/handlers/fastcgi_pool.c \
	src/handlers/fastcgi_pool.h \
	src/handlers/fastcgi_talk.c \
	src/handlers/fastcgi_talk.h \
	src/handlers/file.c \
	src/handlers/file.h \
	src/handlers/files.c \
	src/handlers/files.h \
	src/handlers/health.c \
	src/handlers/health.h \
	src/handlers/load.c \
	src/handlers/load.h \
	src/handlers/log_lines.c \
	src/handlers/log_lines.h \
	src/handlers/module.c \
	src/handlers/module.h \
	src/handlers/partial.c \
	src/handlers/partial.h \
	src/handlers/place.c \
	src/handlers/place.h \
	src/handlers/program.c \
	src/handlers/program.h \
	src/handlers/redirect.c \
	src/handlers/redirect.h \
	src/handlers/spawn.c \
	src/handlers/spawn.h \
	src/handlers/spawner.c \
	src/handlers/spawner.h \
	src/handlers/text.c \
	src/handlers/text.h \
	src/handlers/upload.c \
	src/handlers/upload.h \
	src/handlers/variant.c \
	src/handlers/variant.h

# handlers: one file each.
folder_libs += src/handlers/libhandlers.la
noinst_LTLIBRARIES += src/handlers/libhandlers.la
src_handlers_libhandlers_la_SOURCES = \
	src/handlers/beneath.c \
	src/handlers/beneath.h \
	src/handlers/cache.c \
	src/handlers/cache.h \
	src/handlers/directory.c \
	src/handlers/directory.h \
	src/handlers/echo.c \
	src/handlers/echo.h \
	src/handlers/files.c \
	src/handlers/files.h

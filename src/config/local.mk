# config
folder_libs += src/config/libconfig.la
noinst_LTLIBRARIES += src/config/libconfig.la
src_config_libconfig_la_SOURCES = \
	src/config/check.c \
	src/config/check.h \
	src/config/comment.c \
	src/config/comment.h \
	src/config/config.c \
	src/config/config.h \
	src/config/fields.c \
	src/config/fields.h \
	src/config/load.c \
	src/config/schema.c \
	src/config/schema.h \
	src/config/tree.h \
	src/config/units.c \
	src/config/units.h \
	src/config/value.c \
	src/config/value.h

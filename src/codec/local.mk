# codec: pure functions, bytes in and structures out.
folder_libs += src/codec/libcodec.la
noinst_LTLIBRARIES += src/codec/libcodec.la
src_codec_libcodec_la_SOURCES = \
	src/codec/accept.c \
	src/codec/accept.h \
	src/codec/basic.c \
	src/codec/basic.h \
	src/codec/cgi.c \
	src/codec/cgi.h \
	src/codec/chunked.c \
	src/codec/chunked.h \
	src/codec/condition.c \
	src/codec/condition.h \
	src/codec/date.c \
	src/codec/date.h \
	src/codec/etag.c \
	src/codec/etag.h \
	src/codec/exposition.c \
	src/codec/exposition.h \
	src/codec/fastcgi.c \
	src/codec/fastcgi.h \
	src/codec/field.c \
	src/codec/field.h \
	src/codec/form.c \
	src/codec/form.h \
	src/codec/framing.c \
	src/codec/head.c \
	src/codec/head.h \
	src/codec/hex.h \
	src/codec/html.c \
	src/codec/html.h \
	src/codec/list.h \
	src/codec/listing.c \
	src/codec/listing.h \
	src/codec/mime.c \
	src/codec/mime.h \
	src/codec/network.c \
	src/codec/network.h \
	src/codec/proxy.c \
	src/codec/proxy.h \
	src/codec/range.c \
	src/codec/range.h \
	src/codec/target.c \
	src/codec/target.h \
	src/codec/timeout.c \
	src/codec/timeout.h \
	src/codec/token.h

# net: every socket call, addresses, transports.
folder_libs += src/net/libnet.la
noinst_LTLIBRARIES += src/net/libnet.la
src_net_libnet_la_SOURCES = \
	src/net/address.c \
	src/net/address.h \
	src/net/client.c \
	src/net/client.h \
	src/net/connect.c \
	src/net/connect.h \
	src/net/memory.c \
	src/net/memory.h \
	src/net/plain.c \
	src/net/transport.h

# flow: the life of a descriptor.
folder_libs += src/flow/libflow.la
noinst_LTLIBRARIES += src/flow/libflow.la
src_flow_libflow_la_SOURCES = \
	src/flow/acceptor.c \
	src/flow/acceptor.h \
	src/flow/change.c \
	src/flow/change.h \
	src/flow/claim.c \
	src/flow/claim.h \
	src/flow/conn.c \
	src/flow/conn.h \
	src/flow/entrance.c \
	src/flow/entrance.h \
	src/flow/fair.c \
	src/flow/fair.h \
	src/flow/generation.c \
	src/flow/generation.h \
	src/flow/legacy.c \
	src/flow/legacy.h \
	src/flow/linger.c \
	src/flow/linger.h \
	src/flow/listener.c \
	src/flow/listener.h \
	src/flow/listening.c \
	src/flow/listening.h \
	src/flow/park.c \
	src/flow/park.h \
	src/flow/pool.c \
	src/flow/pool.h \
	src/flow/protocol.h \
	src/flow/pulse.c \
	src/flow/pulse.h \
	src/flow/queue.c \
	src/flow/queue.h \
	src/flow/refuse.c \
	src/flow/refuse.h \
	src/flow/regulate.c \
	src/flow/regulate.h \
	src/flow/service.c \
	src/flow/service.h \
	src/flow/shed.c \
	src/flow/shed.h \
	src/flow/stuck.c \
	src/flow/stuck.h \
	src/flow/waiting.c \
	src/flow/waiting.h \
	src/flow/tell.c \
	src/flow/tell.h \
	src/flow/weight.c \
	src/flow/weight.h \
	src/flow/whose.c \
	src/flow/whose.h \
	src/flow/worker.c \
	src/flow/worker.h

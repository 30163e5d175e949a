# server: assembly, the only folder that knows all the parts.
folder_libs += src/server/libserver.la
noinst_LTLIBRARIES += src/server/libserver.la
src_server_libserver_la_SOURCES = \
	src/server/agent.c \
	src/server/agent.h \
	src/server/bounds.c \
	src/server/bounds.h \
	src/server/configure.c \
	src/server/configure.h \
	src/server/confine.c \
	src/server/confine.h \
	src/server/control.c \
	src/server/control.h \
	src/server/embed.c \
	src/server/fault.c \
	src/server/fault.h \
	src/server/group.c \
	src/server/group.h \
	src/server/handover.c \
	src/server/handover.h \
	src/server/heritage.c \
	src/server/heritage.h \
	src/server/mains.c \
	src/server/mains.h \
	src/server/metrics.c \
	src/server/metrics.h \
	src/server/metrics_listeners.c \
	src/server/metrics_routes.c \
	src/server/logging.c \
	src/server/logging.h \
	src/server/open.c \
	src/server/open.h \
	src/server/page.c \
	src/server/routes.c \
	src/server/progress.c \
	src/server/progress.h \
	src/server/reach.c \
	src/server/reach.h \
	src/server/recent.c \
	src/server/recent.h \
	src/server/reload.c \
	src/server/sandbox.c \
	src/server/sandbox.h \
	src/server/server.c \
	src/server/server.h \
	src/server/setup.c \
	src/server/setup.h \
	src/server/status.c \
	src/server/trace.c \
	src/server/trace.h \
	src/server/trace_json.c \
	src/server/trace_print.c \
	src/server/view.c \
	src/server/work.c \
	src/server/work.h \
	src/server/workers.c

# The status page, put together from its parts.
page_parts = \
	src/server/page/page.html \
	src/server/page/page.css \
	src/server/page/base.js \
	src/server/page/model.js \
	src/server/page/flow.js \
	src/server/page/workers.js \
	src/server/page/routes.js \
	src/server/page/chart.js \
	src/server/page/page.js

EXTRA_DIST += src/server/page/make.sh $(page_parts)
CLEANFILES += src/server/page.inc

src/server/page.lo: src/server/page.inc
src/server/page.inc: src/server/page/make.sh $(page_parts)
	$(AM_V_at)$(MKDIR_P) src/server
	$(AM_V_GEN)$(SHELL) $(srcdir)/src/server/page/make.sh $(srcdir)/src/server/page >$@.new && mv $@.new $@

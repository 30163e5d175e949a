# include: what an embedding program and a handler may see.
noinst_HEADERS += \
	include/replyd.h \
	include/replyd/handler.h

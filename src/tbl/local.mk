# tbl: one table each, X macros.
noinst_HEADERS += \
	src/tbl/close_reason.h \
	src/tbl/counter.h \
	src/tbl/lock_rank.h

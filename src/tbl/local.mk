# tbl: one table each, X macros.
noinst_HEADERS += \
	src/tbl/call.h \
	src/tbl/close_reason.h \
	src/tbl/command.h \
	src/tbl/config_option.h \
	src/tbl/config_section.h \
	src/tbl/counter.h \
	src/tbl/ctl_option.h \
	src/tbl/event.h \
	src/tbl/field.h \
	src/tbl/load_failure.h \
	src/tbl/lock_rank.h \
	src/tbl/log_field.h \
	src/tbl/method.h \
	src/tbl/option.h \
	src/tbl/reply_field.h \
	src/tbl/setting.h \
	src/tbl/stage.h \
	src/tbl/stamp.h \
	src/tbl/status.h \
	src/tbl/status_field.h

EXTRA_DIST += src/tbl/.clang-format

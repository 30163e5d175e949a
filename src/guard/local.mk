# guard: who comes in, limits by address, and what the process itself may.
folder_libs += src/guard/libguard.la
noinst_LTLIBRARIES += src/guard/libguard.la
src_guard_libguard_la_SOURCES = \
	src/guard/admit.c \
	src/guard/admit.h \
	src/guard/bucket.c \
	src/guard/bucket.h \
	src/guard/filter.c \
	src/guard/filter.h \
	src/guard/landlock.c \
	src/guard/landlock.h \
	src/guard/limits.c \
	src/guard/limits.h \
	src/guard/privileges.c \
	src/guard/privileges.h

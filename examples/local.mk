# examples: programs with replyd inside, as their authors would build them: with the headers and the library.
example_programs = examples/hello examples/line examples/wait examples/upload
if HAVE_SQLITE
example_programs += examples/kv
endif

EXTRA_DIST += \
	examples/cluster/haproxy.cfg \
	examples/cluster/kubernetes.yaml

if TESTS_ENABLED
check_PROGRAMS += $(example_programs)
check_LTLIBRARIES += examples/module.la
endif

examples_cppflags = -I$(top_srcdir)/include
examples_hello_CPPFLAGS = $(examples_cppflags)
examples_hello_LDADD = libreplyd.la
examples_line_CPPFLAGS = $(examples_cppflags)
examples_line_LDADD = libreplyd.la
examples_wait_CPPFLAGS = $(examples_cppflags) -D_GNU_SOURCE
examples_wait_LDADD = libreplyd.la
examples_upload_CPPFLAGS = $(examples_cppflags) -D_GNU_SOURCE
examples_upload_LDADD = libreplyd.la $(ZLIB_LIBS)
# A module finds the functions of replyd/handler.h in the program that loads it.
examples_module_la_SOURCES = examples/module.c
examples_module_la_CPPFLAGS = $(examples_cppflags)
examples_module_la_LDFLAGS = $(module_ldflags)
examples_kv_CPPFLAGS = $(examples_cppflags)
examples_kv_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
examples_kv_LDADD = libreplyd.la $(SQLITE_LIBS)

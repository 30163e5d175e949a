# system: the installed program against real clients.
# To add a test, write tests/system/NAME.sh or NAME.py, executable, and add one line here. It finds the
# installed tree in $REPLYD_ROOT, in it $REPLYD, $REPLYC, $REPLYCTL and $SITE; $REPLYD_AS is what root has to say beside $REPLYD.
# Exit 77 says that it cannot run here.

# The longest first: the others fill what these leave.
system_tests += tests/system/cluster.py
system_tests += tests/system/upgrade.py
system_tests += tests/system/soak.py
system_tests += tests/system/reload.py
system_tests += tests/system/load.py

system_tests += tests/system/accesslog.py
system_tests += tests/system/browser.py
system_tests += tests/system/clients.py
system_tests += tests/system/config.sh
system_tests += tests/system/completions.sh
system_tests += tests/system/conformance.sh
system_tests += tests/system/control.py
system_tests += tests/system/daemon.py
system_tests += tests/system/drain.py
system_tests += tests/system/drawn.py
system_tests += tests/system/examples.py
system_tests += tests/system/faults.py
system_tests += tests/system/fair.py
system_tests += tests/system/fastcgi.py
system_tests += tests/system/exports.sh
system_tests += tests/system/files.sh
system_tests += tests/system/hostile.py
system_tests += tests/system/journal.py
system_tests += tests/system/logfile.py
system_tests += tests/system/mains.py
system_tests += tests/system/mandoc.sh
system_tests += tests/system/manual.sh
system_tests += tests/system/metrics.py
system_tests += tests/system/many.py
system_tests += tests/system/module.py
system_tests += tests/system/notify.py
system_tests += tests/system/passed.py
system_tests += tests/system/privileges.py
system_tests += tests/system/probes.sh
system_tests += tests/system/programs.py
system_tests += tests/system/promtool.py
system_tests += tests/system/progress.py
system_tests += tests/system/replyc.sh
system_tests += tests/system/replyctl.py
system_tests += tests/system/sandbox.py
system_tests += tests/system/service.sh
system_tests += tests/system/service_load.py
system_tests += tests/system/service_start.py
system_tests += tests/system/service_watch.py
system_tests += tests/system/site.sh
system_tests += tests/system/spool.py
system_tests += tests/system/statuspage.py
system_tests += tests/system/stages.py
system_tests += tests/system/stuck.py
system_tests += tests/system/top.py
system_tests += tests/system/trace.py
system_tests += tests/system/truncate.py
system_tests += tests/system/unix.sh
system_tests += tests/system/upload.sh

system_root = $(abs_top_builddir)/tests/system/root
check_DATA += tests/system/root.stamp

tests/system/root.stamp: $(PROGRAMS) $(MANS) $(dist_www_DATA) $(dist_pkgdata_DATA) \
		$(systemdsystemunit_DATA) $(sysusers_DATA) $(tmpfiles_DATA)
	$(AM_V_at)$(MKDIR_P) tests/system && rm -rf $(system_root)
	$(AM_V_GEN)$(MAKE) $(AM_MAKEFLAGS) install DESTDIR='$(system_root)' >tests/system/root.log
	$(AM_V_at)touch $@

EXTRA_DIST += tests/system/browser_driver.py
EXTRA_DIST += tests/system/counting.py
EXTRA_DIST += tests/system/passing.py
EXTRA_DIST += tests/system/exposition.py
EXTRA_DIST += tests/system/served.py
EXTRA_DIST += tests/system/serviced.py
EXTRA_DIST += tests/system/service-boot.sh
EXTRA_DIST += tests/system/service-container.sh
EXTRA_DIST += tests/system/terminal.py
CLEANFILES += tests/system/root.log tests/system/root.stamp

clean-system-root:
	rm -rf $(system_root)
clean-local: clean-system-root
.PHONY: clean-system-root

# Modules that tests load: one source, in several kinds.
if TESTS_ENABLED
check_LTLIBRARIES += \
	tests/system/intruder.la \
	tests/system/module_one.la \
	tests/system/module_two.la \
	tests/system/module_wrong.la \
	tests/system/module_nosymbol.la \
	tests/system/module_noname.la \
	tests/system/module_unresolved.la
endif

tests_system_intruder_la_SOURCES = tests/system/intruder_handlers.c
tests_system_intruder_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include
tests_system_intruder_la_LDFLAGS = $(module_ldflags)
tests_system_module_one_la_SOURCES = tests/system/module.c
tests_system_module_one_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include -DLABEL='"one"'
tests_system_module_one_la_LDFLAGS = $(module_ldflags)
tests_system_module_two_la_SOURCES = tests/system/module.c
tests_system_module_two_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include -DLABEL='"two"'
tests_system_module_two_la_LDFLAGS = $(module_ldflags)
tests_system_module_wrong_la_SOURCES = tests/system/module.c
tests_system_module_wrong_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include -DLABEL='"wrong"' -DWRONG_VERSION
tests_system_module_wrong_la_LDFLAGS = $(module_ldflags)
tests_system_module_nosymbol_la_SOURCES = tests/system/module.c
tests_system_module_nosymbol_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include -DLABEL='"none"' -DNO_SYMBOL
tests_system_module_nosymbol_la_LDFLAGS = $(module_ldflags)
tests_system_module_noname_la_SOURCES = tests/system/module.c
tests_system_module_noname_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include -DLABEL='"none"' -DNO_NAME
tests_system_module_noname_la_LDFLAGS = $(module_ldflags)
tests_system_module_unresolved_la_SOURCES = tests/system/module.c
tests_system_module_unresolved_la_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include -DLABEL='"none"' -DUNRESOLVED
tests_system_module_unresolved_la_LDFLAGS = $(module_ldflags)

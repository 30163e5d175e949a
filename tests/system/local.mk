# system: the installed program against real clients.
# To add a test, write tests/system/NAME.sh or NAME.py, executable, and add one line here. It finds the
# installed tree in $REPLYD_ROOT, in it $REPLYD, $REPLYC and $SITE; exit 77 says that it cannot run here.

system_tests += tests/system/browser.py
system_tests += tests/system/clients.py
system_tests += tests/system/config.sh
system_tests += tests/system/conformance.sh
system_tests += tests/system/control.py
system_tests += tests/system/drain.py
system_tests += tests/system/examples.py
system_tests += tests/system/faults.py
system_tests += tests/system/fastcgi.py
system_tests += tests/system/files.sh
system_tests += tests/system/hostile.py
system_tests += tests/system/load.py
system_tests += tests/system/manual.sh
system_tests += tests/system/many.py
system_tests += tests/system/replyc.sh
system_tests += tests/system/service.sh
system_tests += tests/system/site.sh
system_tests += tests/system/soak.py
system_tests += tests/system/truncate.py
system_tests += tests/system/unix.sh
system_tests += tests/system/upload.sh

system_root = $(abs_top_builddir)/tests/system/root
check_DATA += tests/system/root.stamp

tests/system/root.stamp: $(PROGRAMS) $(MANS) $(dist_www_DATA) $(dist_pkgdata_DATA) \
		$(systemdsystemunit_DATA)
	$(AM_V_at)$(MKDIR_P) tests/system && rm -rf $(system_root)
	$(AM_V_GEN)$(MAKE) $(AM_MAKEFLAGS) install DESTDIR='$(system_root)' >tests/system/root.log
	$(AM_V_at)touch $@

EXTRA_DIST += tests/system/browser_driver.py
EXTRA_DIST += tests/system/served.py
EXTRA_DIST += tests/system/service-container.sh
CLEANFILES += tests/system/root.log tests/system/root.stamp

clean-system-root:
	rm -rf $(system_root)
clean-local: clean-system-root
.PHONY: clean-system-root

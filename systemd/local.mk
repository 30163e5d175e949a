# systemd: the unit, with the paths of this installation.

if SYSTEMD_UNITS
systemdsystemunit_DATA = systemd/replyd.service
endif

systemd/replyd.service: systemd/replyd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd && sed \
		-e 's|@sbindir[@]|$(sbindir)|g' -e 's|@pkgdatadir[@]|$(pkgdatadir)|g' \
		$(srcdir)/systemd/replyd.service.in >$@.tmp && mv $@.tmp $@

EXTRA_DIST += systemd/replyd.service.in
CLEANFILES += systemd/replyd.service

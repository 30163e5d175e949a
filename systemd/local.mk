# systemd: the units, one alone and one for each of several configurations, with the paths of this
# installation; the account that they use; the directory of their sockets.

units = \
	systemd/replyd.service \
	systemd/replyd.socket \
	systemd/replyd@.service \
	systemd/replyd@.socket

if SYSTEMD_UNITS
systemdsystemunit_DATA = $(units)
endif
if SYSTEMD_SYSUSERS
sysusers_DATA = systemd/sysusers/replyd.conf
endif
if SYSTEMD_TMPFILES
tmpfiles_DATA = systemd/tmpfiles/replyd.conf
endif

unit = $(AM_V_GEN)$(MKDIR_P) systemd && \
	sed -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g'
unit_one = -e 's|@conf[@]|replyd|; s|@of[@]||; s|@runtimes*[@]|replyd|g; /^@instance[@]/d'
unit_each = -e 's|@conf[@]|%i|; s|@of[@]|, %i|; s|@runtime[@]|replyd/%i|g' \
	-e 's|@runtimes[@]|replyd replyd/%i|; s|^@instance[@]||'

systemd/replyd.service: systemd/replyd.service.in Makefile
	$(unit) $(unit_one) $(srcdir)/systemd/replyd.service.in >$@.tmp && mv $@.tmp $@
systemd/replyd.socket: systemd/replyd.socket.in Makefile
	$(unit) $(unit_one) $(srcdir)/systemd/replyd.socket.in >$@.tmp && mv $@.tmp $@
systemd/replyd@.service: systemd/replyd.service.in Makefile
	$(unit) $(unit_each) $(srcdir)/systemd/replyd.service.in >$@.tmp && mv $@.tmp $@
systemd/replyd@.socket: systemd/replyd.socket.in Makefile
	$(unit) $(unit_each) $(srcdir)/systemd/replyd.socket.in >$@.tmp && mv $@.tmp $@

EXTRA_DIST += \
	systemd/replyd.service.in \
	systemd/replyd.socket.in \
	systemd/sysusers/replyd.conf \
	systemd/tmpfiles/replyd.conf
CLEANFILES += $(units)

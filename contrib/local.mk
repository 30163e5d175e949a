# contrib: what other programs need to know of replyd: scripts for systems without systemd, with the paths of this
# installation; a script for bpftrace; a configuration for Prometheus. None is installed.

scripts = contrib/replyd.init contrib/replyd.openrc contrib/queue-wait.bt
noinst_SCRIPTS = $(scripts)

contrib_paths = $(AM_V_GEN)$(MKDIR_P) contrib && sed \
	-e 's|@sbindir[@]|$(sbindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g'

contrib/replyd.init: contrib/replyd.init.in Makefile
	$(contrib_paths) $(srcdir)/contrib/replyd.init.in >$@.tmp && chmod +x $@.tmp && mv $@.tmp $@
contrib/replyd.openrc: contrib/replyd.openrc.in Makefile
	$(contrib_paths) $(srcdir)/contrib/replyd.openrc.in >$@.tmp && chmod +x $@.tmp && mv $@.tmp $@

contrib/queue-wait.bt: contrib/queue-wait.bt.in Makefile
	$(contrib_paths) $(srcdir)/contrib/queue-wait.bt.in >$@.tmp && chmod +x $@.tmp && mv $@.tmp $@

EXTRA_DIST += contrib/queue-wait.bt.in
EXTRA_DIST += contrib/prometheus.yml contrib/prometheus.rules.yml
EXTRA_DIST += contrib/replyd.init.in contrib/replyd.openrc.in
CLEANFILES += $(scripts)

# share: the site that ./bootstrap run serves, and a configuration to begin with.

wwwdir = $(pkgdatadir)/www
dist_www_DATA = \
	share/www/clients.html \
	share/www/favicon.svg \
	share/www/flow.svg \
	share/www/index.html \
	share/www/style.css \
	share/www/trace.js

dist_pkgdata_DATA = share/replyd.conf

# What an administrator reads and changes: put there once, and taken away only as it was put.
confdir = $(sysconfdir)/replyd
own_conf = sed -e 's|"www"|"$(wwwdir)"|' -e 's|^\#listen "\*:80" {$$|listen "*:80" { }\n&|' \
	$(srcdir)/share/replyd.conf

install-conf:
	$(AM_V_at)$(MKDIR_P) '$(DESTDIR)$(confdir)'
	$(AM_V_at)test -e '$(DESTDIR)$(confdir)/replyd.conf' || \
		$(own_conf) >'$(DESTDIR)$(confdir)/replyd.conf'

uninstall-conf:
	$(AM_V_at)! $(own_conf) | cmp -s - '$(DESTDIR)$(confdir)/replyd.conf' || \
		rm -f '$(DESTDIR)$(confdir)/replyd.conf'

install-data-local: install-conf
uninstall-local: uninstall-conf
.PHONY: install-conf uninstall-conf

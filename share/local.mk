# share: the site that ./bootstrap run serves, a configuration to begin with, and what shells are to offer.

wwwdir = $(pkgdatadir)/www
dist_www_DATA = \
	share/www/clients.html \
	share/www/favicon.svg \
	share/www/flow.svg \
	share/www/index.html \
	share/www/style.css \
	share/www/trace.js

dist_pkgdata_DATA = share/replyd.conf

# Completions: bash looks for a file of each command's name.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = share/completions/_replyd
EXTRA_DIST += share/completions/replyd.bash

install-completions:
	$(AM_V_at)$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(AM_V_at)$(INSTALL_DATA) $(srcdir)/share/completions/replyd.bash '$(DESTDIR)$(bashcompletiondir)/replyd'
	$(AM_V_at)for name in replyc replyctl; do ln -sf replyd '$(DESTDIR)$(bashcompletiondir)/'$$name || exit; done

uninstall-completions:
	$(AM_V_at)cd '$(DESTDIR)$(bashcompletiondir)' && rm -f replyd replyc replyctl

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

install-data-local: install-conf install-completions
uninstall-local: uninstall-conf uninstall-completions
.PHONY: install-conf uninstall-conf install-completions uninstall-completions

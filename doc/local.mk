# doc: man pages, and pages on how replyd works.

dist_man_MANS += \
	doc/replyc-load.1 \
	doc/replyc.1 \
	doc/replyctl.8 \
	doc/replyd.3 \
	doc/replyd.8 \
	doc/replyd.conf.5

EXTRA_DIST += \
	doc/cluster.md \
	doc/hacking.md \
	doc/http-conformance.md \
	doc/lifecycle.md \
	doc/many-cores.md \
	doc/regulator.md \
	doc/overload.md \
	doc/security.md

# Each function is found as a page of its own, which is that one.
function_pages = $$(sed -nE '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Fn (replyd_[a-z_]+).*/\1.3/p' \
	$(srcdir)/doc/replyd.3)

install-data-hook:
	for page in $(function_pages); do $(LN_S) -f replyd.3 "$(DESTDIR)$(man3dir)/$$page" || exit 1; done

uninstall-hook:
	for page in $(function_pages); do rm -f "$(DESTDIR)$(man3dir)/$$page"; done

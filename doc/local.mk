# doc: man pages, and pages on how replyd works.

dist_man_MANS += \
	doc/replyc-load.1 \
	doc/replyc.1 \
	doc/replyd.8 \
	doc/replyd.conf.5

EXTRA_DIST += \
	doc/hacking.md \
	doc/http-conformance.md \
	doc/lifecycle.md \
	doc/overload.md

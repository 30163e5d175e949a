# doc: man pages, and pages on how replyd works.

dist_man_MANS += \
	doc/replyc.1

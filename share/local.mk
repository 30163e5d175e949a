# share: the site that ./bootstrap run serves.

wwwdir = $(pkgdatadir)/www
dist_www_DATA = \
	share/www/clients.html \
	share/www/favicon.svg \
	share/www/flow.svg \
	share/www/index.html \
	share/www/style.css \
	share/www/trace.js

# bench: measurements, never part of make check. `make bench/limit` builds the bare loop.

EXTRA_PROGRAMS += bench/limit
bench_limit_LDADD =

EXTRA_DIST += \
	bench/compare \
	bench/conf/h2o.conf \
	bench/conf/lighttpd.conf \
	bench/conf/nginx.conf \
	bench/count.lua \
	bench/servers.py

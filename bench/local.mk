# bench: measurements, never part of make check. `make bench/limit` builds the bare loop.

EXTRA_PROGRAMS += bench/limit
# It stands alone, and says itself what it needs.
bench_limit_CPPFLAGS =
bench_limit_LDADD =

EXTRA_DIST += \
	bench/README \
	bench/compare \
	bench/conf/h2o.conf \
	bench/conf/lighttpd.conf \
	bench/conf/nginx.conf \
	bench/count.lua \
	bench/hostile \
	bench/servers.py

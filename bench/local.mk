# bench: measurements, never part of make check. `make bench/limit bench/work` builds what they measure.

EXTRA_PROGRAMS += bench/limit bench/work
# It stands alone, and says itself what it needs.
bench_limit_CPPFLAGS =
bench_limit_LDADD =
bench_work_CPPFLAGS = -I$(top_srcdir)/include
bench_work_LDADD = src/libinternal.la

EXTRA_DIST += \
	bench/README \
	bench/compare \
	bench/conf/apache2.conf \
	bench/conf/h2o.conf \
	bench/conf/lighttpd.conf \
	bench/conf/nginx.conf \
	bench/conf/untimed.conf \
	bench/count.lua \
	bench/hostile \
	bench/idle \
	bench/overload \
	bench/servers.py \
	bench/work-civetweb.c

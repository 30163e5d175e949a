# bench: measurements, never part of make check. `make bench/work` builds what has replyd inside.

EXTRA_PROGRAMS += bench/work
bench_work_CPPFLAGS = -I$(top_srcdir)/include
bench_work_LDADD = src/libinternal.la

EXTRA_DIST += \
	bench/README \
	bench/RESULTS \
	bench/RESULTS.svg \
	bench/ceiling \
	bench/chart.py \
	bench/compare \
	bench/conf/apache2.conf \
	bench/conf/h2o.conf \
	bench/conf/lighttpd.conf \
	bench/conf/nginx.conf \
	bench/conf/php-fpm.conf \
	bench/conf/replyd.conf \
	bench/count.lua \
	bench/counts.py \
	bench/hostile \
	bench/idle \
	bench/limit.c \
	bench/openat.c \
	bench/overload \
	bench/program.c \
	bench/servers.py \
	bench/tests.py \
	bench/work-civetweb.c \
	bench/work-microhttpd.c \
	bench/work-module.c

# fuzz: libFuzzer programs, built by clang with --enable-fuzzers.
# To add one, write tests/fuzz/fuzz_NAME.c and add its two lines here.

if FUZZERS
fuzz_link = src/libinternal.la $(FUZZ_LIBS)
noinst_PROGRAMS += tests/fuzz/fuzz_accept
tests_fuzz_fuzz_accept_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_basic
tests_fuzz_fuzz_basic_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_cgi
tests_fuzz_fuzz_cgi_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_chunked
tests_fuzz_fuzz_chunked_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_condition
tests_fuzz_fuzz_condition_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_date
tests_fuzz_fuzz_date_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_etag
tests_fuzz_fuzz_etag_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_fastcgi
tests_fuzz_fuzz_fastcgi_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_form
tests_fuzz_fuzz_form_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_head
tests_fuzz_fuzz_head_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_html
tests_fuzz_fuzz_html_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_listing
tests_fuzz_fuzz_listing_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_log_format
tests_fuzz_fuzz_log_format_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_mime
tests_fuzz_fuzz_mime_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_network
tests_fuzz_fuzz_network_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_proxy
tests_fuzz_fuzz_proxy_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_range
tests_fuzz_fuzz_range_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_stack
tests_fuzz_fuzz_stack_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_target
tests_fuzz_fuzz_target_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_timeout
tests_fuzz_fuzz_timeout_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_units
tests_fuzz_fuzz_units_LDADD = $(fuzz_link)
noinst_PROGRAMS += tests/fuzz/fuzz_view
tests_fuzz_fuzz_view_LDADD = src/control/libcontrol.la $(fuzz_link)
endif

EXTRA_DIST += tests/fuzz/seeds

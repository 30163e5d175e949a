# unit: one Check program for each file with a rule in it.
# To add a test, write tests/unit/test_NAME.c and add one line here; it is linked with all of src and Check.

noinst_HEADERS += tests/unit/asking.h
noinst_HEADERS += tests/unit/processors.h
noinst_HEADERS += tests/unit/simulated.h
noinst_HEADERS += tests/unit/overload.h

unit_tests += tests/unit/test_accept
unit_tests += tests/unit/test_acceptor
unit_tests += tests/unit/test_access_log
unit_tests += tests/unit/test_account
unit_tests += tests/unit/test_address
unit_tests += tests/unit/test_answer
unit_tests += tests/unit/test_app
unit_tests += tests/unit/test_arena
unit_tests += tests/unit/test_auth
unit_tests += tests/unit/test_basic
unit_tests += tests/unit/test_beside
unit_tests += tests/unit/test_cache
unit_tests += tests/unit/test_cgi
unit_tests += tests/unit/test_child
unit_tests += tests/unit/test_chunked
unit_tests += tests/unit/test_client
unit_tests += tests/unit/test_condition
unit_tests += tests/unit/test_config
unit_tests += tests/unit/test_config_wrong
unit_tests += tests/unit/test_conn
unit_tests += tests/unit/test_connect
unit_tests += tests/unit/test_cors
unit_tests += tests/unit/test_counters
unit_tests += tests/unit/test_date
unit_tests += tests/unit/test_embed
unit_tests += tests/unit/test_embed_run
unit_tests += tests/unit/test_encode
unit_tests += tests/unit/test_environment
unit_tests += tests/unit/test_etag
unit_tests += tests/unit/test_faults
unit_tests += tests/unit/test_exposition
unit_tests += tests/unit/test_feed
unit_tests += tests/unit/test_fair
unit_tests += tests/unit/test_fastcgi
unit_tests += tests/unit/test_figure
unit_tests += tests/unit/test_form
unit_tests += tests/unit/test_framing
unit_tests += tests/unit/test_generation
unit_tests += tests/unit/test_head
unit_tests += tests/unit/test_histogram
unit_tests += tests/unit/test_html
unit_tests += tests/unit/test_json
unit_tests += tests/unit/test_limits
unit_tests += tests/unit/test_line
unit_tests += tests/unit/test_list
unit_tests += tests/unit/test_listing
unit_tests += tests/unit/test_log_format
unit_tests += tests/unit/test_meter
unit_tests += tests/unit/test_mime
unit_tests += tests/unit/test_netstat
unit_tests += tests/unit/test_network
unit_tests += tests/unit/test_outbox
unit_tests += tests/unit/test_output
unit_tests += tests/unit/test_pages
unit_tests += tests/unit/test_paint
unit_tests += tests/unit/test_park
unit_tests += tests/unit/test_plot
unit_tests += tests/unit/test_pool
unit_tests += tests/unit/test_privileges
unit_tests += tests/unit/test_proxy
unit_tests += tests/unit/test_queue
unit_tests += tests/unit/test_queue_threads
unit_tests += tests/unit/test_range
unit_tests += tests/unit/test_recent
unit_tests += tests/unit/test_redirect
unit_tests += tests/unit/test_regulate
unit_tests += tests/unit/test_regulate_sim
unit_tests += tests/unit/test_reload
unit_tests += tests/unit/test_reply
unit_tests += tests/unit/test_request
unit_tests += tests/unit/test_route
unit_tests += tests/unit/test_scale
unit_tests += tests/unit/test_schedule
unit_tests += tests/unit/test_scribe
unit_tests += tests/unit/test_shed
unit_tests += tests/unit/test_show
unit_tests += tests/unit/test_spawn
unit_tests += tests/unit/test_spawner
unit_tests += tests/unit/test_spool
unit_tests += tests/unit/test_stack
unit_tests += tests/unit/test_stack_end
unit_tests += tests/unit/test_stages
unit_tests += tests/unit/test_story
unit_tests += tests/unit/test_stuck
unit_tests += tests/unit/test_target
unit_tests += tests/unit/test_timeline
unit_tests += tests/unit/test_timeout
unit_tests += tests/unit/test_tty
unit_tests += tests/unit/test_units
unit_tests += tests/unit/test_upload
unit_tests += tests/unit/test_url
unit_tests += tests/unit/test_variant
unit_tests += tests/unit/test_waiting
unit_tests += tests/unit/test_weight
unit_tests += tests/unit/test_worker

noinst_HEADERS += tests/unit/configured.h
noinst_HEADERS += tests/unit/embedded.h
noinst_HEADERS += tests/unit/failing.h
noinst_HEADERS += tests/unit/pooled.h
noinst_HEADERS += tests/unit/running.h
noinst_HEADERS += tests/unit/served.h
noinst_HEADERS += tests/unit/stack.h

# What our own sources ask of the system goes by tests/unit/failing.h.
wrap = -Wl,--wrap=
tests_unit_test_faults_LDFLAGS = $(AM_LDFLAGS) \
	$(wrap)malloc $(wrap)calloc $(wrap)realloc $(wrap)reallocarray $(wrap)aligned_alloc \
	$(wrap)strdup $(wrap)strndup $(wrap)fmemopen $(wrap)fdopendir \
	$(wrap)asprintf $(wrap)__asprintf_chk $(wrap)vasprintf $(wrap)__vasprintf_chk \
	$(wrap)open64 $(wrap)openat64 $(wrap)mkostemp64 $(wrap)syscall $(wrap)mmap64 \
	$(wrap)read $(wrap)write $(wrap)pread64 $(wrap)fsync $(wrap)renameat $(wrap)linkat \
	$(wrap)rd_clock_wall_s

# tests: what make check runs, and what each test finds in its environment.

unit_tests =
dialogues =
system_tests =
models =

include tests/unit/local.mk
include tests/dialogue/local.mk
include tests/system/local.mk
include tests/fuzz/local.mk
include tests/model/local.mk

scripted_tests = tests/lint tests/lint-selftest tests/dialogue/selftest $(system_tests) $(models)

if TESTS_ENABLED
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests) $(dialogues) $(scripted_tests)
endif

EXTRA_DIST += $(dialogues) $(scripted_tests)

# A sanitizer's finding fails the test that met it.
AM_TESTS_ENVIRONMENT = \
	ASAN_OPTIONS=$${ASAN_OPTIONS-detect_leaks=1:detect_stack_use_after_return=1}; \
	UBSAN_OPTIONS=$${UBSAN_OPTIONS-print_stacktrace=1}; \
	TSAN_OPTIONS=$${TSAN_OPTIONS-halt_on_error=1:second_deadlock_stack=1}; \
	CK_TIMEOUT_MULTIPLIER=5; \
	top_srcdir='$(abs_top_srcdir)'; top_builddir='$(abs_top_builddir)'; \
	REPLYD_AS=`[ "$$(id -u)" != 0 ] || echo --user=root`; export REPLYD_AS; \
	export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS CK_TIMEOUT_MULTIPLIER top_srcdir top_builddir;

TEST_EXTENSIONS = .dlg .py .sh
dialogue_programs = env \
	REPLYD='$(abs_top_builddir)/src/daemon/replyd' \
	TESTD='$(abs_top_builddir)/tests/dialogue/testd'
DLG_LOG_COMPILER = $(dialogue_programs) $(PYTHON) $(srcdir)/tests/dialogue/run
installed = env \
	REPLYD_ROOT='$(system_root)' \
	REPLYD='$(system_root)$(sbindir)/replyd' \
	REPLYC='$(system_root)$(bindir)/replyc' \
	REPLYCTL='$(system_root)$(sbindir)/replyctl' \
	SITE='$(system_root)$(pkgdatadir)/www'
SH_LOG_COMPILER = $(installed)
PY_LOG_COMPILER = $(installed) $(PYTHON)

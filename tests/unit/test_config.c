/*
 * test_config - a configuration file: what it says. test_config_wrong has what is wrong in one.
 */
#include "configured.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	enum rd_option option;
	uint64_t number;
} defaults[] = {
	{ WORKERS_min, 1 },	    { WORKERS_stack, 262144 }, { WORKERS_idle, 10000 },
	{ WORKERS_concurrency, 0 }, { WORKERS_max, 64 },       { QUEUE_length, 8192 },
	{ DRAIN_limit, 10000 },	    { BODY_max, 1048576 },     { DEADLINES_head, 10000 },
	{ DEADLINES_idle, 60000 },  { DEADLINES_body, 30000 }, { DEADLINES_write, 30000 },
	{ LIMITS_line, 8192 },	    { LIMITS_field, 8192 },    { LIMITS_head, 32768 },
	{ LIMITS_fields, 100 },	    { LIMITS_body_rate, 500 }, { LIMITS_write_rate, 500 },
};

START_TEST(by_default)
{
	char why[RD_CONFIG_WHY];
	struct rd_config *config = load(ROUTE("text = a"), why);
	const struct rd_value *value;

	ck_assert_ptr_nonnull(config);
	value = rd_config_value(rd_config_root(config), defaults[_i].option);
	ck_assert_int_eq(value->where.line, 0);
	ck_assert_uint_eq(value->number, defaults[_i].number);
	rd_config_free(config);
}
END_TEST

/* Every option, once. The line of each is its place in this table + 1. */
static const struct {
	const char *line;
	enum rd_section_kind in[4]; /* from the outside in */
	enum rd_option option;
	const char *text;
	uint64_t number;
} every[] = {
	{ "workers { max = 3", { SECTION_WORKERS }, WORKERS_max, "3", 3 },
	{ "min = 2", { SECTION_WORKERS }, WORKERS_min, "2", 2 },
	{ "idle = 1m", { SECTION_WORKERS }, WORKERS_idle, "1m", 60000 },
	{ "stack = 1MiB", { SECTION_WORKERS }, WORKERS_stack, "1MiB", 1048576 },
	{ "concurrency = 5 }", { SECTION_WORKERS }, WORKERS_concurrency, "5", 5 },
	{ "access_log { to = l/a.log", { SECTION_ACCESS_LOG }, ACCESS_LOG_to, "l/a.log", 0 },
	{ "format = json }", { SECTION_ACCESS_LOG }, ACCESS_LOG_format, "json", 0 },
	{ "control { listen = \"unix:c\" }", { SECTION_CONTROL }, CONTROL_listen, "unix:c", 0 },
	{ "queue { length = 4 }", { SECTION_QUEUE }, QUEUE_length, "4", 4 },
	{ "drain { limit = 0s }", { SECTION_DRAIN }, DRAIN_limit, "0s", 0 },
	{ "body { max = 0", { SECTION_BODY }, BODY_max, "0", 0 },
	{ "directory = /tmp }", { SECTION_BODY }, BODY_directory, "/tmp", 0 },
	{ "types { file = m/mime.types", { SECTION_TYPES }, TYPES_file, "m/mime.types", 0 },
	{ "add = \"text/x-a a\" }", { SECTION_TYPES }, TYPES_add, "text/x-a a", 0 },
	{ "listen \"127.0.0.1:0\" { protocol = line",
	  { SECTION_LISTEN },
	  LISTEN_protocol,
	  "line",
	  1 },
	{ "deadlines { head = 1s",
	  { SECTION_LISTEN, SECTION_DEADLINES },
	  DEADLINES_head,
	  "1s",
	  1000 },
	{ "idle = 1d", { SECTION_LISTEN, SECTION_DEADLINES }, DEADLINES_idle, "1d", 86400000 },
	{ "body = 10ms", { SECTION_LISTEN, SECTION_DEADLINES }, DEADLINES_body, "10ms", 10 },
	{ "write = 2m }", { SECTION_LISTEN, SECTION_DEADLINES }, DEADLINES_write, "2m", 120000 },
	{ "limits { line = 64", { SECTION_LISTEN, SECTION_LIMITS }, LIMITS_line, "64", 64 },
	{ "field = 1KiB", { SECTION_LISTEN, SECTION_LIMITS }, LIMITS_field, "1KiB", 1024 },
	{ "head = 64KiB", { SECTION_LISTEN, SECTION_LIMITS }, LIMITS_head, "64KiB", 65536 },
	{ "fields = 1", { SECTION_LISTEN, SECTION_LIMITS }, LIMITS_fields, "1", 1 },
	{ "write_rate = 1KiB",
	  { SECTION_LISTEN, SECTION_LIMITS },
	  LIMITS_write_rate,
	  "1KiB",
	  1024 },
	{ "body_rate = 1B } }", { SECTION_LISTEN, SECTION_LIMITS }, LIMITS_body_rate, "1B", 1 },
	{ "host \"*.Example.org\" { route \"/files/\" { files = \"../a b\"",
	  { SECTION_HOST, SECTION_ROUTE },
	  ROUTE_files,
	  "../a b",
	  0 },
	{ "list = yes", { SECTION_HOST, SECTION_ROUTE }, ROUTE_list, "yes", 1 },
	{ "fields = {\"X-A: b: c\"}",
	  { SECTION_HOST, SECTION_ROUTE },
	  ROUTE_fields,
	  "X-A: b: c",
	  0 },
	{ "cache = 90s", { SECTION_HOST, SECTION_ROUTE }, ROUTE_cache, "90s", 90000 },
	{ "body_max = 20MiB", { SECTION_HOST, SECTION_ROUTE }, ROUTE_body_max, "20MiB", 20971520 },
	{ "auth { realm = 'a \"b\"'",
	  { SECTION_HOST, SECTION_ROUTE, SECTION_AUTH },
	  AUTH_realm,
	  "a \"b\"",
	  0 },
	{ "file = users }", { SECTION_HOST, SECTION_ROUTE, SECTION_AUTH }, AUTH_file, "users", 0 },
	{ "cors { origins = \"https://a.example:444\"",
	  { SECTION_HOST, SECTION_ROUTE, SECTION_CORS },
	  CORS_origins,
	  "https://a.example:444",
	  0 },
	{ "methods = {PUT}",
	  { SECTION_HOST, SECTION_ROUTE, SECTION_CORS },
	  CORS_methods,
	  "PUT",
	  0 },
	{ "headers = {X-A}",
	  { SECTION_HOST, SECTION_ROUTE, SECTION_CORS },
	  CORS_headers,
	  "X-A",
	  0 },
	{ "max_age = 5m",
	  { SECTION_HOST, SECTION_ROUTE, SECTION_CORS },
	  CORS_max_age,
	  "5m",
	  300000 },
	{ "credentials = on } }",
	  { SECTION_HOST, SECTION_ROUTE, SECTION_CORS },
	  CORS_credentials,
	  "on",
	  1 },
	{ "error_page \"599\" { file = e.html } }",
	  { SECTION_HOST, SECTION_PAGE },
	  PAGE_file,
	  "e.html",
	  0 },
};

static const char others[] =
	"host \"[::1]\" {\n"
	"route \"/\" { upload = \"/in\" delete = true }\n"
	"route \"/r\" { redirect = \"/s\" rest = off status = 308 }\n"
	"route \"/t\" { text = \"u\\n\" type = \"text/x-v; w=x\" status = 404 }\n"
	"}\n";

START_TEST(every_option)
{
	char text[4096] = "", why[RD_CONFIG_WHY] = "";
	struct rd_config *config;
	const struct rd_section *s;
	const struct rd_value *value;

	for (int i = 0; i < COUNT(every); i++) {
		strcat(text, every[i].line);
		strcat(text, "\n");
	}
	strcat(text, others);
	config = load(text, why);
	ck_assert_msg(config != NULL, "%s", why);
	s = rd_config_root(config);
	for (int i = 0; i < 4 && every[_i].in[i]; i++)
		ck_assert_ptr_nonnull(s = rd_config_next(s, every[_i].in[i], NULL));
	value = rd_config_value(s, every[_i].option);
	ck_assert_int_eq(value->where.line, _i + 1);
	ck_assert_str_eq(value->where.file, "t.conf");
	ck_assert_str_eq(value->text, every[_i].text);
	if (value->count == 0)
		ck_assert_uint_eq(value->number, every[_i].number);
	else
		ck_assert_str_eq(value->list[0], every[_i].text);
	rd_config_free(config);
}
END_TEST

START_TEST(other_routes)
{
	char why[RD_CONFIG_WHY] = "";
	struct rd_config *config = load(others, why);
	const struct rd_section *host, *up, *to, *text;

	ck_assert_msg(config != NULL, "%s", why);
	host = rd_config_next(rd_config_root(config), SECTION_HOST, NULL);
	ck_assert_str_eq(host->title, "[::1]");
	up = rd_config_next(host, SECTION_ROUTE, NULL);
	to = rd_config_next(host, SECTION_ROUTE, up);
	text = rd_config_next(host, SECTION_ROUTE, to);
	ck_assert_ptr_null(rd_config_next(host, SECTION_ROUTE, text));
	ck_assert_str_eq(rd_config_value(up, ROUTE_upload)->text, "/in");
	ck_assert_uint_eq(rd_config_value(up, ROUTE_delete)->number, 1);
	ck_assert_str_eq(rd_config_value(to, ROUTE_redirect)->text, "/s");
	ck_assert_uint_eq(rd_config_value(to, ROUTE_rest)->number, 0);
	ck_assert_uint_eq(rd_config_value(to, ROUTE_status)->number, 308);
	ck_assert_int_eq(to->where.line, 3);
	ck_assert_str_eq(rd_config_value(text, ROUTE_text)->text, "u\n");
	ck_assert_str_eq(rd_config_value(text, ROUTE_type)->text, "text/x-v; w=x");
	/* nothing of its neighbours */
	ck_assert_ptr_null(rd_config_value(text, ROUTE_upload)->text);
	ck_assert_int_eq(rd_config_value(up, ROUTE_status)->where.line, 0);
	rd_config_free(config);
}
END_TEST

/* A listener says some; the file says others; the rest is the default. */
START_TEST(said_around)
{
	char why[RD_CONFIG_WHY];
	struct rd_config *config = load("listen \"a:1\" { deadlines { head = 1s } }\n"
					"listen \"a:2\" { }\n"
					"deadlines { head = 2s idle = 3s }\n" ROUTE("text = a"),
					why);
	const struct rd_section *one, *two;

	ck_assert_ptr_nonnull(config);
	one = rd_config_next(rd_config_root(config), SECTION_LISTEN, NULL);
	two = rd_config_next(rd_config_root(config), SECTION_LISTEN, one);
	ck_assert_uint_eq(rd_config_value(one, DEADLINES_head)->number, 1000);
	ck_assert_uint_eq(rd_config_value(one, DEADLINES_idle)->number, 3000);
	ck_assert_uint_eq(rd_config_value(one, DEADLINES_write)->number, 30000);
	ck_assert_uint_eq(rd_config_value(two, DEADLINES_head)->number, 2000);
	rd_config_free(config);
}
END_TEST

START_TEST(list_in_parts)
{
	char why[RD_CONFIG_WHY] = "";
	struct rd_config *config =
		load(ROUTE("text = a fields = {\"A: 1\", \"B: 2\"}\n"
			   "fields += {\"C: 3\"} fields += {\"D: 4\", \"E: 5\"}"),
		     why);
	const struct rd_value *fields;

	ck_assert_msg(config != NULL, "%s", why);
	fields = rd_config_value(rd_config_next(rd_config_root(config), SECTION_ROUTE, NULL),
				 ROUTE_fields);
	ck_assert_uint_eq(fields->count, 5);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(fields->list[i][0], 'A' + i);
		ck_assert_int_eq(fields->list[i][3], '1' + i);
	}
	ck_assert_ptr_null(fields->list[5]);
	rd_config_free(config);
}
END_TEST

START_TEST(paths_from_the_file)
{
	char why[RD_CONFIG_WHY] = "";
	struct rd_config *config;
	const struct rd_section *route;

	write_file("sub.conf", ROUTE("files = www") "include(\"good.conf\")\n");
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(why, sizeof(why), "%s/sub.conf", directory + 1);
	config = rd_config_load(why, why);
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_msg(config != NULL, "%s", why);
	route = rd_config_next(rd_config_root(config), SECTION_ROUTE, NULL);
	snprintf(why, sizeof(why), "%s/www", directory + 1);
	ck_assert_str_eq(rd_config_value(route, ROUTE_files)->text, why);
	rd_config_free(config);
}
END_TEST

START_TEST(environment)
{
	char why[RD_CONFIG_WHY] = "";
	struct rd_config *config;

	setenv("REPLYD_TEST", "/srv", 1);
	config = load(ROUTE("files = \"${REPLYD_TEST}/www\""), why);
	ck_assert_msg(config != NULL, "%s", why);
	ck_assert_str_eq(
		rd_config_value(rd_config_next(rd_config_root(config), SECTION_ROUTE, NULL),
				ROUTE_files)
			->text,
		"/srv/www");
	rd_config_free(config);
}
END_TEST

static void end(void)
{
	unlink("sub.conf");
	directory_leave();
}

int main(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = tcase_create("config");
	SRunner *runner;
	int failed;

	tcase_add_unchecked_fixture(tcase, directory_enter, end);
	tcase_add_loop_test(tcase, by_default, 0, COUNT(defaults));
	tcase_add_loop_test(tcase, every_option, 0, COUNT(every));
	tcase_add_test(tcase, other_routes);
	tcase_add_test(tcase, said_around);
	tcase_add_test(tcase, list_in_parts);
	tcase_add_test(tcase, paths_from_the_file);
	tcase_add_test(tcase, environment);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

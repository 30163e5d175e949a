/* test_environment - an exchange as meta-variables: which there are, and what they say. */
#include "app/environment.h"

#include "asking.h"

static struct rd_buffer block;
static struct rd_environment how;

static const char *link_client(struct replyd_exchange *exchange)
{
	(void)exchange;
	return "192.0.2.1";
}

static const char *link_unix(struct replyd_exchange *exchange)
{
	(void)exchange;
	return "unix";
}

static const char *link_server(struct replyd_exchange *exchange)
{
	(void)exchange;
	return "[2001:db8::1]:8080";
}

static struct rd_link by;

static void begin(void)
{
	by = (struct rd_link){ .client = link_client, .server = link_server };
	how = (struct rd_environment){ 0 };
}

static void end(void)
{
	rd_buffer_free(&block);
	rd_exchange_end(&x);
}

static void make(const char *line, const char *fields, size_t rest)
{
	ask(line, fields ? fields : "Host: t\r\n");
	if (!fields) /* as in HTTP/1.0, which may say none */
		x.framing.host = (struct rd_span){ NULL, 0 };
	x.link = &by;
	x.rest = rest;
	block.len = 0;
	ck_assert(rd_environment_add(&x, &how, &block));
}

/* The value of a variable, which is there once; NULL when it is not. */
static const char *value(const char *name)
{
	const char *found = NULL;
	size_t len = strlen(name);

	for (const char *at = block.at; at < block.at + block.len; at += strlen(at) + 1) {
		if (strncmp(at, name, len) != 0 || at[len] != '=')
			continue;
		ck_assert_msg(!found, "%s is there twice", name);
		found = at + len + 1;
	}
	return found;
}

START_TEST(paths)
{
	how.root = "/srv/root";
	make("GET /p/a%20b/C?x=%20+y", "Host: t\r\n", 2);
	ck_assert_str_eq(value("SCRIPT_NAME"), "/p");
	ck_assert_str_eq(value("PATH_INFO"), "/a b/C");
	ck_assert_str_eq(value("PATH_TRANSLATED"), "/srv/root/a b/C");
	ck_assert_str_eq(value("DOCUMENT_ROOT"), "/srv/root");
	ck_assert_str_eq(value("QUERY_STRING"), "x=%20+y");
	ck_assert_str_eq(value("REQUEST_URI"), "/p/a%20b/C?x=%20+y");
	make("GET /p", "Host: t\r\n", 2);
	ck_assert_str_eq(value("SCRIPT_NAME"), "/p");
	ck_assert_str_eq(value("PATH_INFO"), "");
	ck_assert_ptr_null(value("PATH_TRANSLATED"));
	ck_assert_str_eq(value("QUERY_STRING"), "");
	how = (struct rd_environment){ .script = "/other.php", .info = "/more", .filename = "/f" };
	make("GET /p", "Host: t\r\n", 2);
	ck_assert_str_eq(value("SCRIPT_NAME"), "/other.php");
	ck_assert_str_eq(value("PATH_INFO"), "/more");
	ck_assert_str_eq(value("SCRIPT_FILENAME"), "/f");
	ck_assert_ptr_null(value("PATH_TRANSLATED"));
	ck_assert_ptr_null(value("DOCUMENT_ROOT"));
}
END_TEST

static const struct {
	const char *line, *fields, *name, *port;
} servers[] = {
	{ "GET /", "Host: a.example\r\n", "a.example", "80" },
	{ "GET /", "Host: a.example:81\r\n", "a.example", "81" },
	{ "GET /", "Host: a.example:\r\n", "a.example", "80" },
	{ "GET /", "Host: [::1]\r\n", "[::1]", "80" },
	{ "GET /", "Host: [::1]:81\r\n", "[::1]", "81" },
	{ "GET http://b.example:82/", "Host: a.example:81\r\n", "b.example", "82" },
	{ "GET /", NULL, "[2001:db8::1]", "8080" },
};

START_TEST(server)
{
	make(servers[_i].line, servers[_i].fields, 0);
	ck_assert_str_eq(value("SERVER_NAME"), servers[_i].name);
	ck_assert_str_eq(value("SERVER_PORT"), servers[_i].port);
}
END_TEST

START_TEST(no_link)
{
	by.server = NULL;
	make("GET /", NULL, 0);
	ck_assert_str_eq(value("SERVER_NAME"), "localhost");
	ck_assert_str_eq(value("SERVER_PORT"), "80");
}
END_TEST

START_TEST(client)
{
	make("GET /", "Host: t\r\nX-Request-Id: id-1\r\n", 0);
	ck_assert_str_eq(value("REMOTE_ADDR"), "192.0.2.1");
	ck_assert_str_eq(value("REMOTE_HOST"), "192.0.2.1");
	ck_assert_str_eq(value("REQUEST_ID"), "id-1");
	ck_assert_ptr_null(value("AUTH_TYPE"));
	ck_assert_ptr_null(value("REMOTE_USER"));
	by.client = link_unix;
	make("GET /", "Host: t\r\n", 0);
	ck_assert_str_eq(value("REMOTE_ADDR"), "unix:");
}
END_TEST

START_TEST(body)
{
	make("POST /", "Host: t\r\nContent-Length: 0\r\n", 0);
	ck_assert_str_eq(value("CONTENT_LENGTH"), "0");
	ck_assert_ptr_null(value("CONTENT_TYPE"));
	make("POST /", "Host: t\r\nContent-Type: a/b\r\n", 0);
	ck_assert_ptr_null(value("CONTENT_LENGTH"));
	ck_assert_str_eq(value("CONTENT_TYPE"), "a/b");
	ask("POST /", "Host: t\r\nTransfer-Encoding: chunked\r\n");
	x.link = &by;
	x.content_len = 12;
	block.len = 0;
	ck_assert(rd_environment_add(&x, &how, &block));
	ck_assert_str_eq(value("CONTENT_LENGTH"), "12");
}
END_TEST

START_TEST(fields)
{
	make("GET /",
	     "Host: t\r\nX-Own: a\r\nx-own: b\r\nAccept: */*\r\nX.Dot!: c\r\nX_Under: d\r\n"
	     "Proxy: e\r\nAuthorization: f\r\nProxy-Authorization: g\r\nConnection: close\r\n"
	     "TE: trailers\r\nContent-Length: 0\r\nCookie: h\r\n",
	     0);
	ck_assert_str_eq(value("HTTP_HOST"), "t");
	ck_assert_str_eq(value("HTTP_X_OWN"), "a, b");
	ck_assert_str_eq(value("HTTP_ACCEPT"), "*/*");
	ck_assert_str_eq(value("HTTP_X_DOT_"), "c");
	ck_assert_str_eq(value("HTTP_COOKIE"), "h");
	ck_assert_ptr_null(value("HTTP_X_UNDER"));
	ck_assert_ptr_null(value("HTTP_PROXY"));
	ck_assert_ptr_null(value("HTTP_AUTHORIZATION"));
	ck_assert_ptr_null(value("HTTP_PROXY_AUTHORIZATION"));
	ck_assert_ptr_null(value("HTTP_CONNECTION"));
	ck_assert_ptr_null(value("HTTP_TE"));
	ck_assert_ptr_null(value("HTTP_CONTENT_LENGTH"));
}
END_TEST

/* A name that is too long for a variable has none. */
START_TEST(long_name)
{
	char line[400] = "Host: t\r\nX", name[300] = "HTTP_X";

	memset(line + 10, 'a', 249);
	strcpy(line + 259, ": v\r\n");
	memset(name + 6, 'A', 249);
	make("GET /", line, 0);
	ck_assert_str_eq(value(name), "v");
	memset(line + 10, 'a', 250);
	strcpy(line + 260, ": v\r\n");
	name[255] = 'A';
	make("GET /", line, 0);
	ck_assert_ptr_null(value(name));
}
END_TEST

/* What the configuration says comes in place of what is asked. */
START_TEST(more)
{
	static const char *const own[] = { "HTTP_X_OWN=own", "EXTRA=", "SERVER_NAME=s", NULL };

	how.more = own;
	make("GET /", "Host: t\r\nX-Own: a\r\nX-Own-Two: b\r\n", 0);
	ck_assert_str_eq(value("HTTP_X_OWN"), "own");
	ck_assert_str_eq(value("HTTP_X_OWN_TWO"), "b");
	ck_assert_str_eq(value("EXTRA"), "");
	ck_assert_str_eq(value("SERVER_NAME"), "s");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("environment");
	TCase *tcase = tcase_create("environment");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, paths);
	tcase_add_loop_test(tcase, server, 0, (int)(sizeof(servers) / sizeof(*servers)));
	tcase_add_test(tcase, no_link);
	tcase_add_test(tcase, client);
	tcase_add_test(tcase, body);
	tcase_add_test(tcase, fields);
	tcase_add_test(tcase, long_name);
	tcase_add_test(tcase, more);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

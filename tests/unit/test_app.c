/*
 * test_app - which host and route answer, who is admitted, what every reply of a route says.
 */
#include "app/app.h"
#include "app/auth.h"
#include "app/cors.h"
#include "app/pages.h"

#include "asking.h"

#include <limits.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static struct rd_app app;

/* What the handler does next. */
static struct {
	int gives, status;
	const char *type;
	unsigned called;
} handler;

static int perform(struct replyd_exchange *e, void *data)
{
	(void)data;
	handler.called++;
	if (handler.status)
		rd_reply_bytes(&e->reply, handler.status, handler.type, "hello", 5, NULL, NULL);
	return handler.gives;
}

static const struct rd_handler reads = { .name = "reads", .perform = perform };
static const struct rd_handler writes = {
	.name = "writes",
	.methods = 1u << METHOD_PUT | 1u << METHOD_DELETE,
	.perform = perform,
};
static const struct rd_handler posts = {
	.name = "posts",
	.methods = 1u << METHOD_POST,
	.perform = perform,
};
static const struct rd_handler options = {
	.name = "options",
	.methods = 1u << METHOD_OPTIONS,
	.perform = perform,
};
static const struct rd_handler all = {
	.name = "all",
	.methods = RD_METHODS_ANY | 1u << METHOD_OPTIONS,
	.perform = perform,
};

static struct rd_route *add(const char *host, const char *prefix, const struct rd_handler *h)
{
	struct rd_host *at = rd_app_host(&app, host);
	struct rd_route *route;

	ck_assert_ptr_nonnull(at);
	route = rd_router_add(&at->router, 0, prefix, true, h, NULL);
	ck_assert_ptr_nonnull(route);
	return route;
}

static void setup(void)
{
	app = (struct rd_app){ 0 };
	handler.gives = 0;
	handler.status = 200;
	handler.type = NULL;
	handler.called = 0;
}

static void teardown(void)
{
	rd_app_free(&app);
}

/* As serve does it; the status. */
static int exchange(const char *line, const char *fields)
{
	int status;

	ask(line, fields);
	status = rd_app_find(&app, &x);
	if (!status)
		status = rd_app_admit(&x);
	if (!status)
		status = x.route->handler.perform(&x, x.route->data);
	rd_app_end(&x, status);
	return x.reply.status;
}

static void done(void)
{
	rd_body_release(&x.reply.body);
}

static const struct {
	const char *line, *fields;
	const char *host; /* that answers; NULL: 421 */
} hosts[] = {
	{ "GET /", "Host: a.example\r\n", "a.example" },
	{ "GET /", "Host: A.Example\r\n", "a.example" },
	{ "GET /", "Host: a.example:8080\r\n", "a.example" },
	{ "GET /", "Host: a.example:\r\n", "a.example" },
	{ "GET /", "Host: a.example.\r\n", "a.example" },
	{ "GET /", "Host: a.example.:80\r\n", "a.example" },
	{ "GET /", "Host: www.a.example\r\n", "*.a.example" },
	{ "GET /", "Host: x.y.a.example:1\r\n", "*.a.example" },
	{ "GET /", "Host: x.b.a.example\r\n", "*.b.a.example" },
	{ "GET /", "Host: b.a.example\r\n", "*.a.example" },
	{ "GET /", "Host: c.b.a.example\r\n", "c.b.a.example" },
	{ "GET /", "Host: xa.example\r\n", NULL },
	{ "GET /", "Host: example\r\n", NULL },
	{ "GET /", "Host: a.example.evil\r\n", NULL },
	{ "GET /", "Host: [::1]\r\n", "[::1]" },
	{ "GET /", "Host: [::1]:8080\r\n", "[::1]" },
	{ "GET /", "Host: [::2]\r\n", NULL },
	{ "GET /", "Host: 127.0.0.1:80\r\n", "127.0.0.1" },
	{ "GET http://a.example/", "Host: other\r\n", "a.example" }, /* RFC 9112 §3.2.2 */
	{ "GET http://other/", "Host: a.example\r\n", NULL },
	{ "OPTIONS *", "Host: a.example\r\n", "a.example" },
	{ "OPTIONS *", "Host: other\r\n", NULL },
};

static void add_hosts(void)
{
	static const char *const names[] = { "*.a.example", "a.example",     "[::1]",
					     "127.0.0.1",   "*.b.a.example", "c.b.a.example" };

	for (int i = 0; i < COUNT(names); i++)
		add(names[i], "/", &reads);
}

START_TEST(host)
{
	add_hosts();
	if (_i % 2) /* in whichever order they come, also twice */
		ck_assert_ptr_eq(rd_app_host(&app, "A.EXAMPLE"), rd_app_host(&app, "a.example"));
	exchange(hosts[_i].line, hosts[_i].fields);
	if (hosts[_i].host)
		ck_assert_str_eq(x.host->name, hosts[_i].host);
	else
		ck_assert_int_eq(x.reply.status, 421);
	done();
}
END_TEST

/* With one that is any, which is made first, the others still come before it. */
START_TEST(host_any)
{
	add("", "/", &reads);
	add_hosts();
	exchange(hosts[_i].line, hosts[_i].fields);
	ck_assert_str_eq(x.host->name, hosts[_i].host ? hosts[_i].host : "");
	ck_assert_int_ne(x.reply.status, 421);
	done();
}
END_TEST

START_TEST(host_absent)
{
	add("", "/", &reads);
	ask("GET /", "Host: t\r\n");
	x.framing.host = (struct rd_span){ NULL, 0 }; /* as 1.0 may be */
	ck_assert_int_eq(rd_app_find(&app, &x), 0);
	ck_assert_str_eq(x.host->name, "");
}
END_TEST

START_TEST(routes)
{
	struct rd_route *a = add("", "/a", &reads), *b = add("", "/a/b/", &reads);

	add("other", "/", &reads);
	ck_assert_ptr_null(
		rd_router_add(&rd_app_host(&app, "")->router, 0, "/a/", true, &reads, NULL));
	ck_assert_int_eq(exchange("GET /a", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, a);
	ck_assert_int_eq(exchange("GET /a/c", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, a);
	ck_assert_int_eq(exchange("GET /a/b?c", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, b);
	ck_assert_int_eq(exchange("GET /a/bc", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, a);
	ck_assert_int_eq(exchange("GET /ab", "Host: t\r\n"), 404);
	ck_assert_ptr_null(x.route);
	done();
	ck_assert_int_eq(exchange("GET /ab", "Host: other\r\n"), 200);
}
END_TEST

static const struct {
	const struct rd_handler *handler;
	const char *line;
	int status;
	const char *allow; /* or NULL */
} methods[] = {
	{ &reads, "GET /", 200, NULL },
	{ &reads, "HEAD /", 200, NULL },
	{ &reads, "POST /", 405, "GET, HEAD, OPTIONS" },
	{ &reads, "TRACE /", 405, "GET, HEAD, OPTIONS" },
	{ &reads, "OPTIONS /", 204, "GET, HEAD, OPTIONS" },
	{ &reads, "OPTIONS *", 204, "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH" },
	{ &writes, "PUT /", 200, NULL },
	{ &writes, "GET /", 405, "PUT, DELETE, OPTIONS" },
	{ &writes, "OPTIONS /", 204, "PUT, DELETE, OPTIONS" },
	{ &all, "PATCH /", 200, NULL },
	{ &all, "OPTIONS /", 200, NULL },
	{ &all, "TRACE /", 405, "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH" },
};

START_TEST(method)
{
	const char *allow;

	add("", "/", methods[_i].handler);
	ck_assert_int_eq(exchange(methods[_i].line, "Host: t\r\n"), methods[_i].status);
	ck_assert_uint_eq(handler.called, methods[_i].status == 200);
	allow = says("Allow");
	ck_assert_int_eq(allow != NULL, methods[_i].allow != NULL);
	if (allow)
		ck_assert_str_eq(allow, methods[_i].allow);
	if (methods[_i].status == 204) {
		ck_assert_uint_eq(x.reply.length, 0);
		ck_assert_ptr_null(says("Content-Type"));
	}
	done();
}
END_TEST

/* Of routes with one pattern, the one that takes the method. What none takes gets no further. */
START_TEST(methods_of_several)
{
	struct rd_router *router = &rd_app_host(&app, "")->router;
	struct rd_route *a = rd_router_add(router, 0, "/{x}", true, &reads, NULL);
	struct rd_route *b = rd_router_add(router, 0, "/{y}", true, &writes, NULL);
	struct rd_route *o;

	add("", "/", &posts);
	ck_assert_int_eq(exchange("HEAD /a", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, a);
	ck_assert_str_eq(replyd_param(&x, "x"), "a");
	ck_assert_ptr_null(replyd_param(&x, "y"));
	ck_assert_int_eq(exchange("PUT /a/c", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, b);
	ck_assert_str_eq(replyd_param(&x, "y"), "a");
	ck_assert_str_eq(replyd_rest(&x), "/c");
	ck_assert_uint_eq(handler.called, 2);
	ck_assert_int_eq(exchange("POST /a", "Host: t\r\n"), 405);
	ck_assert_str_eq(says("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
	done();
	ck_assert_int_eq(exchange("OPTIONS /a", "Host: t\r\n"), 204);
	ck_assert_str_eq(says("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
	ck_assert_uint_eq(handler.called, 2);
	o = rd_router_add(router, 0, "/{z}", true, &options, NULL);
	ck_assert_int_eq(exchange("OPTIONS /a", "Host: t\r\n"), 200);
	ck_assert_ptr_eq(x.route, o);
	ck_assert_int_eq(exchange("POST /", "Host: t\r\n"), 200);
}
END_TEST

START_TEST(policy_auth)
{
	static const char hash[] = "a:$5$rounds=1000$dWPHs0rfcp0muxWS"
				   "$BFlZBjOnK2m0yq.R7RRPPcuqWM4Nhk.vaNufQmJ4As6\n";
	static const char *const origins[] = { "https://a.example", NULL };
	const char *path = file_of(hash, sizeof(hash) - 1);
	struct rd_policy *policy = &add("", "/", &reads)->policy;
	char why[256];

	policy->auth = rd_auth_load("r", path, why, sizeof(why));
	unlink(path);
	ck_assert_msg(policy->auth != NULL, "%s", why);
	policy->cors = rd_cors_new(&(struct rd_cors_config){ origins, "GET", NULL, -1, true });

	ck_assert_int_eq(exchange("GET /", "Host: t\r\n"), 401);
	ck_assert_str_eq(says("WWW-Authenticate"), "Basic realm=\"r\", charset=\"UTF-8\"");
	ck_assert_uint_eq(handler.called, 0);
	done();
	/* who may not ask does not learn the methods either */
	ck_assert_int_eq(exchange("POST /", "Host: t\r\n"), 401);
	ck_assert_ptr_null(says("Allow"));
	done();
	ck_assert_int_eq(exchange("GET /", "Host: t\r\nAuthorization: Basic YTpzZWNyZXQ=\r\n"),
			 200);
	ck_assert_uint_eq(handler.called, 1);
	ck_assert_str_eq(says("Vary"), "Origin");
	/* a preflight never has credentials with it */
	ck_assert_int_eq(exchange("OPTIONS /", "Host: t\r\nOrigin: https://a.example\r\n"
					       "Access-Control-Request-Method: GET\r\n"),
			 204);
	ck_assert_str_eq(says("Access-Control-Allow-Origin"), "https://a.example");
	ck_assert_str_eq(says("Access-Control-Allow-Methods"), "GET");
	ck_assert_ptr_null(says("Allow"));
	/* a script may read that it was refused */
	ck_assert_int_eq(exchange("GET /", "Host: t\r\nOrigin: https://a.example\r\n"), 401);
	ck_assert_str_eq(says("Access-Control-Allow-Origin"), "https://a.example");
	done();
}
END_TEST

static const struct {
	long cache_s;
	int status;
	const char *says;
} lives[] = {
	{ -1, 200, NULL },	   { 0, 200, "max-age=0" },   { 60, 200, "max-age=60" },
	{ 60, 206, "max-age=60" }, { 60, 304, "max-age=60" }, { 60, 301, NULL },
	{ 60, 404, NULL },	   { 60, 500, NULL },	      { LONG_MAX, 200, NULL },
};

START_TEST(policy_cache)
{
	struct rd_route *route = add("", "/", &reads);
	const char *said;
	char most[64];

	snprintf(most, sizeof(most), "max-age=%ld", LONG_MAX);
	route->policy.cache_s = lives[_i].cache_s;
	handler.status = lives[_i].status;
	handler.type = lives[_i].status == 206 ? "multipart/byteranges; boundary=a" : NULL;
	ck_assert_int_eq(exchange("GET /", "Host: t\r\n"), lives[_i].status);
	said = says("Cache-Control");
	if (lives[_i].cache_s == LONG_MAX)
		ck_assert_str_eq(said, most);
	else if (lives[_i].says)
		ck_assert_str_eq(said, lives[_i].says);
	else
		ck_assert_ptr_null(said);
}
END_TEST

START_TEST(policy_fields)
{
	struct rd_route *route = add("", "/a", &reads);

	add("", "/b", &reads);
	route->policy.fields = strdup("X-One: 1\r\nX-Two: 2\r\n");
	exchange("GET /a", "Host: t\r\n");
	ck_assert_str_eq(says("X-One"), "1");
	ck_assert_str_eq(says("x-two"), "2");
	exchange("POST /a", "Host: t\r\n");
	ck_assert_str_eq(says("X-One"), "1");
	done();
	exchange("GET /b", "Host: t\r\n");
	ck_assert_ptr_null(says("X-One"));
	exchange("GET /c", "Host: t\r\n");
	ck_assert_ptr_null(says("X-One"));
	done();
}
END_TEST

START_TEST(ends)
{
	struct rd_host *of;
	const char *path = file_of("<p>mine", 7);
	char why[256];

	add("a", "/", &reads);
	of = rd_app_host(&app, "a");
	of->pages = rd_pages_new();
	ck_assert(rd_pages_add(of->pages, 404, path, why, sizeof(why)));
	ck_assert(rd_pages_add(of->pages, 500, path, why, sizeof(why)));
	unlink(path);

	handler.gives = 404;
	handler.status = 0;
	ck_assert_int_eq(exchange("GET /", "Host: a\r\n"), 404);
	ck_assert_mem_eq(x.reply.body.bytes, "<p>mine", 7);
	handler.gives = 403;
	ck_assert_int_eq(exchange("GET /", "Host: a\r\n"), 403);
	ck_assert_ptr_nonnull(memmem(x.reply.body.bytes, x.reply.length, "403 Forbidden", 13));
	done();
	/* of no host: the built-in one */
	ck_assert_int_eq(exchange("GET /", "Host: b\r\n"), 421);
	done();
	/* an error that the handler worded itself */
	handler.gives = 0;
	handler.status = 404;
	ck_assert_int_eq(exchange("GET /", "Host: a\r\n"), 404);
	ck_assert_mem_eq(x.reply.body.bytes, "hello", 5);
	/* another one, after it gave a reply: of that only the fields are left */
	handler.gives = 403;
	handler.status = 200;
	handler.type = "a/b";
	ck_assert_int_eq(exchange("GET /", "Host: a\r\n"), 403);
	ck_assert_str_eq(says("Content-Type"), "text/html; charset=utf-8");
	ck_assert_ptr_nonnull(memmem(x.reply.body.bytes, x.reply.length, "403 Forbidden", 13));
	done();
	handler.gives = 0;
	/* nothing at all */
	handler.status = 0;
	ck_assert_int_eq(exchange("GET /", "Host: a\r\n"), 500);
	ck_assert_mem_eq(x.reply.body.bytes, "<p>mine", 7);
	done();
	/* something malformed, of which nothing is sent */
	handler.status = 200;
	handler.type = "a/b\r\nX: y";
	ck_assert_int_eq(exchange("GET /", "Host: a\r\n"), 500);
	ck_assert_ptr_null(says("X"));
	ck_assert_str_eq(says("Content-Type"), "text/html; charset=utf-8");
	done();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("app");
	TCase *tcase = tcase_create("app");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, host, 0, COUNT(hosts));
	tcase_add_loop_test(tcase, host_any, 0, COUNT(hosts));
	tcase_add_test(tcase, host_absent);
	tcase_add_test(tcase, routes);
	tcase_add_loop_test(tcase, method, 0, COUNT(methods));
	tcase_add_test(tcase, methods_of_several);
	tcase_add_test(tcase, policy_auth);
	tcase_add_loop_test(tcase, policy_cache, 0, COUNT(lives));
	tcase_add_test(tcase, policy_fields);
	tcase_add_test(tcase, ends);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

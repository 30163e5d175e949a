/*
 * test_embed - a server that is started and stopped: its functions, what is refused, and its end.
 * test_embed_run has one that is run until a signal.
 */
#include "embedded.h"

static _Atomic unsigned left; /* handlers, in vain */

static int user(struct replyd_exchange *x, void *data)
{
	(void)data;
	return replyd_text(x, 200, "user %s rest '%s'\n", replyd_param(x, "id"), replyd_rest(x));
}

/* Until it is told that it is in vain. */
static int waits(struct replyd_exchange *x, void *data)
{
	(void)data;
	atomic_fetch_add(&inside, 1);
	while (!replyd_cancelled(x))
		usleep(1000);
	usleep(20000); /* the server does not end before it does */
	atomic_fetch_add(&left, 1);
	atomic_fetch_sub(&inside, 1);
	return 503;
}

static struct replyd_exchange *_Atomic detached;

static int later(struct replyd_exchange *x, void *data)
{
	(void)data;
	atomic_store(&detached, replyd_detach(x));
	return 0;
}

/* Its line, ten thousand times. */
static int lines(struct replyd_exchange *x, void *data)
{
	const char *line = replyd_body(x, &(size_t){ 0 });

	(void)data;
	replyd_begin(x, 200, NULL);
	for (int i = 0; i < 10000; i++)
		replyd_print(x, "%s, line %04d\n", line, i);
	return 0;
}

static const char *ask(struct replyd *server, const char *line)
{
	char request[512];

	snprintf(request, sizeof(request), "%s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
		 line);
	return hears(asks(replyd_url(server, 0), request));
}

START_TEST(starts_and_stops)
{
	struct replyd *server = made();

	replyd_route(server, "PUT,POST /hello", hello, (void *)"stored");
	replyd_route(server, "GET /user/{id}/", user, NULL);
	for (int i = 0; i < 3; i++) { /* what was stopped can be started again */
		ck_assert_int_eq(replyd_start(server, i == 0 ? "127.0.0.1:0" : NULL), 0);
		ck_assert_ptr_nonnull(
			strstr(ask(server, "GET /hello?name=you"), "\r\n\r\nhello, you\n"));
		ck_assert_ptr_nonnull(strstr(ask(server, "PUT /hello"), "\r\n\r\nstored, world\n"));
		ck_assert_ptr_nonnull(strstr(ask(server, "GET /user/7/a"), "user 7 rest '/a'\n"));
		ck_assert_ptr_nonnull(strstr(ask(server, "GET /user/8"), "user 8 rest ''\n"));
		ck_assert_ptr_nonnull(strstr(ask(server, "GET /hello/x"), " 404 "));
		ask(server, "DELETE /hello");
		ck_assert_ptr_nonnull(strstr(reply, " 405 "));
		ck_assert_ptr_nonnull(
			strstr(reply, "\r\nAllow: GET, HEAD, POST, PUT, OPTIONS\r\n"));
		ask(server, "OPTIONS /hello");
		ck_assert_ptr_nonnull(strstr(reply, " 204 "));
		ck_assert_ptr_nonnull(
			strstr(reply, "\r\nAllow: GET, HEAD, POST, PUT, OPTIONS\r\n"));
		ck_assert_int_eq(replyd_stop(server, 10000), 0);
	}
	ck_assert_int_eq(replyd_stop(server, 0), 0); /* it is */
	replyd_free(server);
}
END_TEST

/* After the stop no handler runs; whose reply had to be cut off is counted. */
START_TEST(cuts)
{
	static const char request[] = "GET /wait HTTP/1.1\r\nHost: t\r\n\r\n";
	struct replyd *server = made();
	int fd[3], half;

	replyd_route(server, "/wait", waits, NULL);
	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	for (int i = 0; i < 3; i++)
		fd[i] = asks(replyd_url(server, 0), request);
	half = asks(replyd_url(server, 0), "GET /he");
	while (atomic_load(&inside) < 3)
		usleep(1000);
	ck_assert_int_eq(replyd_stop(server, 10), 1);
	ck_assert_uint_eq(atomic_load(&inside), 0);
	ck_assert_uint_eq(atomic_load(&left), 3);
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_nonnull(strstr(hears(fd[i]), " 503 "));
	ck_assert_str_eq(hears(half), "");
	replyd_free(server);
}
END_TEST

static void *lets_leave(void *arg)
{
	usleep(1300 * 1000); /* longer than a server that is run waits */
	atomic_store(&may_leave, true);
	return arg;
}

/* However long it takes, and whoever asks: two do, and for neither a handler runs after. */
static void *stops(void *server)
{
	replyd_stop(server, 0);
	MUST(atomic_load(&inside) == 0);
	return NULL;
}

START_TEST(waits_for_handlers)
{
	struct replyd *server = made();
	pthread_t release, other;
	int fd;

	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	fd = asks(replyd_url(server, 0), "GET /stuck HTTP/1.0\r\n\r\n");
	while (atomic_load(&inside) < 1)
		usleep(1000);
	PTH(pthread_create(&release, NULL, lets_leave, NULL));
	PTH(pthread_create(&other, NULL, stops, server));
	stops(server);
	PTH(pthread_join(release, NULL));
	PTH(pthread_join(other, NULL));
	ck_assert_ptr_nonnull(strstr(hears(fd), "at last"));
	replyd_free(server);
}
END_TEST

/* What another thread has of the server outlives it; a server that was not stopped is. */
START_TEST(frees)
{
	struct replyd *server = made();
	int fd;

	replyd_route(server, "/later", later, NULL);
	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	fd = asks(replyd_url(server, 0), "GET /later HTTP/1.1\r\nHost: t\r\n\r\n");
	while (!atomic_load(&detached))
		usleep(1000);
	replyd_free(server);
	ck_assert_str_eq(hears(fd), "");
	ck_assert(replyd_cancelled(detached));
	ck_assert_str_eq(replyd_path(detached), "/later");
	replyd_text(detached, 200, "too late\n");
	replyd_complete(detached);
}
END_TEST

static const char *text_of(const char *url)
{
	static char text[64];

	url += strncmp(url, "http://", 7) == 0 ? 7 : 0;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(url, "/"), url);
	return text;
}

/* The address that it was started with once may be said again. */
START_TEST(starts_again)
{
	struct replyd *server = made();
	const char *address;

	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	address = text_of(replyd_url(server, 0));
	ck_assert_int_eq(replyd_stop(server, 1000), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_msg(replyd_start(server, address) == 0, "%s", replyd_error(server));
		ck_assert_ptr_null(replyd_url(server, 1));
		ck_assert_ptr_nonnull(strstr(ask(server, "GET /hello"), "hello, world"));
		ck_assert_int_eq(replyd_stop(server, 1000), 0);
	}
	replyd_free(server);
}
END_TEST

/* What is open is not added to. */
START_TEST(only_before)
{
	struct replyd *server = made();

	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), -1);
	ck_assert_str_eq(replyd_error(server), "it is open: that is to be said before");
	ck_assert_int_eq(replyd_open(server), -1);
	ck_assert_int_eq(replyd_serve(server), -1);
	ck_assert_int_eq(replyd_run(server, NULL), 1);
	ck_assert_int_eq(replyd_set(server, "workers", "1"), -1);
	ck_assert_int_eq(replyd_listen(server, "127.0.0.1:0", REPLYD_HTTP), -1);
	ck_assert_int_eq(replyd_route(server, "GET /more", hello, NULL), -1);
	ck_assert_int_eq(replyd_line(server, lines, NULL), -1);
	ck_assert_int_eq(replyd_files(server, "/files", "/", false), -1);
	ck_assert_ptr_null(replyd_url(server, 1));
	ck_assert_ptr_nonnull(strstr(ask(server, "GET /hello"), "hello, world"));
	ck_assert_int_eq(replyd_stop(server, 1000), 0);
	replyd_free(server);
}
END_TEST

START_TEST(line_service)
{
	struct replyd *server = made();

	ck_assert_int_eq(replyd_listen(server, "127.0.0.1:0", REPLYD_LINE), 0);
	ck_assert_int_eq(replyd_start(server, NULL), -1);
	ck_assert_str_eq(replyd_error(server), "nothing answers the lines: replyd_line says what");
	ck_assert_int_eq(replyd_line(server, lines, NULL), 0);
	ck_assert_int_eq(replyd_start(server, NULL), 0);
	hears(asks(replyd_url(server, 0), "a\r\n"));
	ck_assert_ptr_nonnull(strstr(reply, "\na, line 9998\na, line 9999\n"));
	ck_assert_int_eq(replyd_stop(server, 10000), 0);
	ck_assert_int_eq(replyd_echo(server), -1);
	ck_assert_str_eq(replyd_error(server), "something answers the lines already");
	replyd_free(server);
}
END_TEST

static const struct {
	const char *first, *second, *error;
} conflicts[] = {
	{ "GET /a", "GET /a", "\"GET /a\": another route answers for the same" },
	{ "GET /a/{b}", "HEAD /a/{c}", "\"HEAD /a/{c}\": another route answers for the same" },
	{ "/a/", "POST /a/", "\"POST /a/\": another route answers for the same" },
	{ "get /a", "GET /a", "\"get /a\" is no route: it has to be as \"GET /a/{b}\"" },
	{ "GET a", "GET /a", "\"GET a\" is no route: it has to be as \"GET /a/{b}\"" },
	{ "GET", "GET /a", "\"GET\" is no route: it has to be as \"GET /a/{b}\"" },
	{ "GET,BREW /a", "GET /a", "\"GET,BREW /a\" is no route: it has to be as \"GET /a/{b}\"" },
	{ "GET/a", "GET /a", "\"GET/a\" is no route: it has to be as \"GET /a/{b}\"" },
	{ "GET, PUT /a", "PUT /a", "\"PUT /a\": another route answers for the same" },
	{ "GET /{a}{b}", "GET /a", "\"GET /{a}{b}\" is no route: it has to be as \"GET /a/{b}\"" },
};

/* What failed is kept until the start, which fails for it. */
START_TEST(refuses)
{
	struct replyd *server = replyd_new();

	MUST(server);
	replyd_route(server, conflicts[_i].first, hello, (void *)"");
	replyd_route(server, conflicts[_i].second, hello, (void *)"");
	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), -1);
	ck_assert_str_eq(replyd_error(server), conflicts[_i].error);
	replyd_free(server);
}
END_TEST

START_TEST(may_try_again)
{
	struct replyd *server = made(), *other = made();
	const char *address;

	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	address = text_of(replyd_url(server, 0));
	ck_assert_int_eq(replyd_start(other, address), -1);
	ck_assert_ptr_nonnull(strstr(replyd_error(other), "in use"));
	ck_assert_int_eq(replyd_stop(server, 1000), 0);
	ck_assert_msg(replyd_start(other, address) == 0, "%s", replyd_error(other));
	ck_assert_ptr_nonnull(strstr(ask(other, "GET /hello"), "\r\n\r\nhello, world\n"));
	ck_assert_int_eq(replyd_stop(other, 1000), 0);
	replyd_free(server);
	replyd_free(other);
}
END_TEST

START_TEST(without_a_server)
{
	ck_assert_int_eq(replyd_route(NULL, "GET /", hello, NULL), -1);
	ck_assert_int_eq(replyd_line(NULL, hello, NULL), -1);
	ck_assert_int_eq(replyd_set(NULL, "workers", "1"), -1);
	ck_assert_int_eq(replyd_configure(NULL, "/dev/null"), -1);
	ck_assert_int_eq(replyd_listen(NULL, "127.0.0.1:0", REPLYD_HTTP), -1);
	ck_assert_int_eq(replyd_files(NULL, "/", "/", false), -1);
	ck_assert_int_eq(replyd_echo(NULL), -1);
	ck_assert_int_eq(replyd_run(NULL, "127.0.0.1:0"), 1);
	ck_assert_int_eq(replyd_open(NULL), -1);
	ck_assert_int_eq(replyd_serve(NULL), -1);
	ck_assert_ptr_null(replyd_url(NULL, 0));
	replyd_drain(NULL);
	ck_assert_str_eq(replyd_error(NULL), "no memory");
	ck_assert_int_eq(replyd_start(NULL, "127.0.0.1:0"), -1);
	ck_assert_int_eq(replyd_stop(NULL, 0), 0);
	replyd_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("embed");
	TCase *tcase = tcase_create("embed");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, starts_and_stops);
	tcase_add_test(tcase, cuts);
	tcase_add_loop_test(tcase, refuses, 0, sizeof(conflicts) / sizeof(*conflicts));
	tcase_add_test(tcase, waits_for_handlers);
	tcase_add_test(tcase, frees);
	tcase_add_test(tcase, starts_again);
	tcase_add_test(tcase, only_before);
	tcase_add_test(tcase, line_service);
	tcase_add_test(tcase, may_try_again);
	tcase_add_test(tcase, without_a_server);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

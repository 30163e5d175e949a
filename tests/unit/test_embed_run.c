/*
 * test_embed_run - a server that is run in the caller's thread, until a signal or a drain ends it.
 */
#include "embedded.h"

static struct sigaction during;

/* Once it serves. */
static void *end_it(void *url)
{
	int fd;

	while ((fd = reaches(url)) < 0)
		usleep(1000);
	MUST(send(fd, "GET /hello HTTP/1.0\r\n\r\n", 23, MSG_NOSIGNAL) == 23);
	MUST(strstr(hears(fd), "hello, world"));
	MUST(sigaction(SIGPIPE, NULL, &during) == 0);
	kill(getpid(), SIGTERM);
	return NULL;
}

/* Serves in this thread until the signal, and leaves the signal as it was. */
START_TEST(runs)
{
	struct replyd *server = made();
	struct sigaction before, after;
	pthread_t thread;
	char *url;

	ck_assert_int_eq(replyd_listen(server, "127.0.0.1:0", REPLYD_HTTP), 0);
	ck_assert_int_eq(replyd_open(server), 0);
	url = strdup(replyd_url(server, 0));
	replyd_drain(server);
	ck_assert_int_eq(replyd_serve(server), 0);
	ck_assert_int_eq(sigaction(SIGTERM, NULL, &before), 0);
	PTH(pthread_create(&thread, NULL, end_it, url));
	ck_assert_int_eq(replyd_run(server, NULL), 0);
	PTH(pthread_join(thread, NULL));
	ck_assert_int_eq(sigaction(SIGTERM, NULL, &after), 0);
	ck_assert(before.sa_handler == after.sa_handler);
	ck_assert(during.sa_handler == SIG_IGN);
	ck_assert_int_eq(sigaction(SIGPIPE, NULL, &after), 0);
	ck_assert(after.sa_handler == SIG_DFL);
	free(url);
	replyd_drain(server); /* too late, and harmless */
	replyd_free(server);
}
END_TEST

static void on_pipe(int number)
{
	(void)number;
}

/* Nobody's own handler of SIGPIPE is replaced; an earlier drain is not forgotten. */
START_TEST(runs_not)
{
	struct sigaction own = { .sa_handler = on_pipe };
	struct replyd *server = made();
	pthread_t thread;
	char *url;

	ck_assert_int_eq(sigaction(SIGPIPE, &own, NULL), 0);
	replyd_drain(server);
	ck_assert_int_eq(replyd_run(server, "127.0.0.1:0"), 0);
	url = strdup(replyd_url(server, 0));
	PTH(pthread_create(&thread, NULL, end_it, url));
	ck_assert_int_eq(replyd_run(server, NULL), 0);
	PTH(pthread_join(thread, NULL));
	ck_assert(during.sa_handler == on_pipe);
	free(url);
	replyd_free(server);
}
END_TEST

/* Asks for what does not end, and for the end twice. */
static void *end_it_twice(void *url)
{
	int fd;

	while ((fd = reaches(url)) < 0)
		usleep(1000);
	MUST(send(fd, "GET /stuck HTTP/1.0\r\n\r\n", 23, MSG_NOSIGNAL) == 23);
	while (atomic_load(&inside) < 1)
		usleep(1000);
	kill(getpid(), SIGINT);
	while (close(reaches(url)) == 0) /* until it drains */
		usleep(1000);
	kill(getpid(), SIGTERM);
	pause();
	return NULL;
}

START_TEST(runs_no_longer)
{
	struct replyd *server = made();
	pthread_t thread;
	char *url;

	ck_assert_int_eq(replyd_listen(server, "127.0.0.1:0", REPLYD_HTTP), 0);
	ck_assert_int_eq(replyd_open(server), 0);
	url = strdup(replyd_url(server, 0));
	replyd_drain(server);
	ck_assert_int_eq(replyd_serve(server), 0);
	PTH(pthread_create(&thread, NULL, end_it_twice, url));
	replyd_run(server, NULL);
	ck_abort_msg("the second signal was waited for");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("embed_run");
	TCase *tcase = tcase_create("embed_run");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, runs);
	tcase_add_test(tcase, runs_not);
	tcase_add_test_raise_signal(tcase, runs_no_longer, SIGTERM);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

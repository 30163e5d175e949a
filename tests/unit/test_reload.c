/*
 * test_reload - replyd_reload in a program that embeds a server: when it can be, and what is said
 * where it cannot. What becomes of clients is seen in the dialogues and in tests/system/reload.py.
 */
#include "replyd.h"

#include "base/must.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/replyd-reload-XXXXXX";
static char why[1024];

static void write_conf(const char *text)
{
	FILE *file = fopen(path, "w");

	MUST(file);
	fprintf(file, "listen '127.0.0.1:0' { }\n%s", text);
	MUST(fclose(file) == 0);
}

static void setup(void)
{
	int fd;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	MUST((fd = mkstemp(path)) >= 0);
	close(fd);
	write_conf("route '/' { text = one }\n");
}

static void teardown(void)
{
	unlink(path);
}

static struct replyd *configured(void)
{
	struct replyd *server = replyd_new();

	MUST(server);
	ck_assert_int_eq(replyd_configure(server, path), 0);
	return server;
}

START_TEST(not_now)
{
	struct replyd *server = replyd_new();

	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), -1);
	ck_assert_str_eq(why, "it has no configuration");
	replyd_free(server);
	server = configured();
	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, ": it does not serve"));
	ck_assert_int_eq(replyd_reload(server, NULL, 0), -1);
	replyd_free(server);
}
END_TEST

START_TEST(while_it_serves)
{
	struct replyd *server = configured();
	char *url;

	ck_assert_int_eq(replyd_start(server, NULL), 0);
	url = strdup(replyd_url(server, 0));
	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), 0);
	ck_assert_str_eq(why, "");
	ck_assert_str_eq(replyd_url(server, 0), url); /* the port that it was given */
	write_conf("route '/' { text = }\n");
	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, ":2: "));
	write_conf("route '/' { text = two }\n");
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), 0);
	ck_assert_int_eq(replyd_stop(server, 1000), 0);
	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), -1);
	ck_assert_int_eq(replyd_start(server, NULL), 0); /* anew, with the newest */
	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), 0);
	ck_assert_int_eq(replyd_stop(server, 1000), 0);
	free(url);
	replyd_free(server);
}
END_TEST

static void *reload(void *server)
{
	return (void *)(intptr_t)replyd_reload(server, why, sizeof(why));
}

/* One that comes before it serves waits; when it is stopped at once, that is what it reads. */
START_TEST(early)
{
	struct replyd *server = configured();
	pthread_t thread;
	void *failed;

	ck_assert_int_eq(replyd_open(server), 0);
	PTH(pthread_create(&thread, NULL, reload, server));
	replyd_drain(server);
	ck_assert_int_eq(replyd_serve(server), 0);
	PTH(pthread_join(thread, &failed));
	ck_assert(!failed || strstr(why, "stopped") || strstr(why, "does not serve"));
	replyd_free(server);
}
END_TEST

/* Those that stay keep their port, others come and go. */
START_TEST(other_listeners)
{
	struct replyd *server = configured();
	char first[64], second[64];

	ck_assert_int_eq(replyd_start(server, NULL), 0);
	snprintf(first, sizeof(first), "%s", replyd_url(server, 0));
	write_conf("listen '127.0.0.1:0' { protocol = line }\nroute '/' { text = two }\n");
	ck_assert_int_eq(replyd_reload(server, why, sizeof(why)), -1); /* its title stands twice */
	ck_assert_ptr_nonnull(strstr(why, "already"));
	write_conf("listen 'localhost:0' { protocol = line }\nroute '/' { text = two }\n");
	ck_assert_msg(replyd_reload(server, why, sizeof(why)) == 0, "%s", why);
	snprintf(second, sizeof(second), "%s", replyd_url(server, 0));
	ck_assert_str_eq(first, second);
	ck_assert_ptr_nonnull(replyd_url(server, 1));
	write_conf("route '/' { text = one }\n");
	ck_assert_msg(replyd_reload(server, why, sizeof(why)) == 0, "%s", why);
	ck_assert_str_eq(first, replyd_url(server, 0));
	ck_assert_ptr_null(replyd_url(server, 1));
	replyd_free(server);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reload");
	TCase *tcase = tcase_create("reload");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, not_now);
	tcase_add_test(tcase, while_it_serves);
	tcase_add_test(tcase, early);
	tcase_add_test(tcase, other_listeners);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

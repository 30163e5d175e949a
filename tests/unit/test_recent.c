/* test_recent - what exchanges took lately, of a server that is opened more than once. */
#include "server/server.h"

#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int hello(struct replyd_exchange *x, void *data)
{
	return replyd_text(x, 200, "%s", (const char *)data);
}

static void ask(const struct replyd *server)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
	const struct rd_sockaddr *to = &server->setup->listeners.listener[0].bound;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char reply[512];

	ck_assert_int_eq(connect(fd, &to->sa, to->len), 0);
	ck_assert_int_eq(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
	while (recv(fd, reply, sizeof(reply), 0) > 0)
		;
	close(fd);
}

/* How many there were since the start, or lately. */
static uint64_t counted(struct replyd *server, bool lately)
{
	struct rd_sums sums;
	uint64_t n = 0;

	ck_assert(rd_sums_look(server, &sums));
	if (lately)
		rd_recent_since(&server->recent, &sums, server->opened_us);
	for (unsigned i = 0; i < sums.count; i++)
		n += sums.of[i].exchanges;
	rd_sums_free(&sums);
	return n;
}

static void serve(struct replyd *server, uint64_t exchanges)
{
	ck_assert_int_eq(replyd_start(server, "127.0.0.1:0"), 0);
	for (uint64_t i = 0; i < exchanges; i++)
		ask(server);
	while (counted(server, false) < exchanges) /* as its reply is sent */
		usleep(1000);
	ck_assert_uint_eq(counted(server, true), exchanges);
	ck_assert_int_eq(replyd_stop(server, 1000), 0);
}

/* What was there before is not taken from what is there now. */
START_TEST(opened_again)
{
	struct replyd *server = replyd_new();

	ck_assert_int_eq(replyd_route(server, "GET /", hello, (void *)"hello"), 0);
	serve(server, 3);
	serve(server, 1);
	replyd_free(server);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recent");
	TCase *c = tcase_create("recent");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(c, 60);
	tcase_add_test(c, opened_again);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

/*
 * test_client - which addresses are one client, and how it is written.
 */
#include "net/client.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static uint64_t client_of(const char *text)
{
	struct rd_sockaddr at = { .len = 0 };

	if (inet_pton(AF_INET, text, &at.in.sin_addr) == 1) {
		at.sa.sa_family = AF_INET;
		at.in.sin_port = htons((uint16_t)rand());
	} else if (inet_pton(AF_INET6, text, &at.in6.sin6_addr) == 1) {
		at.sa.sa_family = AF_INET6;
		at.in6.sin6_port = htons((uint16_t)rand());
	} else {
		at.sa.sa_family = AF_UNIX;
	}
	return rd_client_of(&at);
}

static const struct {
	const char *one, *other;
	bool same;
	const char *text;
} pairs[] = {
	{ "192.0.2.1", "192.0.2.1", true, "192.0.2.1" },
	{ "192.0.2.1", "192.0.2.2", false, "192.0.2.1" },
	{ "192.0.2.1", "::ffff:192.0.2.1", true, "192.0.2.1" },
	{ "255.255.255.255", "0.0.0.0", false, "255.255.255.255" },
	{ "2001:db8::1", "2001:db8::ffff:2", true, "2001:db8::/64" },
	{ "2001:db8:0:1::1", "2001:db8::1", false, "2001:db8:0:1::/64" },
	{ "::1", "unix", false, "::/64" },
	{ "unix", "unix", true, "unix" },
	{ "unix", "0.0.0.0", false, "unix" },
};

START_TEST(pair)
{
	char text[RD_CLIENT_TEXT];

	ck_assert_int_eq(client_of(pairs[_i].one) == client_of(pairs[_i].other), pairs[_i].same);
	ck_assert_str_eq(rd_client_format(client_of(pairs[_i].one), text), pairs[_i].text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client");
	TCase *tcase = tcase_create("client");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, pair, 0, COUNT(pairs));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

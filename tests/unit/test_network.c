/*
 * test_network - networks as they are written, who is in them, and who may come in.
 */
#include "codec/network.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The 16 bytes of "192.0.2.1" or "2001:db8::1"; NULL of "unix". */
static const uint8_t *ip_of(const char *text, uint8_t ip[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (strcmp(text, "unix") == 0)
		return NULL;
	memcpy(ip, mapped, sizeof(mapped));
	ck_assert(inet_pton(AF_INET6, text, ip) == 1 || inet_pton(AF_INET, text, ip + 12) == 1);
	return ip;
}

static const struct {
	const char *network, *address;
	bool in;
} members[] = {
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.7", true },
	{ "192.0.2.0/24", "::192.0.2.7", false },
	{ "192.0.2.0/23", "192.0.3.9", true },
	{ "192.0.2.4/30", "192.0.2.8", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "0.0.0.0/0", "::1", false },
	{ "0.0.0.0/0", "unix", false },
	{ "::ffff:192.0.2.0/120", "192.0.2.9", true },
	{ "::1", "::1", true },
	{ "::1", "::2", false },
	{ "2001:db8::/32", "2001:db8:ffff::", true },
	{ "2001:db8::/32", "2001:db9::", false },
	{ "2001:db8::/61", "2001:db8:0:7::1", true },
	{ "2001:db8::/61", "2001:db8:0:8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "::/0", "unix", false },
	{ "unix", "unix", true },
	{ "unix", "127.0.0.1", false },
	{ "all", "unix", true },
	{ "all", "127.0.0.1", true },
	{ "all", "::1", true },
};

START_TEST(member)
{
	struct rd_network network;
	struct rd_networks one = { &network, 1 };
	const char *why;
	uint8_t ip[16];

	ck_assert(rd_network_parse(members[_i].network, &network, &why));
	ck_assert_int_eq(rd_network_find(&one, ip_of(members[_i].address, ip)) > 0, members[_i].in);
}
END_TEST

static const char *const wrong[] = {
	"",
	"/",
	"/8",
	"192.0.2.0/",
	"192.0.2.0/33",
	"192.0.2/24",
	"192.0.2.1/24",
	"192.0.2.0/024",
	"192.0.2.0/-1",
	"192.0.2.0/8x",
	"::1/129",
	"2001:d::1/32",
	"localhost",
	"ALL",
	"unix:",
	"[::1]",
	"127.0.0.1:80",
	" ::1",
	"::1 ",
	"fe80::1%lo",
	"1.2.3.4/24/1",
};

START_TEST(refused)
{
	struct rd_network network;
	const char *why = NULL;

	ck_assert(!rd_network_parse(wrong[_i], &network, &why));
	ck_assert_ptr_nonnull(why);
}
END_TEST

static void networks_of(const char *text, struct rd_networks *list, struct rd_network *room)
{
	char copy[128], *at = copy, *one;
	const char *why;

	strcpy(copy, text);
	*list = (struct rd_networks){ .network = room };
	while ((one = strsep(&at, " ")))
		if (*one)
			ck_assert(rd_network_parse(one, &room[list->count++], &why));
}

static const struct {
	const char *allow, *deny, *address;
	bool may;
} cases[] = {
	{ "", "", "192.0.2.1", true },
	{ "", "", "unix", true },
	{ "192.0.2.0/24", "", "192.0.2.1", true },
	{ "192.0.2.0/24", "", "192.0.3.1", false },
	{ "192.0.2.0/24", "", "unix", false },
	{ "", "192.0.2.0/24", "192.0.2.1", false },
	{ "", "192.0.2.0/24", "192.0.3.1", true },
	{ "192.0.2.0/24", "192.0.2.1", "192.0.2.1", false },
	{ "192.0.2.0/24", "192.0.2.1", "192.0.2.2", true },
	{ "192.0.2.1", "192.0.2.0/24", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.0/24", "192.0.2.2", false },
	{ "192.0.2.1", "192.0.2.0/24", "192.0.3.1", false },
	{ "192.0.2.1", "192.0.2.1", "192.0.2.1", false },
	{ "::1", "all", "::1", true },
	{ "::1", "all", "192.0.2.1", false },
	{ "all", "::1", "unix", true },
	{ "all", "::1", "::1", false },
	{ "unix", "all", "unix", true },
	{ "0.0.0.0/0", "all", "10.0.0.1", true },
};

START_TEST(may)
{
	struct rd_network room[2][8];
	struct rd_access a;
	uint8_t ip[16];

	networks_of(cases[_i].allow, &a.allow, room[0]);
	networks_of(cases[_i].deny, &a.deny, room[1]);
	ck_assert_int_eq(rd_access_may(&a, ip_of(cases[_i].address, ip)), cases[_i].may);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("network");
	TCase *tcase = tcase_create("network");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, member, 0, sizeof(members) / sizeof(*members));
	tcase_add_loop_test(tcase, refused, 0, sizeof(wrong) / sizeof(*wrong));
	tcase_add_loop_test(tcase, may, 0, sizeof(cases) / sizeof(*cases));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

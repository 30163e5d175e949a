/*
 * test_address - the text forms of an address, both ways, and what a look-up
 * gives for those that need no name server.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define TEN	"0123456789"
#define FIFTY	TEN TEN TEN TEN TEN
#define PATH107 "/" FIFTY FIFTY "012345"
#define HOST255 FIFTY FIFTY FIFTY FIFTY FIFTY "01234"

static const struct {
	const char *text;
	enum rd_address_kind kind;
	const char *name; /* host or path */
	uint16_t port;
} good[] = {
	{ "127.0.0.1:8080", RD_ADDRESS_TCP, "127.0.0.1", 8080 },
	{ "localhost:0", RD_ADDRESS_TCP, "localhost", 0 },
	{ "localhost:65535", RD_ADDRESS_TCP, "localhost", 65535 },
	{ "a-b_c.example:00080", RD_ADDRESS_TCP, "a-b_c.example", 80 },
	{ "[::]:80", RD_ADDRESS_TCP, "::", 80 },
	{ "[::1]:8080", RD_ADDRESS_TCP, "::1", 8080 },
	{ "[::ffff:192.0.2.1]:1", RD_ADDRESS_TCP, "::ffff:192.0.2.1", 1 },
	{ "[fe80::1%eth0.1]:80", RD_ADDRESS_TCP, "fe80::1%eth0.1", 80 },
	{ ":8080", RD_ADDRESS_TCP, "", 8080 },
	{ "*:8080", RD_ADDRESS_TCP, "", 8080 },
	{ "unix:80", RD_ADDRESS_UNIX, "80", 0 },
	{ "unix:/run/replyd.sock", RD_ADDRESS_UNIX, "/run/replyd.sock", 0 },
	{ "unix:a:b c", RD_ADDRESS_UNIX, "a:b c", 0 },
	{ "unix:" PATH107, RD_ADDRESS_UNIX, PATH107, 0 },
	{ HOST255 ":1", RD_ADDRESS_TCP, HOST255, 1 },
};

START_TEST(parse_good)
{
	struct rd_address a;
	const char *why;

	ck_assert_msg(rd_address_parse(good[_i].text, &a, &why), "%s: %s", good[_i].text, why);
	ck_assert_int_eq(a.kind, good[_i].kind);
	ck_assert_str_eq(a.kind == RD_ADDRESS_UNIX ? a.path : a.host, good[_i].name);
	ck_assert_str_eq(a.kind == RD_ADDRESS_UNIX ? a.host : a.path, "");
	ck_assert_uint_eq(a.port, good[_i].port);
}
END_TEST

static const struct {
	const char *text;
	const char *why; /* a word that the message has */
} bad[] = {
	{ "", "HOST:PORT" },
	{ "8080", "HOST:PORT" },
	{ "localhost", "HOST:PORT" },
	{ ":", "0 to 65535" },
	{ "localhost:", "0 to 65535" },
	{ "localhost:65536", "0 to 65535" },
	{ "localhost:4294967296", "0 to 65535" },
	{ "localhost:18446744073709551696", "0 to 65535" },
	{ "localhost:-1", "0 to 65535" },
	{ "localhost:+1", "0 to 65535" },
	{ "localhost: 1", "0 to 65535" },
	{ "localhost:1 ", "0 to 65535" },
	{ "localhost:0x50", "0 to 65535" },
	{ "localhost:http", "0 to 65535" },
	{ "::1:8080", "brackets" },
	{ "http://localhost:80", "brackets" },
	{ "[::1", "']'" },
	{ "[::1]", "port follows" },
	{ "[::1]8080", "port follows" },
	{ "[::1]:", "0 to 65535" },
	{ "[]:80", "between brackets" },
	{ "[localhost]:80", "between brackets" },
	{ "[127.0.0.1]:80", "between brackets" },
	{ "[::1%]:80", "between brackets" },
	{ "[::1%a b]:80", "between brackets" },
	{ "[*]:80", "between brackets" },
	{ "[" FIFTY "]:80", "between brackets" },
	{ "**:80", "letters" },
	{ "a b:80", "letters" },
	{ "a/b:80", "letters" },
	{ "caf\xc3\xa9:80", "letters" },
	{ "::80", "brackets" },
	{ HOST255 "5:1", "255" },
	{ "unix:", "path follows" },
	{ "unix:@replyd", "abstract" },
	{ "unix:" PATH107 "7", "107" },
};

START_TEST(parse_bad)
{
	struct rd_address a;
	const char *why = NULL;

	ck_assert_msg(!rd_address_parse(bad[_i].text, &a, &why), "%s was taken", bad[_i].text);
	ck_assert_msg(strstr(why, bad[_i].why) != NULL, "%s: %s", bad[_i].text, why);
}
END_TEST

START_TEST(parse_passed)
{
	struct rd_address a;
	const char *why = NULL;

	ck_assert(rd_address_parse_listen("systemd:a b", &a, &why));
	ck_assert_int_eq(a.kind, RD_ADDRESS_PASSED);
	ck_assert_str_eq(a.path, "a b");
	ck_assert(rd_address_parse_listen("unix:/a", &a, &why));
	ck_assert_int_eq(a.kind, RD_ADDRESS_UNIX);
	ck_assert(!rd_address_parse_listen("systemd:", &a, &why));
	ck_assert_ptr_nonnull(strstr(why, "name follows"));
	ck_assert(!rd_address_parse_listen("systemd:a:b", &a, &why));
	ck_assert(!rd_address_parse_listen("systemd:" PATH107 "7", &a, &why));
	ck_assert(!rd_address_parse("systemd:a", &a, &why));
}
END_TEST

/* Parsed, looked up and formatted again: the last is the text to come. */
static const struct {
	const char *text;
	bool passive;
	const char *first;
} trips[] = {
	{ "127.0.0.1:8080", false, "127.0.0.1:8080" },
	{ "127.0.0.1:0", true, "127.0.0.1:0" },
	{ "[::1]:65535", false, "[::1]:65535" },
	{ "[0:0::0]:80", true, "[::]:80" },
	{ "unix:/run/replyd.sock", false, "unix:/run/replyd.sock" },
	{ "unix:" PATH107, true, "unix:" PATH107 },
};

START_TEST(round_trip)
{
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	char text[RD_ADDRESS_TEXT];
	struct rd_address a;
	const char *why;

	ck_assert(rd_address_parse(trips[_i].text, &a, &why));
	ck_assert_int_eq(rd_address_resolve(&a, trips[_i].passive, list, RD_ADDRESS_MAX, &why), 1);
	ck_assert_str_eq(rd_address_format(&list[0].sa, list[0].len, text, sizeof text),
			 trips[_i].first);
}
END_TEST

/* How many of `list` have that text. */
static int occurrences(const struct rd_sockaddr *list, int count, const char *wanted)
{
	char text[RD_ADDRESS_TEXT];
	int seen = 0;

	for (int i = 0; i < count; i++)
		seen += !strcmp(rd_address_format(&list[i].sa, list[i].len, text, sizeof text),
				wanted);
	return seen;
}

START_TEST(every_address)
{
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	struct rd_address a;
	const char *why;
	int count;

	ck_assert(rd_address_parse(":80", &a, &why));
	count = rd_address_resolve(&a, true, list, RD_ADDRESS_MAX, &why);
	ck_assert_int_eq(occurrences(list, count, "0.0.0.0:80"), 1);
	ck_assert_int_eq(occurrences(list, count, "[::]:80"), count - 1);
	count = rd_address_resolve(&a, false, list, RD_ADDRESS_MAX, &why);
	ck_assert_int_eq(occurrences(list, count, "127.0.0.1:80"), 1);
	ck_assert_int_eq(rd_address_resolve(&a, true, list, 1, &why), 1);
}
END_TEST

/* A hosts file with two lines for localhost makes libc say one address twice. */
START_TEST(each_once)
{
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	char text[RD_ADDRESS_TEXT];
	struct rd_address a;
	const char *why;
	int count;

	ck_assert(rd_address_parse("localhost:8080", &a, &why));
	count = rd_address_resolve(&a, true, list, RD_ADDRESS_MAX, &why);
	ck_assert_int_ge(count, 1);
	for (int i = 0; i < count; i++) {
		rd_address_format(&list[i].sa, list[i].len, text, sizeof text);
		ck_assert_int_eq(occurrences(list, count, text), 1);
	}
}
END_TEST

START_TEST(no_such_zone)
{
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	struct rd_address a;
	const char *why = NULL;

	ck_assert(rd_address_parse("[fe80::1%no-such-interface]:80", &a, &why));
	ck_assert_int_eq(rd_address_resolve(&a, false, list, RD_ADDRESS_MAX, &why), 0);
	ck_assert_ptr_nonnull(why);
}
END_TEST

static const struct {
	const char *bytes; /* of sun_path */
	size_t len;
	const char *text;
} peers[] = {
	{ "", 0, "unix:" },
	{ "", 1, "unix:@" },
	{ "\0name", 5, "unix:@name" },
	{ "\0a\0b", 4, "unix:@a?b" },
	{ "/run/a", 6, "unix:/run/a" },
	{ "/run/a\0junk", 11, "unix:/run/a" },
	{ "/a\nb\x7f\xc3", 6, "unix:/a?b??" },
	{ PATH107 "8", 108, "unix:" PATH107 "8" },
};

START_TEST(format_unix)
{
	struct sockaddr_storage storage = { .ss_family = AF_UNIX };
	struct sockaddr_un *un = (struct sockaddr_un *)&storage;
	char text[RD_ADDRESS_TEXT];
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + peers[_i].len);

	memcpy(un->sun_path, peers[_i].bytes, peers[_i].len);
	ck_assert_str_eq(rd_address_format((struct sockaddr *)un, len, text, sizeof text),
			 peers[_i].text);
}
END_TEST

START_TEST(format_cut)
{
	const char *whole = _i ? "unix:/run/replyd.sock" : "[::1]:8080";
	struct rd_sockaddr one;
	struct rd_address a;
	const char *why;

	ck_assert(rd_address_parse(whole, &a, &why));
	ck_assert_int_eq(rd_address_resolve(&a, false, &one, 1, &why), 1);
	for (size_t size = 1; size <= strlen(whole) + 1; size++) {
		char *text = malloc(size);

		ck_assert_ptr_eq(rd_address_format(&one.sa, one.len, text, size), text);
		ck_assert_int_eq(strncmp(text, whole, size - 1), 0);
		ck_assert_uint_eq(strlen(text), size - 1);
		free(text);
	}
}
END_TEST

START_TEST(format_unknown)
{
	struct sockaddr_storage none = { .ss_family = AF_UNSPEC };
	char text[RD_ADDRESS_TEXT];

	rd_address_format((struct sockaddr *)&none, sizeof none, text, sizeof text);
	ck_assert_str_eq(text, "unknown");
	none.ss_family = AF_INET;
	rd_address_format((struct sockaddr *)&none, 0, text, sizeof text);
	ck_assert_str_eq(text, "unknown");
}
END_TEST

static const struct {
	const char *host;
	uint16_t port;
	uint8_t ip[16];
} ips[] = {
	{ "192.0.2.1", 80, { [10] = 0xff, 0xff, 192, 0, 2, 1 } },
	{ "::1", 65535, { [15] = 1 } },
	{ "2001:db8::", 0, { 0x20, 1, 0x0d, 0xb8 } },
};

START_TEST(ip)
{
	struct rd_address address = { .kind = RD_ADDRESS_TCP, .port = ips[_i].port };
	struct rd_sockaddr at, made;
	const char *why;
	uint8_t bytes[16];

	strcpy(address.host, ips[_i].host);
	ck_assert_int_eq(rd_address_resolve(&address, false, &at, 1, &why), 1);
	ck_assert(rd_address_ip(&at, bytes));
	ck_assert_mem_eq(bytes, ips[_i].ip, sizeof bytes);
	rd_address_make(&made, bytes, ips[_i].port);
	ck_assert_uint_eq(made.len, at.len);
	ck_assert_mem_eq(&made.storage, &at.storage, at.len);
}
END_TEST

START_TEST(ip_of_unix)
{
	struct rd_sockaddr at = { .un.sun_family = AF_UNIX, .len = sizeof at.un };
	uint8_t bytes[16];

	ck_assert(!rd_address_ip(&at, bytes));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("address");
	TCase *tcase = tcase_create("address");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parse_good, 0, COUNT(good));
	tcase_add_loop_test(tcase, parse_bad, 0, COUNT(bad));
	tcase_add_test(tcase, parse_passed);
	tcase_add_loop_test(tcase, round_trip, 0, COUNT(trips));
	tcase_add_test(tcase, every_address);
	tcase_add_test(tcase, each_once);
	tcase_add_test(tcase, no_such_zone);
	tcase_add_loop_test(tcase, format_unix, 0, COUNT(peers));
	tcase_add_loop_test(tcase, format_cut, 0, 2);
	tcase_add_test(tcase, format_unknown);
	tcase_add_loop_test(tcase, ip, 0, COUNT(ips));
	tcase_add_test(tcase, ip_of_unix);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

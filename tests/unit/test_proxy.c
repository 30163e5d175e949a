/*
 * test_proxy - headers of the PROXY protocol: whose connection they say it is, where they end, and
 * what is none.
 */
#include "codec/proxy.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define IPV4	  "\xc0\0\2\1\xc6\x33\x64\1\xdc\4\1\xbb"
#define IPV6 \
	"\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2\0\1\xff\xff"
#define ZEROS36	 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ZEROS216 ZEROS36 ZEROS36 ZEROS36 ZEROS36 ZEROS36 ZEROS36
/* With its checksum between two others. */
#define SUMMED                                                                   \
	SIGNATURE "\x21\x11\0\x25" IPV4 "\4\0\3pad\3\0\4\x6c\x77\x8a\x40\2\0\x9" \
		  "a.example"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *at;
	size_t len;
	enum rd_proxy_of of;
	const char *from, *to; /* as IPv6 */
	uint16_t from_port, to_port;
} headers[] = {
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"), RD_PROXY_IP, "::ffff:192.0.2.1",
	  "::ffff:198.51.100.1", 56324, 443 },
	{ BYTES("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), RD_PROXY_IP,
	  "::ffff:255.255.255.255", "::ffff:255.255.255.255", 65535, 65535 },
	{ BYTES("PROXY TCP6 2001:db8::1 ::1 0 8080\r\n"), RD_PROXY_IP, "2001:db8::1", "::1", 0,
	  8080 },
	{ BYTES("PROXY UNKNOWN\r\n"), RD_PROXY_UNKNOWN, NULL, NULL, 0, 0 },
	{ BYTES("PROXY UNKNOWN ffff::1 ffff::2 65535 x\r\n"), RD_PROXY_UNKNOWN, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x20\0\0\0"), RD_PROXY_OWN, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x20\xff\0\3abc"), RD_PROXY_OWN, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x21\0\0\1x"), RD_PROXY_UNKNOWN, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x21\x11\0\xc" IPV4), RD_PROXY_IP, "::ffff:192.0.2.1",
	  "::ffff:198.51.100.1", 56324, 443 },
	{ BYTES(SIGNATURE "\x21\x21\0\x24" IPV6), RD_PROXY_IP, "2001:db8::1", "2001:db8::2", 1,
	  65535 },
	{ BYTES(SIGNATURE "\x21\x12\0\xc" IPV4), RD_PROXY_UNKNOWN, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x21\x10\0\xc" IPV4), RD_PROXY_UNKNOWN, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x21\x31\0\xd8" ZEROS216), RD_PROXY_UNIX, NULL, NULL, 0, 0 },
	{ BYTES(SIGNATURE "\x21\x11\0\xf" IPV4 "\4\0\0"), RD_PROXY_IP, "::ffff:192.0.2.1",
	  "::ffff:198.51.100.1", 56324, 443 },
	{ BYTES(SUMMED), RD_PROXY_IP, "::ffff:192.0.2.1", "::ffff:198.51.100.1", 56324, 443 },
};

static void check_end(const struct rd_proxy_end *end, const char *text, uint16_t port)
{
	uint8_t ip[16] = { 0 };

	if (text)
		ck_assert_int_eq(inet_pton(AF_INET6, text, ip), 1);
	ck_assert_mem_eq(end->ip, ip, sizeof(ip));
	ck_assert_uint_eq(end->port, port);
}

/* With a request behind it, alone, and in pieces. */
START_TEST(whole)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
	size_t len = headers[_i].len;
	struct rd_proxy proxy;
	char buf[512];

	memcpy(buf, headers[_i].at, len);
	memcpy(buf + len, request, sizeof(request));
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(rd_proxy_parse(buf, i, &proxy), 0);
	for (size_t i = len; i < len + sizeof(request); i++) {
		ck_assert_int_eq(rd_proxy_parse(buf, i, &proxy), (int)len);
		ck_assert_int_eq(proxy.of, headers[_i].of);
		check_end(&proxy.from, headers[_i].from, headers[_i].from_port);
		check_end(&proxy.to, headers[_i].to, headers[_i].to_port);
	}
}
END_TEST

static const struct {
	const char *at;
	size_t len;
} wrong[] = {
	{ BYTES("GET / HTTP/1.1\r\n") },
	{ BYTES("PROXZ") },
	{ BYTES("PROXY\tTCP4") },
	{ BYTES("proxy TCP4") },
	{ BYTES("PROXY \r\n") },
	{ BYTES("PROXY TCP4\r\n") },
	{ BYTES("PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n") },
	{ BYTES("PROXY TCP4  192.0.2.1 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY  TCP4 192.0.2.1 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1 2\rX") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1\r1 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1 65536\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 -1 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.01 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY TCP4 192.0.2.1\0 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY TCP4 ::1 ::1 1 2\r\n") },
	{ BYTES("PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n") },
	{ BYTES("PROXY TCP6 ::1%lo ::1 1 2\r\n") },
	{ BYTES("PROXY UNKNOWN 012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789") },
	{ BYTES(SIGNATURE "\x11\x11\0\xc" IPV4) },
	{ BYTES(SIGNATURE "\x31") },
	{ BYTES(SIGNATURE "\x22\x11\0\xc" IPV4) },
	{ BYTES(SIGNATURE "\x21\x41\0\xc" IPV4) },
	{ BYTES(SIGNATURE "\x21\x13\0\xc" IPV4) },
	{ BYTES(SIGNATURE "\x21\x11\0\xb" IPV4) },
	{ BYTES(SIGNATURE "\x21\x21\0\xc" IPV4) },
	{ BYTES(SIGNATURE "\x21\x31\0\xc" IPV4) },
	{ BYTES(SIGNATURE "\x21\x11\0\xe" IPV4 "\4\0") },
	{ BYTES(SIGNATURE "\x21\x11\0\xf" IPV4 "\4\0\1") },
	{ BYTES(SIGNATURE "\x21\x11\0\x11" IPV4 "\3\0\2ab") },
	{ BYTES(SIGNATURE "\x20\0\xff\xff") },
};

START_TEST(refused)
{
	struct rd_proxy proxy;

	ck_assert_int_eq(rd_proxy_parse(wrong[_i].at, wrong[_i].len, &proxy), -1);
}
END_TEST

START_TEST(checksum)
{
	struct rd_proxy proxy;
	char buf[] = SUMMED;

	for (size_t i = 16; i < sizeof(buf) - 1; i++) {
		if (i >= 28 && i < 37) /* where it stands, and what it is */
			continue;
		buf[i] ^= 4;
		ck_assert_int_eq(rd_proxy_parse(buf, sizeof(buf) - 1, &proxy), -1);
		buf[i] ^= 4;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("proxy");
	TCase *tcase = tcase_create("proxy");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, whole, 0, sizeof(headers) / sizeof(*headers));
	tcase_add_loop_test(tcase, refused, 0, sizeof(wrong) / sizeof(*wrong));
	tcase_add_test(tcase, checksum);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

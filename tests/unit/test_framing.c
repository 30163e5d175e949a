/*
 * test_framing - what the fields of a head say together: where the body ends, whose host is
 * asked, whether the connection goes on; and that nothing ambiguous is taken.
 */
#include "codec/head.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct rd_framing framing_of(const char *line, const char *fields, int status)
{
	static const struct rd_head_limits limits = RD_HEAD_LIMITS;
	static char text[1024];
	struct rd_head head;
	struct rd_framing f;

	snprintf(text, sizeof(text), "%s\r\n%s\r\n", line, fields);
	ck_assert_int_gt(rd_head_parse(text, strlen(text), &limits, &head), 0);
	ck_assert_int_eq(rd_head_framing(&head, &f), status);
	return f;
}

static const char *line_of(unsigned minor)
{
	return minor ? "GET / HTTP/1.1" : "GET / HTTP/1.0";
}

#define HOST "Host: h\r\n"
#define CL   "Content-Length: "
#define TE   "Transfer-Encoding: "

enum { V0, V1 };

/* RFC 9112 6 */
static const struct {
	int status, version;
	const char *fields;
	bool chunked, has_length;
	uint64_t length;
} bodies[] = {
	{ 0, V1, HOST, false, false, 0 },
	{ 0, V1, HOST CL "0\r\n", false, true, 0 },
	{ 0, V1, HOST CL "5\r\n", false, true, 5 },
	{ 0, V0, CL "5\r\n", false, true, 5 },
	{ 0, V1, HOST CL "0005\r\n", false, true, 5 },
	{ 0, V1, HOST CL "999999999999999999\r\n", false, true, 999999999999999999 },
	{ 0, V1, HOST CL "5\r\n" CL "5\r\n", false, true, 5 },
	{ 400, V1, HOST CL "\r\n", false, false, 0 },
	{ 400, V1, HOST CL "+5\r\n", false, false, 0 },
	{ 400, V1, HOST CL "-5\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5a\r\n", false, false, 0 },
	{ 400, V1, HOST CL "0x5\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5 5\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5.0\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5,6\r\n", false, false, 0 },
	{ 400, V1, HOST CL "1000000000000000000\r\n", false, false, 0 },
	{ 400, V1, HOST CL "18446744073709551621\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5\r\n" CL "6\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5\r\n" CL "05\r\n", false, false, 0 },
	{ 400, V1, HOST CL "0\r\n" CL "6\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5\r\n" CL "\r\n", false, false, 0 },
	{ 0, V1, HOST TE "chunked\r\n", true, false, 0 },
	{ 0, V1, HOST TE "CHUNKed\r\n", true, false, 0 },
	{ 0, V1, HOST TE " ,, chunked ,\r\n", true, false, 0 },
	{ 400, V1, HOST TE "chunked, chunked\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunked\r\n" TE "chunked\r\n", false, false, 0 },
	{ 501, V1, HOST TE "chunked, gzip\r\n", false, false, 0 },
	{ 501, V1, HOST TE "chunked\r\n" TE "gzip\r\n", false, false, 0 },
	{ 400, V1, HOST TE "\r\n", false, false, 0 },
	{ 400, V1, HOST TE ",\r\n", false, false, 0 },
	{ 501, V1, HOST TE "gzip\r\n", false, false, 0 },
	{ 501, V1, HOST TE "gzip, chunked\r\n", false, false, 0 },
	{ 501, V1, HOST TE "gzip\r\n" TE "chunked\r\n", false, false, 0 },
	{ 501, V1, HOST TE "identity\r\n", false, false, 0 },
	{ 501, V1, HOST TE "xchunked\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunked;a=b\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunked ; a=b\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunked;\r\n", false, false, 0 },
	{ 400, V1, HOST TE "\"chunked\"\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunk ed\r\n", false, false, 0 },
	{ 400, V1, HOST TE ";chunked\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunked, ;\r\n", false, false, 0 },
	{ 501, V1, HOST TE "foo;a=\"b, chunked\"\r\n", false, false, 0 },
	{ 501, V1, HOST TE "chunked, foo, chunked\r\n", false, false, 0 },
	{ 501, V1, HOST TE "chunked;a=b, foo ;c\r\n", false, false, 0 },
	{ 400, V0, TE "chunked\r\n", false, false, 0 },
	{ 400, V0, TE "gzip\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5\r\n" TE "chunked\r\n", false, false, 0 },
	{ 400, V1, HOST TE "chunked\r\n" CL "5\r\n", false, false, 0 },
	{ 400, V1, HOST CL "0\r\n" TE "chunked\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5\r\n" TE "gzip\r\n", false, false, 0 },
	{ 400, V1, HOST CL "5\r\n" TE "\r\n", false, false, 0 },
};

START_TEST(body)
{
	struct rd_framing f =
		framing_of(line_of(bodies[_i].version), bodies[_i].fields, bodies[_i].status);

	if (bodies[_i].status)
		return;
	ck_assert_int_eq(f.chunked, bodies[_i].chunked);
	ck_assert_int_eq(f.has_length, bodies[_i].has_length);
	ck_assert_uint_eq(f.length, bodies[_i].length);
}
END_TEST

/* RFC 9112 3.2 */
static const struct {
	int status, version;
	const char *fields, *host;
} hosts[] = {
	{ 0, V1, "Host: h\r\n", "h" },
	{ 0, V1, "HOST: example.org:8080\r\n", "example.org:8080" },
	{ 0, V1, "Host: [::1]:80\r\n", "[::1]:80" },
	{ 0, V0, "Host: h\r\n", "h" },
	{ 0, V0, "", NULL },
	{ 400, V1, "", NULL },
	{ 400, V1, "Host:\r\n", NULL },
	{ 400, V1, "Host: a b\r\n", NULL },
	{ 400, V1, "Host: a/b\r\n", NULL },
	{ 400, V1, "Host: a@b\r\n", NULL },
	{ 400, V1, "Host: h:99999\r\n", NULL },
	{ 400, V1, "Host: h\r\nHost: h\r\n", NULL },
	{ 400, V0, "Host: h\r\nHost: i\r\n", NULL },
	{ 400, V0, "Host: a b\r\n", NULL },
};

START_TEST(host)
{
	struct rd_framing f =
		framing_of(line_of(hosts[_i].version), hosts[_i].fields, hosts[_i].status);

	if (hosts[_i].status)
		return;
	if (hosts[_i].host)
		ck_assert(rd_span_eq(f.host, hosts[_i].host));
	else
		ck_assert_ptr_null(f.host.at);
}
END_TEST

/* RFC 9112 9.3 */
static const struct {
	int version;
	const char *fields;
	bool keep_alive;
} connections[] = {
	{ V1, HOST, true },
	{ V1, HOST "Connection: close\r\n", false },
	{ V1, HOST "Connection: CLOSE\r\n", false },
	{ V1, HOST "Connection: keep-alive\r\n", true },
	{ V1, HOST "Connection: x, close\t, y\r\n", false },
	{ V1, HOST "Connection: x\r\nConnection: close\r\n", false },
	{ V1, HOST "Connection: close, keep-alive\r\n", false },
	{ V1, HOST "Connection: keep-alive\r\nConnection: close\r\n", false },
	{ V1, HOST "Connection: closed\r\n", true },
	{ V1, HOST "Connection: \"close\"\r\n", true },
	{ V1, HOST "Connection:\r\n", true },
	{ V0, "", false },
	{ V0, "Connection: keep-alive\r\n", true },
	{ V0, "Connection: x, Keep-Alive\r\n", true },
	{ V0, "Connection: keep-alive, close\r\n", false },
	{ V0, "Connection: x\r\n", false },
};

START_TEST(connection)
{
	struct rd_framing f =
		framing_of(line_of(connections[_i].version), connections[_i].fields, 0);

	ck_assert_int_eq(f.keep_alive, connections[_i].keep_alive);
}
END_TEST

/* RFC 9110 10.1.1 */
static const struct {
	int status, version;
	const char *fields;
	bool expect_continue;
} expects[] = {
	{ 0, V1, HOST, false },
	{ 0, V1, HOST "Expect: 100-continue\r\n", true },
	{ 0, V1, HOST "Expect: 100-CONTINUE\r\n", true },
	{ 0, V1, HOST "Expect:\r\n", false },
	{ 417, V1, HOST "Expect: 100\r\n", false },
	{ 417, V1, HOST "Expect: 100-continue, x\r\n", false },
	{ 417, V1, HOST "Expect: 100-continue=1\r\n", false },
	{ 417, V1, HOST "Expect: x\r\nExpect: 100-continue\r\n", false },
	{ 0, V0, "Expect: 100-continue\r\n", false }, /* 1.0: not heard */
	{ 0, V0, "Expect: x\r\n", false },
	{ 400, V1, "Expect: x\r\n", false }, /* what is malformed comes first */
};

START_TEST(expect)
{
	struct rd_framing f =
		framing_of(line_of(expects[_i].version), expects[_i].fields, expects[_i].status);

	if (expects[_i].status == 0)
		ck_assert_int_eq(f.expect_continue, expects[_i].expect_continue);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("framing");
	TCase *tcase = tcase_create("framing");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, body, 0, COUNT(bodies));
	tcase_add_loop_test(tcase, host, 0, COUNT(hosts));
	tcase_add_loop_test(tcase, connection, 0, COUNT(connections));
	tcase_add_loop_test(tcase, expect, 0, COUNT(expects));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

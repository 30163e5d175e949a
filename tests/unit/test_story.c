/*
 * test_story - what happens to connections, as people read it, whatever a client sent.
 */
#include "observe/story.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
	struct rd_moment m;
	bool colour;
	const char *line;
} rows[] = {
	{ { .event = "accepted", .at_us = 1, .connection = 7, .client = "192.0.2.1" },
	  false,
	  "00:00:01.000001      #7  accepted  192.0.2.1\n" },
	{ { .event = "listen", .address = "http://[::1]:80/" },
	  false,
	  "00:00:01.000000          listen    http://[::1]:80/\n" },
	{ { .event = "parked", .connection = 7, .wants = "write" },
	  false,
	  "00:00:01.000000      #7  parked    until its client takes more\n" },
	{ { .event = "woken",
	    .at_us = 1500,
	    .since_us = 500,
	    .connection = 12345678,
	    .deadline = true },
	  false,
	  "00:00:01.001500 #12345678  woken     waited 1.00ms for a worker; its time was over\n" },
	{ { .event = "closed",
	    .at_us = 3000000,
	    .since_us = 1000000,
	    .connection = 7,
	    .reason = "peer" },
	  false,
	  "00:00:04.000000      #7  closed    peer, after 2.00s\n" },
	{ { .event = "shed", .connection = 7, .client = "unix", .reason = "overload" },
	  true,
	  "\x1b[2m00:00:01.000000      #7\x1b[0m  \x1b[31mshed      overload\x1b[0m\n" },
	{ { .event = "missed", .count = 12 },
	  false,
	  "00:00:01.000000          missed    12, since they were not read in time\n" },
	{ { .event = "exchange",
	    .connection = 7,
	    .method = "GET",
	    .target = "/\x1b[31m\n",
	    .status = 404,
	    .received = 100,
	    .sent = 2048,
	    .stage = { [STAGE_SEND] = 5 },
	    .reached = { [STAGE_SEND] = true } },
	  true,
	  "\x1b[2m00:00:01.000000      #7\x1b[0m      \x1b[33mGET /?[31m? 404\x1b[0m"
	  "  in 100  out 2.00KiB  send 5us\n" },
	{ { .event = "exchange", /* controls of Latin-1, in its bytes and in UTF-8 */
	    .connection = 7,
	    .method = "GET",
	    .target = "/\xc3\xa9\xc2\x9b"
		      "2J\x9b"
		      "2J",
	    .status = 200,
	    .reached = { [STAGE_SEND] = true } },
	  false,
	  "00:00:01.000000      #7      GET /\xc3\xa9??2J?2J 200  in 0  out 0  send 0\n" },
	{ { .event = "exchange", .connection = 7, .route = "line", .reason = "late" },
	  false,
	  "00:00:01.000000      #7      line line  in 0  out 0  not sent  last: late\n" },
};

START_TEST(lines)
{
	const struct rd_story story = { .wall_us = 1000000, .colour = rows[_i].colour };
	struct rd_buffer b = { 0 };

	ck_assert(rd_story_add(&b, &story, &rows[_i].m));
	ck_assert(rd_buffer_add(&b, "", 1));
	ck_assert_str_eq(b.at, rows[_i].line);
	rd_buffer_free(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("story");
	TCase *c = tcase_create("story");
	SRunner *r = srunner_create(s);
	int failed;

	setenv("TZ", "UTC", 1);
	tcase_add_loop_test(c, lines, 0, sizeof(rows) / sizeof(*rows));
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

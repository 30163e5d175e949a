/*
 * test_spool - a reply is sent while it is written: its bytes arrive whole and in order whatever
 * the client takes and when, what it does not take is kept up to a limit, and nobody waits.
 */
#include "serve/spool.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GOT = 8 * 1024 * 1024 };

/* A client that takes so many bytes, and no more before it is given room again. */
static struct peer {
	char *got;
	size_t len, room;
	enum rd_io fails; /* instead of taking any; IO_OK: it does not */
} peer;

static char buffer[256];
static struct rd_output out;
static struct rd_spool spool;
static struct rd_spool_limits limits;
static size_t written; /* bytes of the pattern */

static enum rd_io take(const char *bytes, size_t len, size_t *sent)
{
	if (peer.fails != IO_OK)
		return peer.fails;
	if (peer.room == 0)
		return IO_AGAIN;
	*sent = len < peer.room ? len : peer.room;
	ck_assert_uint_le(peer.len + *sent, GOT);
	memcpy(peer.got + peer.len, bytes, *sent);
	peer.len += *sent;
	peer.room -= *sent;
	return IO_OK;
}

static enum rd_io peer_send(struct rd_transport *t, const struct iovec *iov, int n, bool more,
			    size_t *sent)
{
	size_t one;

	(void)t;
	(void)more;
	*sent = 0;
	for (int i = 0; i < n; i++) {
		enum rd_io io = take(iov[i].iov_base, iov[i].iov_len, &one);

		if (io != IO_OK)
			return *sent > 0 ? IO_OK : io;
		*sent += one;
		if (one < iov[i].iov_len)
			break;
	}
	return IO_OK;
}

static enum rd_io peer_sendfile(struct rd_transport *t, int file, off_t offset, size_t count,
				size_t *sent)
{
	static char bytes[1000];
	ssize_t n = pread(file, bytes, count < sizeof(bytes) ? count : sizeof(bytes), offset);

	(void)t;
	ck_assert_int_gt(n, 0);
	return take(bytes, (size_t)n, sent);
}

static const struct rd_transport_ops ops = { .send = peer_send, .sendfile = peer_sendfile };
static struct rd_transport transport = { .ops = &ops, .fd = -1 };

static void begin(void)
{
	peer = (struct peer){ .got = malloc(GOT), .room = SIZE_MAX };
	out = (struct rd_output){ .at = buffer, .size = sizeof(buffer), .body = { .file = -1 } };
	spool = (struct rd_spool){ .store = { .file = -1 } };
	limits = (struct rd_spool_limits){ .place.directory = "/tmp", .most = RD_SPOOL_MOST };
	written = 0;
}

static void end(void)
{
	rd_spool_free(&spool);
	rd_body_release(&out.body);
	free(peer.got);
}

static char pattern(size_t at)
{
	return (char)(at % 251);
}

/* So many bytes more, in two pieces. */
static int write_more(size_t len)
{
	char *bytes = malloc(len + 1);
	struct iovec iov[] = { { bytes, len / 3 }, { bytes + len / 3, len - len / 3 } };
	int error;

	for (size_t i = 0; i < len; i++)
		bytes[i] = pattern(written + i);
	error = rd_spool_send(&spool, &out, &transport, iov, 2, &limits);
	written += error ? 0 : len;
	free(bytes);
	return error;
}

/* What came after `skip` bytes is the pattern, `len` bytes of it. */
static void came(size_t skip, size_t len)
{
	size_t wrong = 0;

	ck_assert_uint_eq(peer.len, skip + len);
	for (size_t i = 0; i < len; i++)
		wrong += peer.got[skip + i] != pattern(i);
	ck_assert_uint_eq(wrong, 0);
}

/* The handler is done, and the client reads all. */
static void finish(size_t skip)
{
	ck_assert(rd_spool_end(&spool, &out));
	peer.room = SIZE_MAX;
	out.turn = UINT64_MAX;
	ck_assert_int_eq(rd_output_flush(&out, &transport), FLUSH_DONE);
	came(skip, written);
	ck_assert(rd_output_empty(&out));
}

START_TEST(all_at_once)
{
	ck_assert_int_eq(write_more(1000), 0);
	ck_assert_int_eq(write_more(0), 0);
	ck_assert_int_eq(write_more(100000), 0);
	came(0, 101000);
	ck_assert_uint_eq(spool.store.len, 0);
	finish(0);
}
END_TEST

/* What was on its way before goes first. */
START_TEST(behind_others)
{
	memcpy(buffer, "head:", 5);
	out.len = 5;
	peer.room = 2;
	ck_assert_int_eq(write_more(10), 0);
	ck_assert_uint_eq(peer.len, 2);
	peer.room = 5;
	ck_assert_int_eq(write_more(10), 0);
	ck_assert_uint_eq(peer.len, 7);
	finish(5);
	ck_assert_mem_eq(peer.got, "head:", 5);
}
END_TEST

/* Whatever it takes each time, in memory and in a file. */
START_TEST(slow)
{
	size_t room = (size_t)_i * 37;

	for (int i = 0; i < 400; i++) {
		peer.room = i % 3 ? room : 0;
		ck_assert_int_eq(write_more(1 + (size_t)i * 7), 0);
	}
	came(0, peer.len);
	finish(0);
}
END_TEST

START_TEST(in_memory_then_file)
{
	peer.room = 0;
	ck_assert_int_eq(write_more(RD_STORE_MEMORY), 0);
	ck_assert_int_lt(spool.store.file, 0);
	ck_assert_int_eq(write_more(1), 0);
	ck_assert_int_ge(spool.store.file, 0);
	peer.room = 100;
	ck_assert_int_eq(write_more(1000), 0);
	came(0, 100);
	finish(0);
}
END_TEST

/* When it has caught up, nothing is kept any more. */
START_TEST(catches_up)
{
	peer.room = 0;
	ck_assert_int_eq(write_more(200000), 0);
	peer.room = SIZE_MAX;
	ck_assert_int_eq(write_more(10), 0);
	came(0, 200010);
	ck_assert_int_lt(spool.store.file, 0);
	ck_assert_uint_eq(spool.store.len, 0);
	finish(0);
}
END_TEST

START_TEST(limit)
{
	limits.most = 100000;
	peer.room = 0;
	ck_assert_int_eq(write_more(60000), 0);
	ck_assert_int_eq(write_more(40000), 0);
	ck_assert_int_eq(write_more(1), EFBIG);
}
END_TEST

START_TEST(limit_at_once)
{
	limits.most = 100000;
	peer.room = 50;
	ck_assert_int_eq(write_more(100051), EFBIG);
}
END_TEST

/* A client that is always a little behind is not far behind: what it has taken does not count. */
START_TEST(limit_is_of_what_is_kept)
{
	limits.most = (size_t)_i;
	peer.room = 0;
	ck_assert_int_eq(write_more(limits.most / 2), 0);
	while (written < 7 * 1024 * 1024) {
		peer.room = 10000;
		ck_assert_int_eq(write_more(10000), 0);
	}
	came(0, peer.len);
	ck_assert_uint_lt(spool.store.len, 2 * limits.most + 1024 * 1024 + 20000);
	finish(0);
}
END_TEST

START_TEST(gone)
{
	peer.fails = IO_RESET;
	ck_assert_int_eq(write_more(1), EPIPE);
}
END_TEST

START_TEST(gone_later)
{
	peer.room = 0;
	ck_assert_int_eq(write_more(_i), 0);
	peer.fails = IO_RESET;
	ck_assert_int_eq(write_more(1), EPIPE);
}
END_TEST

START_TEST(no_directory)
{
	limits.place.directory = "/nonexistent";
	peer.room = 0;
	ck_assert_int_eq(write_more(1000), 0);
	ck_assert_int_eq(write_more(RD_STORE_MEMORY), ENOENT);
}
END_TEST

/* All files together may have so much; what is not kept any more is given back. */
START_TEST(room)
{
	struct rd_room all = { .most = 100000 };
	struct rd_store other = { .file = -1 };
	static const char bytes[RD_STORE_MEMORY + 1000];

	limits.place.room = &all;
	peer.room = 0;
	ck_assert_int_eq(write_more(RD_STORE_MEMORY), 0);
	ck_assert_uint_eq(all.used, 0); /* memory has none of it */
	ck_assert_int_eq(write_more(1000), 0);
	ck_assert_uint_eq(all.used, RD_STORE_MEMORY + 1000);
	ck_assert_int_eq(rd_store_add(&other, bytes, sizeof(bytes), &limits.place), ENOBUFS);
	rd_store_free(&other);
	ck_assert_uint_eq(all.used, RD_STORE_MEMORY + 1000);
	ck_assert_int_eq(write_more(40000), ENOBUFS);
	ck_assert_uint_le(all.used, all.most);
	rd_spool_free(&spool);
	ck_assert_uint_eq(all.used, 0);
	ck_assert_int_eq(rd_store_add(&other, bytes, sizeof(bytes), &limits.place), 0);
	ck_assert_uint_eq(all.used, sizeof(bytes));
	rd_store_free(&other);
	ck_assert_uint_eq(all.used, 0);
}
END_TEST

START_TEST(nothing)
{
	ck_assert(rd_spool_end(&spool, &out));
	ck_assert(rd_output_empty(&out));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("spool");
	TCase *tcase = tcase_create("spool");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, all_at_once);
	tcase_add_test(tcase, behind_others);
	tcase_add_loop_test(tcase, slow, 0, 60);
	tcase_add_test(tcase, in_memory_then_file);
	tcase_add_test(tcase, catches_up);
	tcase_add_test(tcase, limit);
	tcase_add_test(tcase, limit_at_once);
	tcase_add_loop_test(tcase, limit_is_of_what_is_kept, 60000, 60001);
	tcase_add_loop_test(tcase, limit_is_of_what_is_kept, 2000000, 2000001);
	tcase_add_test(tcase, gone);
	tcase_add_loop_test(tcase, gone_later, 1, 2);
	tcase_add_loop_test(tcase, gone_later, 100000, 100001);
	tcase_add_test(tcase, no_directory);
	tcase_add_test(tcase, room);
	tcase_add_test(tcase, nothing);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

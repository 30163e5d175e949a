/* test_output - a body in parts, cut at every byte: what arrives, what is released and when. */
#include "serve/output.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD  "head:"
#define WHOLE HEAD "<a>234<b>678<c>"

static const char content[] = "0123456789";

/* A client that takes `most` bytes at once, and after each time has to be waited for. */
struct peer {
	char got[128];
	size_t len, most;
	bool again;
	bool more; /* as the last send said */
};

static enum rd_io peer_take(struct peer *p, const char *bytes, size_t len, size_t *sent)
{
	p->again = !p->again;
	if (!p->again)
		return IO_AGAIN;
	*sent = len < p->most ? len : p->most;
	ck_assert_uint_le(p->len + *sent, sizeof(p->got));
	memcpy(p->got + p->len, bytes, *sent);
	p->len += *sent;
	return IO_OK;
}

static enum rd_io peer_send(struct rd_transport *t, const struct iovec *iov, int n, bool more,
			    size_t *sent)
{
	struct peer *p = t->state;
	char all[128];
	size_t len = 0;

	for (int i = 0; i < n; i++) {
		memcpy(all + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	p->more = more;
	return peer_take(p, all, len, sent);
}

static enum rd_io peer_sendfile(struct rd_transport *t, int file, off_t offset, size_t count,
				size_t *sent)
{
	char bytes[64];
	ssize_t n = pread(file, bytes, count < sizeof(bytes) ? count : sizeof(bytes), offset);

	ck_assert_int_ge(n, 0);
	return n == 0 ? IO_EOF : peer_take(t->state, bytes, (size_t)n, sent);
}

static const struct rd_transport_ops ops = { .send = peer_send, .sendfile = peer_sendfile };

static int released;

static void release(void *owner)
{
	ck_assert_ptr_eq(owner, &released);
	released++;
}

static int file_of(size_t len)
{
	int fd = memfd_create("content", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, len), (int)len);
	return fd;
}

/* From memory where fd is -1. */
static struct rd_part piece(int fd, size_t first, size_t len)
{
	return (struct rd_part){ fd < 0 ? content + first : NULL, fd, (off_t)first, len };
}

static struct rd_output output_of(char *buffer, const struct rd_part *next)
{
	struct rd_output o = { .at = buffer, .size = 64, .body = { .file = -1 }, .turn = 1000 };
	struct rd_body body = { "<a>", -1, 0, 3, next, release, &released };

	memcpy(buffer, HEAD, sizeof(HEAD) - 1);
	o.len = sizeof(HEAD) - 1;
	released = 0;
	rd_output_body(&o, &body);
	ck_assert_ptr_null(body.release);
	return o;
}

START_TEST(parts)
{
	int fd = _i % 2 ? file_of(sizeof(content) - 1) : -1;
	struct peer peer = { .most = (size_t)_i / 2 + 1 };
	struct rd_transport t = { .ops = &ops, .fd = -1, .state = &peer };
	struct rd_part list[] = {
		piece(fd, 2, 3), { "<b>", -1, 0, 3 }, piece(fd, 6, 3), { "<c>", -1, 0, 3 }, { 0 }
	};
	char buffer[64];
	struct rd_output o = output_of(buffer, list);
	enum rd_flush flush;

	while ((flush = rd_output_flush(&o, &t)) == FLUSH_BLOCKED) {
		ck_assert(!rd_output_empty(&o));
		ck_assert_int_eq(released, 0);
	}
	ck_assert_int_eq(flush, FLUSH_DONE);
	ck_assert(rd_output_empty(&o));
	ck_assert_int_eq(released, 1);
	ck_assert_uint_eq(peer.len, strlen(WHOLE));
	ck_assert_int_eq(memcmp(peer.got, WHOLE, peer.len), 0);
	ck_assert(!peer.more);
	if (fd >= 0)
		close(fd);
}
END_TEST

/* The file is shorter than the parts say: nothing comes in place of what is missing. */
START_TEST(cut)
{
	int fd = file_of(7);
	struct peer peer = { .most = 100 };
	struct rd_transport t = { .ops = &ops, .fd = -1, .state = &peer };
	struct rd_part list[] = { piece(fd, 2, 3), piece(fd, 6, 3), { "<c>", -1, 0, 3 }, { 0 } };
	char buffer[64];
	struct rd_output o = output_of(buffer, list);
	enum rd_flush flush;

	while ((flush = rd_output_flush(&o, &t)) == FLUSH_BLOCKED)
		continue;
	ck_assert_int_eq(flush, FLUSH_BROKEN);
	ck_assert_uint_eq(peer.len, strlen(HEAD "<a>2346"));
	ck_assert_int_eq(memcmp(peer.got, HEAD "<a>2346", peer.len), 0);
	rd_body_release(&o.body);
	ck_assert_int_eq(released, 1);
	close(fd);
}
END_TEST

/* Released before all is sent: the parts that follow are forgotten with it. */
START_TEST(given_up)
{
	struct rd_part list[] = { piece(-1, 2, 3), { 0 } };
	char buffer[64];
	struct rd_output o = output_of(buffer, list);

	rd_body_release(&o.body);
	ck_assert_int_eq(released, 1);
	ck_assert_ptr_null(o.body.next);
	ck_assert_uint_eq(o.body.left, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output");
	TCase *tcase = tcase_create("output");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parts, 0, 2 * (int)sizeof(WHOLE));
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, given_up);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

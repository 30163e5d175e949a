/* test_upload - what PUT and DELETE do to a directory, and what they never do. */
#include "handlers/place.h"
#include "handlers/upload.h"

#include "asking.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static char top[] = "/tmp/replyd-test-XXXXXX";
static int dir = -1; /* top/www */
static struct rd_upload *upload;

static void put_file(const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void setup(void)
{
	char www[64];

	strcpy(top + sizeof(top) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(www, sizeof(www), "%s/www", top);
	ck_assert_int_eq(mkdir(www, 0755), 0);
	dir = open(www, O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(mkdirat(dir, "sub", 0755), 0);
	put_file("old", "old");
	put_file("../out", "out");
	ck_assert_int_eq(symlinkat("..", dir, "away"), 0);
	ck_assert_int_eq(symlinkat("../out", dir, "link"), 0);
	ck_assert_int_eq(symlinkat("sub", dir, "within"), 0);
	ck_assert_int_eq(mkfifoat(dir, "pipe", 0600), 0);
	upload = rd_upload_new(www, false, 16);
	ck_assert_ptr_nonnull(upload);
}

static void teardown(void)
{
	char command[64];

	rd_upload.release(upload);
	close(dir);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	ck_assert_int_eq(system(command), 0);
}

static int perform(const char *line, const char *fields, const char *body)
{
	char all[1024];
	int status;

	snprintf(all, sizeof(all), "Host: t\r\n%s", fields);
	ask(line, all);
	x.content = rd_span_of(body);
	x.content_len = x.content.len;
	status = rd_upload_delete.perform(&x, upload);
	return status ? status : x.reply.status;
}

static const char *content(const char *name)
{
	static char text[4096];
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd < 0)
		return NULL;
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

/* Names in www, those of the start apart. */
static int others(void)
{
	static const char *const start[] = { ".",    "..",   "old",    "sub",
					     "away", "link", "within", "pipe" };
	DIR *d = fdopendir(openat(dir, ".", O_RDONLY));
	const struct dirent *e;
	int n = 0;

	while ((e = readdir(d))) {
		n++;
		for (int i = 0; i < COUNT(start); i++)
			n -= strcmp(e->d_name, start[i]) == 0;
	}
	closedir(d);
	return n;
}

static const struct {
	const char *line, *fields;
	int status;
	const char *name; /* that holds "new" after; NULL: no file has changed */
} puts_[] = {
	{ "PUT /f", "", 201, "f" },
	{ "PUT /old", "", 204, "old" },
	{ "PUT /sub/f", "", 201, "sub/f" },
	{ "PUT /sub/../f", "", 201, "f" },
	{ "PUT /within/f", "", 201, "sub/f" },
	{ "PUT /%66%20%C3%A9", "", 201, "f \xc3\xa9" },
	{ "PUT /f?query", "", 201, "f" },
	{ "PUT /", "", 409, NULL },
	{ "PUT /f/", "", 409, NULL },
	{ "PUT /sub", "", 409, NULL },
	{ "PUT /sub/", "", 409, NULL },
	{ "PUT /none/f", "", 409, NULL },
	{ "PUT /old/f", "", 409, NULL },
	{ "PUT /link", "", 409, NULL },
	{ "PUT /pipe", "", 409, NULL },
	{ "PUT /pipe/f", "", 409, NULL },
	{ "PUT /away/f", "", 403, NULL },
	{ "PUT /away/out", "", 403, NULL },
	{ "PUT /.f", "", 403, NULL },
	{ "PUT /sub/.f/g", "", 403, NULL },
	{ "PUT /%2ef", "", 403, NULL },
	{ "PUT /f", "Content-Range: bytes 0-2/3\r\n", 400, NULL }, /* RFC 9110 §14.5 */
	{ "PUT /f", "Content-Encoding: gzip\r\n", 415, NULL },
	{ "PUT /f", "Content-Encoding: identity\r\n", 201, "f" },
	/* RFC 9110 §13.1 */
	{ "PUT /f", "If-None-Match: *\r\n", 201, "f" },
	{ "PUT /old", "If-None-Match: *\r\n", 412, NULL },
	{ "PUT /f", "If-Match: *\r\n", 412, NULL },
	{ "PUT /old", "If-Match: *\r\n", 204, "old" },
	{ "PUT /old", "If-Match: \"another\"\r\n", 412, NULL },
	{ "PUT /old", "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT\r\n", 412, NULL },
	{ "PUT /old", "If-Modified-Since: Sat, 01 Jan 2100 00:00:00 GMT\r\n", 204, "old" },
};

START_TEST(put)
{
	bool is_new = puts_[_i].status == 201;

	ck_assert_int_eq(perform(puts_[_i].line, puts_[_i].fields, "new"), puts_[_i].status);
	if (puts_[_i].name)
		ck_assert_str_eq(content(puts_[_i].name), "new");
	if (!puts_[_i].name || strcmp(puts_[_i].name, "old") != 0)
		ck_assert_str_eq(content("old"), "old");
	ck_assert_str_eq(content("../out"), "out");
	ck_assert_int_eq(others(), is_new && !strchr(puts_[_i].name, '/'));
	ck_assert_int_eq(says("Location") != NULL, is_new);
	ck_assert_int_eq(says("ETag") != NULL, puts_[_i].name != NULL);
}
END_TEST

START_TEST(location)
{
	static char line[600];

	perform("PUT /sub/%C3%A9%20a?b", "", "");
	ck_assert_str_eq(says("Location"), "/sub/%C3%A9%20a");
	snprintf(line, sizeof(line), "PUT /%0255d", 0);
	ck_assert_int_eq(perform(line, "", ""), 201);
	snprintf(line, sizeof(line), "PUT /%0256d", 0);
	ck_assert_int_eq(perform(line, "", ""), 414);
}
END_TEST

/* The tag that came with it is the one that it is served with, and that the next may expect. */
START_TEST(versions)
{
	char tag[128], fields[160];

	ck_assert_int_eq(perform("PUT /f", "", "one"), 201);
	snprintf(tag, sizeof(tag), "%.100s", says("ETag"));
	ck_assert_int_eq(perform("GET /f", "", ""), 200);
	ck_assert_ptr_nonnull(memmem(x.reply.ready.at, x.reply.ready.len, tag, strlen(tag)));
	ck_assert_mem_eq(x.reply.body.bytes, "one", 3);
	rd_body_release(&x.reply.body);

	snprintf(fields, sizeof(fields), "If-Match: %s\r\n", tag);
	ck_assert_int_eq(perform("PUT /f", fields, "two"), 204);
	ck_assert_str_ne(says("ETag"), tag);
	ck_assert_int_eq(perform("PUT /f", fields, "three"), 412);
	ck_assert_int_eq(perform("DELETE /f", fields, ""), 412);
	ck_assert_str_eq(content("f"), "two");
}
END_TEST

/* Who has just stored something reads it, though the old was kept for who reads. */
START_TEST(read_after)
{
	ck_assert_int_eq(perform("GET /old", "", ""), 200);
	rd_body_release(&x.reply.body);
	ck_assert_int_eq(perform("PUT /old", "", "newer"), 204);
	ck_assert_int_eq(perform("GET /old", "", ""), 200);
	ck_assert_uint_eq(x.reply.length, 5);
	ck_assert_mem_eq(x.reply.body.bytes, "newer", 5);
	rd_body_release(&x.reply.body);
	ck_assert_int_eq(perform("DELETE /old", "", ""), 204);
	ck_assert_int_eq(perform("GET /old", "", ""), 404);

	ck_assert_int_eq(perform("PUT /sub/index.html", "", "a"), 201);
	ck_assert_int_eq(perform("GET /sub/", "", ""), 200);
	rd_body_release(&x.reply.body);
	ck_assert_int_eq(perform("PUT /sub/index.html", "", "bc"), 204);
	ck_assert_int_eq(perform("GET /sub/", "", ""), 200);
	ck_assert_uint_eq(x.reply.length, 2);
	rd_body_release(&x.reply.body);
}
END_TEST

static const char *stored_meanwhile; /* between the next open and what follows it */

/* As the C library's, but for that. */
int fstat(int fd, struct stat *st)
{
	static struct replyd_exchange asked;
	const char *text = stored_meanwhile;

	stored_meanwhile = NULL;
	if (text) {
		asked = x;
		memset(&x, 0, sizeof(x));
		ck_assert_int_eq(perform("PUT /old", "", text), 204);
		rd_exchange_end(&x);
		x = asked;
	}
	return fstatat(fd, "", st, AT_EMPTY_PATH);
}

/* Who is opening a file while it is replaced may get the old one; who asks after that does not. */
START_TEST(read_meanwhile)
{
	stored_meanwhile = "newer";
	ck_assert_int_eq(perform("GET /old", "", ""), 200);
	ck_assert_ptr_null(stored_meanwhile);
	ck_assert_uint_eq(x.reply.length, 3);
	ck_assert_mem_eq(x.reply.body.bytes, "old", 3);
	rd_body_release(&x.reply.body);
	ck_assert_int_eq(perform("GET /old", "", ""), 200);
	ck_assert_uint_eq(x.reply.length, 5);
	ck_assert_mem_eq(x.reply.body.bytes, "newer", 5);
	rd_body_release(&x.reply.body);
}
END_TEST

static const struct {
	const char *line, *fields;
	int status;
} deletes[] = {
	{ "DELETE /old", "", 204 },
	{ "DELETE /old", "If-Match: *\r\n", 204 },
	{ "DELETE /old", "If-Match: \"x\"\r\n", 412 },
	{ "DELETE /old", "If-None-Match: *\r\n", 412 },
	{ "DELETE /none", "", 404 },
	{ "DELETE /none/f", "", 404 },
	{ "DELETE /old/f", "", 404 },
	{ "DELETE /.f", "", 404 },
	{ "DELETE /", "", 409 },
	{ "DELETE /sub", "", 409 },
	{ "DELETE /sub/", "", 409 },
	{ "DELETE /link", "", 409 },
	{ "DELETE /pipe", "", 409 },
	{ "DELETE /away/out", "", 403 },
};

START_TEST(delete_)
{
	ck_assert_int_eq(perform(deletes[_i].line, deletes[_i].fields, ""), deletes[_i].status);
	ck_assert_int_eq(content("old") == NULL, deletes[_i].status == 204);
	ck_assert_str_eq(content("../out"), "out");
	ck_assert_int_eq(faccessat(dir, "sub", F_OK, 0), 0);
	ck_assert_int_eq(faccessat(dir, "link", F_OK, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_int_eq(others(), 0);
}
END_TEST

/* A body that came in a file, from its start, as much of it as there was. */
START_TEST(from_file)
{
	enum { LEN = 3 * 1024 * 1024 + 7 };
	char *bytes = malloc(LEN), *back = malloc(LEN);
	struct stat st;
	int fd;

	for (int i = 0; i < LEN; i++)
		bytes[i] = (char)(i % 251);
	ask("PUT /f", "Host: t\r\n");
	x.content_file = memfd_create("body", MFD_CLOEXEC);
	x.content_len = LEN;
	ck_assert_int_eq(write(x.content_file, bytes, LEN), LEN);
	ck_assert_int_eq(rd_upload.perform(&x, upload), 201);
	fd = openat(dir, "f", O_RDONLY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, LEN);
	ck_assert_int_eq(pread(fd, back, LEN, 0), LEN);
	ck_assert_int_eq(memcmp(bytes, back, LEN), 0);
	close(fd);

	/* one that is shorter than it should be stores nothing */
	ask("PUT /g", "Host: t\r\n");
	x.content_len = LEN + 1;
	x.content_file = memfd_create("body", MFD_CLOEXEC);
	ck_assert_int_eq(rd_upload.perform(&x, upload), 500);
	ck_assert_int_eq(others(), 1);
	free(bytes);
	free(back);
}
END_TEST

START_TEST(modes)
{
	struct stat st;
	mode_t was = umask(027);

	ck_assert_int_eq(perform("PUT /f", "", "x"), 201);
	ck_assert_int_eq(fstatat(dir, "f", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(fchmodat(dir, "old", 04604, 0), 0);
	ck_assert_int_eq(perform("PUT /old", "", "x"), 204);
	ck_assert_int_eq(fstatat(dir, "old", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0604);
	umask(was);
}
END_TEST

/* The old one stays whole when the new one cannot be written. */
START_TEST(no_room)
{
	struct rlimit few = { 2, 2 };

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few), 0);
	ck_assert_int_eq(perform("PUT /old", "", "newer"), 413);
	ck_assert_int_eq(perform("PUT /f", "", "new"), 413);
	ck_assert_str_eq(content("old"), "old");
	ck_assert_int_eq(others(), 0);
}
END_TEST

/* On a file system where a file must have a name, it has a hidden one until it has its own. */
START_TEST(named)
{
	struct rd_place p;

	for (int replace = 0; replace < 2; replace++) {
		p.fd = openat(dir, ".upload-x", O_WRONLY | O_CREAT, 0600);
		strcpy(p.name, ".upload-x");
		ck_assert_int_eq(rd_place_write(&p, "new", 3), 0);
		ck_assert_int_eq(rd_place_take(&p, dir, "old", false), EEXIST);
		ck_assert_int_eq(rd_place_take(&p, dir, replace ? "old" : "f", replace), 0);
		rd_place_close(&p, dir);
		ck_assert_str_eq(content(replace ? "old" : "f"), "new");
		ck_assert_int_eq(others(), 1); /* f */
	}
}
END_TEST

START_TEST(given_up)
{
	struct rd_place p;

	ck_assert_int_eq(rd_place_open(&p, dir), 0);
	ck_assert_int_eq(rd_place_write(&p, "half", 4), 0);
	ck_assert_int_eq(others(), 0); /* it has no name here */
	ck_assert_int_eq(rd_place_take(&p, dir, "old", false), EEXIST);
	rd_place_close(&p, dir);
	ck_assert_int_eq(rd_place_open(&p, dir), 0);
	ck_assert_int_eq(rd_place_take(&p, dir, "sub", true), EISDIR);
	rd_place_close(&p, dir);
	ck_assert_int_eq(others(), 0);
}
END_TEST

START_TEST(no_directory)
{
	ck_assert_ptr_null(rd_upload_new("/nowhere", false, 1));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("upload");
	TCase *tcase = tcase_create("upload");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, put, 0, COUNT(puts_));
	tcase_add_test(tcase, location);
	tcase_add_test(tcase, versions);
	tcase_add_test(tcase, read_after);
	tcase_add_test(tcase, read_meanwhile);
	tcase_add_loop_test(tcase, delete_, 0, COUNT(deletes));
	tcase_add_test(tcase, from_file);
	tcase_add_test(tcase, modes);
	tcase_add_test(tcase, no_room);
	tcase_add_test(tcase, named);
	tcase_add_test(tcase, given_up);
	tcase_add_test(tcase, no_directory);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

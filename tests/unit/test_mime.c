/* test_mime - types by extension, from a mime.types text and built in. */
#include "codec/mime.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define UTF8	"; charset=utf-8"
#define UNKNOWN "application/octet-stream"

static const struct {
	const char *name, *type;
} names[] = {
	{ "a.html", "text/html" UTF8 },
	{ "a.HTML", "text/html" UTF8 },
	{ "a.hTm", "text/html" UTF8 },
	{ "/www/a.b/c.css", "text/css" UTF8 },
	{ "a.js", "text/javascript" UTF8 },
	{ "a.mjs", "text/javascript" UTF8 },
	{ "a.json", "application/json" },
	{ "a.svg", "image/svg+xml" },
	{ "a.png", "image/png" },
	{ "a.7z", "application/x-7z-compressed" },
	{ "a.zst", "application/zstd" },
	{ "a.xml", "application/xml" },
	{ "a.webmanifest", "application/manifest+json" },
	{ "a.tar.gz", "application/gzip" },
	{ "a.html.bak", UNKNOWN },
	{ "html", UNKNOWN },
	{ "a", UNKNOWN },
	{ "", UNKNOWN },
	{ ".", UNKNOWN },
	{ "..", UNKNOWN },
	{ "a.", UNKNOWN },
	{ ".html", UNKNOWN },
	{ "a.html/b", UNKNOWN },
	{ "a.html/", UNKNOWN },
	{ "a/.html", UNKNOWN },
	{ "a.htmlx", UNKNOWN },
	{ "a.ht", UNKNOWN },
	{ "a.\xc3\xa9", UNKNOWN },
};

START_TEST(built_in)
{
	ck_assert_str_eq(rd_mime_of(NULL, names[_i].name), names[_i].type);
}
END_TEST

/* Every row can be found, so the table is in order; and it is about what a site is made of. */
START_TEST(built_in_all)
{
	static const char *const all[] = {
		"7z",	"aac",	"apng",	 "atom",   "avif", "bin",  "bmp",  "bz2",  "c",
		"conf", "css",	"csv",	 "deb",	   "doc",  "docx", "eot",  "epub", "flac",
		"gif",	"gz",	"h",	 "heic",   "htm",  "html", "ico",  "ics",  "jpeg",
		"jpg",	"js",	"json",	 "jsonld", "jxl",  "log",  "m4a",  "m4v",  "map",
		"md",	"mid",	"mjs",	 "mkv",	   "mp3",  "mp4",  "mpeg", "odp",  "ods",
		"odt",	"oga",	"ogg",	 "ogv",	   "opus", "otf",  "pdf",  "png",  "ppt",
		"pptx", "py",	"rss",	 "rtf",	   "sh",   "svg",  "svgz", "tar",  "tif",
		"tiff", "toml", "ttf",	 "txt",	   "vtt",  "wasm", "wav",  "webm", "webmanifest",
		"webp", "woff", "woff2", "xhtml",  "xls",  "xlsx", "xml",  "xz",   "yaml",
		"yml",	"zip",	"zst",
	};

	for (int i = 0; i < COUNT(all); i++) {
		const char *type = rd_mime_builtin(all[i]);

		ck_assert_msg(type != NULL, "%s", all[i]);
		ck_assert_msg((strncmp(type, "text/", 5) == 0) == (strstr(type, UTF8) != NULL),
			      "%s", type);
	}
	ck_assert_ptr_null(rd_mime_builtin(""));
	ck_assert_ptr_null(rd_mime_builtin("htmlx"));
}
END_TEST

static const char file[] = "# a comment\n"
			   "text/x-one\t\tone ONE1\n"
			   "  application/two  two  # three\n"
			   "text/x-none\n"
			   "application/cr+x.y-z crlf\r\n"
			   "\r\n"
			   "text/x-first again\n"
			   "application/second AGAIN\n"
			   "TEXT/x-caps caps\n"
			   "application/html html\n"
			   "notype ext1\n"
			   "a/b/c ext2\n"
			   "/b ext3\n"
			   "a/ ext4\n"
			   "a/b;c=d ext5\n"
			   "a/b\x01 ext6\n"
			   "#a/b ext7\n"
			   "a/slash d/e good\n"
			   "a/dots tar.gz\n"
			   "a/last last";

static const struct {
	const char *name, *type;
} listed[] = {
	{ "a.one", "text/x-one" UTF8 },
	{ "a.One", "text/x-one" UTF8 },
	{ "a.one1", "text/x-one" UTF8 },
	{ "a.two", "application/two" },
	{ "a.three", UNKNOWN },
	{ "a.#", UNKNOWN },
	{ "a.crlf", "application/cr+x.y-z" },
	{ "a.again", "application/second" },
	{ "a.caps", "TEXT/x-caps" UTF8 },
	{ "a.html", "application/html" },
	{ "a.css", "text/css" UTF8 },
	{ "a.ext1", UNKNOWN },
	{ "a.ext2", UNKNOWN },
	{ "a.ext3", UNKNOWN },
	{ "a.ext4", UNKNOWN },
	{ "a.ext5", UNKNOWN },
	{ "a.ext6", UNKNOWN },
	{ "a.ext7", UNKNOWN },
	{ "a.good", "a/slash" },
	{ "a.tar.gz", "application/gzip" },
	{ "a.last", "a/last" },
	{ "a.la", UNKNOWN },
	{ "a", UNKNOWN },
};

START_TEST(from_file)
{
	size_t len = sizeof file - 1;
	char *text = malloc(len); /* with no NUL, and gone before the look-up */
	struct rd_mime *mime;

	memcpy(text, file, len);
	mime = rd_mime_new(text, len);
	free(text);
	ck_assert_ptr_nonnull(mime);
	ck_assert_str_eq(rd_mime_of(mime, listed[_i].name), listed[_i].type);
	rd_mime_free(mime);
}
END_TEST

START_TEST(from_nothing)
{
	static const char *const texts[] = { "", "\n", "#", "# a/b c", "a/b", " \t\r\n\n" };

	for (int i = 0; i < COUNT(texts); i++) {
		struct rd_mime *mime = rd_mime_new(texts[i], strlen(texts[i]));

		ck_assert_str_eq(rd_mime_of(mime, "a.html"), "text/html" UTF8);
		ck_assert_str_eq(rd_mime_of(mime, "a.c1"), UNKNOWN);
		rd_mime_free(mime);
	}
	rd_mime_free(NULL);
}
END_TEST

/* Many extensions, on one line and on many: all are found, and no other. */
START_TEST(many)
{
	enum { N = 3000 };
	static char text[N * 40];
	size_t len = 0;

	for (int i = 0; i < N; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
					i % 10 ? " e%d" : "\ntext/t%d e%d", i, i);
	struct rd_mime *mime = rd_mime_new(text, len);
	for (int i = 0; i < N; i++) {
		char name[32], type[64];

		snprintf(name, sizeof name, "a.E%d", i);
		snprintf(type, sizeof type, "text/t%d" UTF8, i / 10 * 10);
		ck_assert_str_eq(rd_mime_of(mime, name), type);
		snprintf(name, sizeof name, "a.f%d", i);
		ck_assert_str_eq(rd_mime_of(mime, name), UNKNOWN);
	}
	rd_mime_free(mime);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mime");
	TCase *tcase = tcase_create("mime");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, built_in, 0, COUNT(names));
	tcase_add_test(tcase, built_in_all);
	tcase_add_loop_test(tcase, from_file, 0, COUNT(listed));
	tcase_add_test(tcase, from_nothing);
	tcase_add_test(tcase, many);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

/*
 * test_auth - which files are taken, who may ask, and what is remembered.
 *
 * The hashes are of "secret" (the last user's of "se:cr\xc3\xa9t"), made cheap.
 */
#include "app/auth.h"

#include "asking.h"

#include <crypt.h>
#include <pthread.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define BCRYPT "$2y$04$gk9Ho5We8/Ks3hHZ1i0R6OR6mKaHC2zVHTHTbnwkU9VNxGEP1UAeW"
#define SHA256 "$5$rounds=1000$dWPHs0rfcp0muxWS$BFlZBjOnK2m0yq.R7RRPPcuqWM4Nhk.vaNufQmJ4As6"
#define SHA512                                                                          \
	"$6$rounds=1000$TFNlUpQlDDvluYQM$MmPVTNthV944sc6UgY0GhaFfRYyWWYZbVm4NAAGaSKHQ1" \
	"wcbh0F.BoKbnYofjM.rxmllI.mqo0g1r7ld.FR561"
#define YESCRYPT "$y$j75$47P7FMEXUkV0qaYmp1jMK0$h7Va.O67ZELVnhbF0KrVC7XV8CDyBBqP9yxYwdphQo/"

static const char users[] = "# who may ask\n"
			    "\n"
			    "zoe:" BCRYPT "\n"
			    "anna:" SHA256 "\r\n"
			    "max:" SHA512 ":a comment\n"
			    "eva:" YESCRYPT "\n"
			    "J\xc3\xb6rg:$2b$04$8nrO8sm2VojJ3MQnuiA1Q."
			    "0BE2jb4Pge3Nd1emzOn9Esal2iLwQYO";

static struct rd_auth *auth;
static char why[512];

static struct rd_auth *load(const char *realm, const char *text, size_t len)
{
	const char *path = file_of(text, len);
	struct rd_auth *loaded = rd_auth_load(realm, path, why, sizeof(why));

	unlink(path);
	return loaded;
}

static void setup(void)
{
	auth = load("a \"b\" \\c", users, sizeof(users) - 1);
	ck_assert_msg(auth != NULL, "%s", why);
}

static void teardown(void)
{
	rd_auth_free(auth);
}

static void ask_as(const char *credentials)
{
	char fields[1024];

	snprintf(fields, sizeof(fields), "Host: t\r\n%s%s%s", credentials ? "Authorization: " : "",
		 credentials ? credentials : "", credentials ? "\r\n" : "");
	ask("GET /", fields);
}

static const struct {
	const char *credentials;
	int status;
} asks[] = {
	{ NULL, 401 },
	{ "Basic em9lOnNlY3JldA==", 0 },   /* zoe:secret */
	{ "Basic YW5uYTpzZWNyZXQ=", 0 },   /* anna */
	{ "Basic bWF4OnNlY3JldA==", 0 },   /* max */
	{ "Basic ZXZhOnNlY3JldA==", 0 },   /* eva */
	{ "Basic SsO2cmc6c2VjcmV0", 0 },   /* Jörg, in UTF-8 */
	{ "Basic SvZyZzpzZWNyZXQ=", 401 }, /* and in Latin 1 */
	{ "basic em9lOnNlY3JldA==", 0 },
	{ "Basic em9lOnNlY3JldAA=", 401 },     /* a NUL behind it */
	{ "Basic em9lOlNlY3JldA==", 401 },     /* zoe:Secret */
	{ "Basic em9lOnNlY3JldDI=", 401 },     /* zoe:secret2 */
	{ "Basic em9lOg==", 401 },	       /* zoe: */
	{ "Basic Om5vYm9keQ==", 401 },	       /* :nobody */
	{ "Basic bm9ib2R5OnNlY3JldA==", 401 }, /* nobody:secret */
	{ "Basic Wm9lOnNlY3JldA==", 401 },     /* Zoe:secret */
	{ "Basic em9lOiQ1JHJvdW5kcw==", 401 }, /* zoe:$5$rounds */
	{ "Basic em9l", 401 },
	{ "Bearer em9lOnNlY3JldA==", 401 },
};

/* Twice: the second time what was right is remembered, and what was wrong is not. */
START_TEST(asked)
{
	for (int again = 0; again < 2; again++) {
		ask_as(asks[_i].credentials);
		ck_assert_int_eq(rd_auth_check(auth, &x), asks[_i].status);
		if (asks[_i].status)
			ck_assert_str_eq(says("WWW-Authenticate"),
					 "Basic realm=\"a \\\"b\\\" \\\\c\", charset=\"UTF-8\"");
		else
			ck_assert_uint_eq(x.reply.fields_len, 0);
		ck_assert_ptr_null(x.reply.fault);
	}
}
END_TEST

/* What is remembered of one lets in no other. */
START_TEST(remembered)
{
	for (int i = 0; i < COUNT(asks); i++)
		for (int j = 0; j < COUNT(asks); j++) {
			ask_as(asks[i].credentials);
			ck_assert_int_eq(rd_auth_check(auth, &x), asks[i].status);
			ask_as(asks[j].credentials);
			ck_assert_int_eq(rd_auth_check(auth, &x), asks[j].status);
		}
}
END_TEST

START_TEST(two_fields)
{
	ask("GET /", "Host: t\r\nAuthorization: Basic em9lOnNlY3JldA==\r\n"
		     "Authorization: Basic em9lOnNlY3JldA==\r\n");
	ck_assert_int_eq(rd_auth_check(auth, &x), 401);
}
END_TEST

static const struct {
	const char *text, *says;
} wrong[] = {
	{ "", "has no name" },
	{ "# nobody\n\n", "has no name" },
	{ "a\n", ":1: is not NAME:HASH" },
	{ "#\n:" BCRYPT "\n", ":2: is not NAME:HASH" },
	{ "a:" BCRYPT "\na:" SHA256 "\n", "\"a\" is there twice" },
	{ "a:" BCRYPT "\nb:secret\n", ":2: the hash is none of" },
	{ "a:\n", ":1: the hash" },
	{ "a:$apr1$abcdefgh$bmUZwTgPOMSPDpKGNcaqn1\n", ":1: the hash" },
	{ "a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", ":1: the hash" },
	{ "a:$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1\n", ":1: the hash" },
	{ "a:abNANd1rDfiNc\n", ":1: the hash" },
	{ "a:$2y$04$gk9Ho5We8/Ks3hHZ1i0R6OR6mKaHC2zVHTHTbnwkU9VNxGEP1UAe\n", ":1: the hash" },
	{ "a:" BCRYPT "x\n", ":1: the hash" },
	{ "a:$2y$04$gk9Ho5We8/Ks3hHZ1i0R6OR6mKaHC2zVHTHTbnwkU9VNxGEP1UA!W\n", ":1: the hash" },
	{ "a:$2y$99$gk9Ho5We8/Ks3hHZ1i0R6OR6mKaHC2zVHTHTbnwkU9VNxGEP1UAeW\n", ":1: the hash" },
	{ "a:$5$\n", ":1: the hash" },
	{ "a:$5$rounds=1000$dWPHs0rfcp0muxWS\n", ":1: the hash" },
	{ "a: " BCRYPT "\n", ":1: the hash" },
};

START_TEST(files)
{
	ck_assert_ptr_null(load("r", wrong[_i].text, strlen(wrong[_i].text)));
	ck_assert_msg(strstr(why, wrong[_i].says) != NULL, "%s", why);
	ck_assert_ptr_eq(strstr(why, "/tmp/"), why);
	ck_assert_ptr_null(strstr(why, "secret"));
}
END_TEST

START_TEST(other_files)
{
	ck_assert_ptr_null(rd_auth_load("r", "/nowhere/htpasswd", why, sizeof(why)));
	ck_assert_str_eq(why, "/nowhere/htpasswd: No such file or directory");
	ck_assert_ptr_null(load("r", "a:" BCRYPT "\0\n", sizeof(BCRYPT) + 3));
	ck_assert_ptr_nonnull(strstr(why, "NUL"));
	ck_assert_ptr_null(load("r\r\nX: y", users, sizeof(users) - 1));
	ck_assert_ptr_nonnull(strstr(why, "realm"));
	rd_auth_free(NULL);
}
END_TEST

/* More people than are remembered: each is let in, again and again, none with another word. */
START_TEST(many)
{
	enum { N = 200 };
	static char text[N * 100];
	struct rd_auth *all;
	char fields[64];
	size_t len = 0;

	for (int i = 0; i < N; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%c%c:%s\n", 'a' + i / 20,
					'a' + i % 20, SHA256);
	all = load("r", text, len);
	ck_assert_msg(all != NULL, "%s", why);
	for (int i = 0; i < 3 * N; i++) {
		static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					    "0123456789+/";
		unsigned bits =
			(unsigned)('a' + i % N / 20) << 16 | (unsigned)('a' + i % 20) << 8 | ':';

		/* with "secret" and then with "secreU", when all places are taken */
		for (int bad = 0; bad < 2; bad++) {
			snprintf(fields, sizeof(fields), "Basic %c%c%c%cc2VjcmV%c",
				 digit[bits >> 18], digit[bits >> 12 & 63], digit[bits >> 6 & 63],
				 digit[bits & 63], bad ? 'V' : '0');
			ask_as(fields);
			ck_assert_int_eq(rd_auth_check(all, &x), bad ? 401 : 0);
		}
	}
	rd_auth_free(all);
}
END_TEST

/* Its own exchange, for each thread the same request. */
static void *ask_often(void *arg)
{
	struct replyd_exchange *mine = arg;
	intptr_t let_in = 0;

	for (int i = 0; i < 50; i++) {
		rd_reply_begin(&mine->reply);
		let_in += rd_auth_check(auth, mine) == 0;
	}
	return (void *)let_in;
}

START_TEST(threads)
{
	pthread_t thread[4];
	struct replyd_exchange *of[4];
	void *let_in;

	ask_as("Basic YW5uYTpzZWNyZXQ=");
	for (int i = 0; i < 4; i++) {
		of[i] = malloc(sizeof(x));
		memcpy(of[i], &x, sizeof(x));
		ck_assert_int_eq(pthread_create(&thread[i], NULL, ask_often, of[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], &let_in);
		ck_assert_int_eq((intptr_t)let_in, 50);
		free(of[i]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("auth");
	TCase *tcase = tcase_create("auth"), *loading = tcase_create("files");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, asked, 0, COUNT(asks));
	tcase_add_test(tcase, remembered);
	tcase_add_test(tcase, two_fields);
	tcase_add_test(tcase, threads);
	suite_add_tcase(suite, tcase);
	tcase_set_timeout(loading, 60);
	tcase_add_loop_test(loading, files, 0, COUNT(wrong));
	tcase_add_test(loading, other_files);
	tcase_add_test(loading, many);
	suite_add_tcase(suite, loading);
	return run_suite(suite);
}

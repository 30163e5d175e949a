/* test_cors - what a browser is told, for each kind of asker. */
#include "app/cors.h"

#include "asking.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define HOST	  "Host: t\r\n"
#define PREFLIGHT HOST "Access-Control-Request-Method: PUT\r\nOrigin: "

static const char *const two[] = { "https://a.example", "http://b.example:8080", NULL };
static const char *const any[] = { "*", NULL };
static const char *const none[] = { NULL };

static const struct rd_cors_config of_two = { two, "GET, PUT", "Content-Type", 600, true },
				   of_any = { any, "GET", NULL, -1, true },
				   of_none = { none, "GET", NULL, 0, false };

static const struct {
	const struct rd_cors_config *config;
	const char *fields;
	const char *allowed; /* Access-Control-Allow-Origin, or NULL */
	bool credentials, varies;
} asks[] = {
	{ &of_two, HOST "Origin: https://a.example\r\n", "https://a.example", true, true },
	{ &of_two, HOST "Origin: http://b.example:8080\r\n", "http://b.example:8080", true, true },
	{ &of_two, HOST, NULL, false, true },
	{ &of_two, HOST "Origin: http://a.example\r\n", NULL, false, true },
	{ &of_two, HOST "Origin: https://a.example.evil\r\n", NULL, false, true },
	{ &of_two, HOST "Origin: https://A.example\r\n", NULL, false, true },
	{ &of_two, HOST "Origin: https://a.exampl\r\n", NULL, false, true },
	{ &of_two, HOST "Origin: null\r\n", NULL, false, true },
	{ &of_two, HOST "Origin: *\r\n", NULL, false, true },
	{ &of_two, HOST "Origin:\r\n", NULL, false, true },
	{ &of_two, HOST "Origin: https://a.example\r\nOrigin: https://a.example\r\n", NULL, false,
	  true },
	{ &of_any, HOST "Origin: https://z.example\r\n", "*", false, false },
	{ &of_any, HOST, "*", false, false },
	{ &of_none, HOST "Origin: https://a.example\r\n", NULL, false, true },
};

static void is(const char *name, const char *value)
{
	const char *said = says(name);

	if (value) {
		ck_assert_msg(said != NULL, "no %s", name);
		ck_assert_str_eq(said, value);
	} else {
		ck_assert_msg(said == NULL, "%s: %s", name, said);
	}
}

START_TEST(fields)
{
	struct rd_cors *cors = rd_cors_new(asks[_i].config);

	ask("GET /", asks[_i].fields);
	ck_assert(!rd_cors_preflight(cors, &x));
	ck_assert_int_eq(x.reply.status, 0);
	rd_cors_fields(cors, &x);
	is("Access-Control-Allow-Origin", asks[_i].allowed);
	is("Access-Control-Allow-Credentials", asks[_i].credentials ? "true" : NULL);
	is("Vary", asks[_i].varies ? "Origin" : NULL);
	is("Access-Control-Allow-Methods", NULL);
	rd_cors_free(cors);
}
END_TEST

static const struct {
	const struct rd_cors_config *config;
	const char *fields;
	const char *methods, *headers, *age;
} preflights[] = {
	{ &of_two, PREFLIGHT "https://a.example\r\n", "GET, PUT", "Content-Type", "600" },
	{ &of_two, PREFLIGHT "https://c.example\r\n", NULL, NULL, NULL },
	{ &of_any, PREFLIGHT "https://c.example\r\n", "GET", NULL, NULL },
	{ &of_none, PREFLIGHT "https://a.example\r\n", NULL, NULL, NULL },
};

START_TEST(preflight)
{
	struct rd_cors *cors = rd_cors_new(preflights[_i].config);

	ask("OPTIONS /", preflights[_i].fields);
	ck_assert(rd_cors_preflight(cors, &x));
	ck_assert_int_eq(x.reply.status, 204);
	is("Access-Control-Allow-Methods", preflights[_i].methods);
	is("Access-Control-Allow-Headers", preflights[_i].headers);
	is("Access-Control-Max-Age", preflights[_i].age);
	rd_cors_free(cors);
}
END_TEST

START_TEST(no_preflight)
{
	struct rd_cors *cors = rd_cors_new(&of_two);

	ask("OPTIONS /", HOST "Origin: https://a.example\r\n");
	ck_assert(!rd_cors_preflight(cors, &x));
	ask("OPTIONS /", HOST "Access-Control-Request-Method: PUT\r\n");
	ck_assert(!rd_cors_preflight(cors, &x));
	ask("PUT /", PREFLIGHT "https://a.example\r\n");
	ck_assert(!rd_cors_preflight(cors, &x));
	ck_assert_uint_eq(x.reply.fields_len, 0);
	rd_cors_free(cors);
	rd_cors_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cors");
	TCase *tcase = tcase_create("cors");

	tcase_add_loop_test(tcase, fields, 0, COUNT(asks));
	tcase_add_loop_test(tcase, preflight, 0, COUNT(preflights));
	tcase_add_test(tcase, no_preflight);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

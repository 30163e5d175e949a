/*
 * test_config_wrong - what is wrong in a configuration file: for each error its line and its words.
 */
#include "configured.h"

#include <string.h>

#define COUNT(array)   ((int)(sizeof(array) / sizeof *(array)))
#define LISTEN(inside) "route \"/\" { text = a }\nlisten \"127.0.0.1:0\" {\n" inside "\n}\n"

static const struct {
	const char *text, *why;
} bad[] = {
	/* the form */
	{ "drian = 1\n",
	  "t.conf:1: there is no option \"drian\" here; there are stages mains process "
	  "sandbox access_log workers queue control drain body spool types deadlines "
	  "limits listen host route error_page" },
	{ ROUTE("auth { realm = a\nfil = b }"),
	  "t.conf:3: route \"/\": auth: there is no option \"fil\" here; there are realm file" },
	{ "workers {\n maximum = 3 }\n", "t.conf:2: workers: there is no option \"maximum\" here; "
					 "there are max min stack idle concurrency grace stuck" },
	{ "\nworkers max = 3\n", "t.conf:2: missing opening brace for section 'workers'" },
	{ "\nworkers {\n max 3 }\n", "t.conf:3: workers: missing equal sign after option 'max'" },
	{ "workers { max = {1, 2} }\n", "t.conf:1: workers: unexpected token '{'" },
	{ "workers { max = }\n", "t.conf:1: workers: unexpected token '}'" },
	{ "\n}\n", "t.conf:2: unexpected closing brace" },
	/* comments are lines like others */
	{ "# a\n// b\n/* c\n\n */ workers { # d\n max = 0 }\n",
	  "t.conf:6: workers: max: 0 is not from 1 to 10000" },
	{ "#\n#a \"\n/* ' */\nworkers { max = x//y\n}\n",
	  "t.conf:4: workers: max: \"x//y\" is not a number: say digits, such as 64" },
	{ "route \"/\" { # \"\n text = \"# // /*\" // \"\n}\nworkers { max = 0 }\n",
	  "t.conf:4: workers: max: 0 is not from 1 to 10000" },
	{ "route \"/\" {\n text = \"\\\"#\" fields = { 'A: \\'#' } }\n\nworkers { max = 0 }\n",
	  "t.conf:4: workers: max: 0 is not from 1 to 10000" },
	{ "\nroute \"/\" { text = a }\n/* b\n\n",
	  "t.conf:3: the '*/' that ends the comment is missing" },
	{ ROUTE("text = a") "\nroute \"/b\" {\n text = b\n",
	  "t.conf:5: route \"/b\": the '}' that ends it is missing" },
	{ "workers {\n", "t.conf:1: workers: the '}' that ends it is missing" },
	{ "workers {", "t.conf:1: workers: the '}' that ends it is missing" },
	{ "host \"a\" {\nroute \"/\" { text = b }\nroute \"/c\" { text = b\n",
	  "t.conf:3: host \"a\": route \"/c\": the '}' that ends it is missing" },
	{ "workers {\n max = 3\n min = 4 }\n", "t.conf:3: workers: min: is more than max, 3" },
	{ "control { }\n", "t.conf:1: control: listen: is missing: say listen = "
			   "\"unix:/run/replyd/control.sock\"" },
	{ "control { listen = { \"unix:c\",\n here } }\n",
	  "t.conf:2: control: listen: "
	  "give HOST:PORT, as in 127.0.0.1:8080, or unix:PATH" },
	{ "workers { max = 1 }\n\nworkers { max = 1 }\n",
	  "t.conf:3: workers: stands in line 1 already: say all in one" },
	{ "workers {\n max = 1\n max = 2 }\n",
	  "t.conf:3: workers: max: is said in line 2 already" },
	{ ROUTE("text = a fields = {\"A: b\"}\n fields = {\"C: d\"}"),
	  "t.conf:3: route \"/\": fields: is said in line 2 already" },
	{ ROUTE("text = a fields = {\"A: b\"}\n fields = {\"A: b\", \"C: d\"}"),
	  "t.conf:3: route \"/\": fields: is said in line 2 already" },
	{ ROUTE("text = a fields = \"A: b\"\n fields = \"C: d\""),
	  "t.conf:3: route \"/\": fields: is said in line 2 already" },
	{ "route {\n text = a }\n", "t.conf:1: route lacks its title: say route \"PATH\" { ... }" },
	{ "listen { }\n", "t.conf:1: listen lacks its title: say listen \"ADDRESS\" { ... }" },
	/* values */
	{ "workers { max = 0 }\n", "t.conf:1: workers: max: 0 is not from 1 to 10000" },
	{ "workers { max = 10001 }\n", "t.conf:1: workers: max: 10001 is not from 1 to 10000" },
	{ "workers { max = many }\n",
	  "t.conf:1: workers: max: \"many\" is not a number: say digits, such as 64" },
	{ "queue { length = 0 }\n", "t.conf:1: queue: length: 0 is not from 1 to 1000000" },
	{ "drain { limit = 2h }\n", "t.conf:1: drain: limit: 2h is not from 0ms to 1h" },
	{ "drain { limit = 10 }\n", "t.conf:1: drain: limit: \"10\" is not a duration: say 500ms, "
				    "10s, 5m, 1h or 7d" },
	{ "deadlines { head = 9ms }\n", "t.conf:1: deadlines: head: 9ms is not from 10ms to 1h" },
	{ "deadlines { idle = 25h }\n", "t.conf:1: deadlines: idle: 25h is not from 10ms to 1d" },
	{ "deadlines { body = 0s }\n", "t.conf:1: deadlines: body: 0s is not from 10ms to 1h" },
	{ "deadlines { write = soon }\n", "t.conf:1: deadlines: write: \"soon\" is not a duration: "
					  "say 500ms, 10s, 5m, 1h or 7d" },
	{ "limits { line = 33KiB }\n", "t.conf:1: limits: line: 33KiB is not from 64B to 32KiB" },
	{ "limits { field = 63 }\n", "t.conf:1: limits: field: 63 is not from 64B to 64KiB" },
	{ "limits { head = 1MiB }\n", "t.conf:1: limits: head: 1MiB is not from 64B to 64KiB" },
	{ "limits { fields = 501 }\n", "t.conf:1: limits: fields: 501 is not from 1 to 500" },
	{ "limits { body_rate = 0 }\n",
	  "t.conf:1: limits: body_rate: 0 is not from 1B to 1000000000B" },
	{ "limits { write_rate = 0 }\n",
	  "t.conf:1: limits: write_rate: 0 is not from 1B to 1000000000B" },
	{ "body { max = 1x }\n", "t.conf:1: body: max: \"1x\" is not a size: say 64KiB or 1MiB" },
	{ "body { directory = \"\" }\n",
	  "t.conf:1: body: directory: \"\" is not a path: say one such as \"/srv/www\"" },
	{ "types { add = {\"md text/markdown\"} }\n",
	  "t.conf:1: types: add: \"md text/markdown\" is not a media type: say one such as "
	  "\"text/plain\"" },
	{ "types {\n add = {\"text/html html\",\n \"text/markdown\"} }\n",
	  "t.conf:3: types: add: \"text/markdown\" lacks an extension: "
	  "say \"text/markdown md mkd\"" },
	/* listeners */
	{ "listen \"8080\" { }\n",
	  "t.conf:1: listen \"8080\": give HOST:PORT, as in 127.0.0.1:8080, or unix:PATH" },
	{ LISTEN("protocol = ftp"),
	  "t.conf:3: listen \"127.0.0.1:0\": protocol: \"ftp\" is not a protocol: "
	  "say http or line" },
	{ LISTEN("deadlines {\nhead = 1ms }"),
	  "t.conf:4: listen \"127.0.0.1:0\": deadlines: head: 1ms is not from 10ms to 1h" },
	{ LISTEN("workers { }"),
	  "t.conf:3: listen \"127.0.0.1:0\": there is no option \"workers\" "
	  "here; there are protocol proxy reuseport "
	  "program inetd busy directory user environment memory cpu time_limit deadlines limits "
	  "access" },
	{ LISTEN("") LISTEN(""), "t.conf:5: \"/\" stands in line 1 already" },
	{ "listen \"a:1\" { }\nlisten \"a:1\" { }\n",
	  "t.conf:2: \"a:1\" stands in line 1 already" },
	{ "listen \"a:1\" { }\n",
	  "t.conf: nothing is served: say route \"/\" { files = \"/var/www/html\" }" },
	{ "", "t.conf: nothing is served: say route \"/\" { files = \"/var/www/html\" }" },
	{ "host \"a\" { }",
	  "t.conf: nothing is served: say route \"/\" { files = \"/var/www/html\" }" },
	/* hosts */
	{ "host \"a:80\" { }\n",
	  "t.conf:1: host \"a:80\": not a name: say one such as \"example.org\" or "
	  "\"*.example.org\", without a port; routes for any name stand outside a host" },
	{ "\nhost \"\" { }\n",
	  "t.conf:2: host \"\": not a name: say one such as \"example.org\" or "
	  "\"*.example.org\", without a port; routes for any name stand outside a host" },
	{ "host \"a\" { }\nhost \"A\" { }\n", "t.conf:2: host \"A\": stands in line 1 already" },
	{ "host \"a\" { }\nhost \"a\" { }\n", "t.conf:2: \"a\" stands in line 1 already" },
	/* routes */
	{ "route \"a\" { text = b }\n",
	  "t.conf:1: route \"a\": a path begins with '/': say \"/\" for all, or \"/name\"" },
	{ "route \"/a//b\" { text = b }\n",
	  "t.conf:1: route \"/a//b\": no request has such a path: leave out \"//\", \"/./\", "
	  "\"/../\", '?' and '#'" },
	{ "route \"/a\" { text = b }\nroute \"/a\" { text = b }\n",
	  "t.conf:2: \"/a\" stands in line 1 already" },
	{ "route \"/a\" { text = b }\nroute \"/a/\" { text = b }\n",
	  "t.conf:2: route \"/a/\": stands in line 1 already" },
	{ ROUTE(""),
	  "t.conf:1: route \"/\": nothing answers here: say files, upload, program, fastcgi, "
	  "module, redirect, text, echo or health" },
	{ ROUTE("list = yes"),
	  "t.conf:1: route \"/\": nothing answers here: say files, upload, program, fastcgi, "
	  "module, redirect, text, echo or health" },
	{ ROUTE("files = a\ntext = b"),
	  "t.conf:3: route \"/\": text: does not go with files in line 2: "
	  "a route has one of them" },
	{ ROUTE("text = b\nlist = yes"),
	  "t.conf:3: route \"/\": list: does not go with text: it belongs to files or upload" },
	{ ROUTE("files = a\ndelete = yes"),
	  "t.conf:3: route \"/\": delete: does not go with files: it belongs to upload" },
	{ "route '/' {\nfiles = '/'\nsettings = {'a=b'}\n}",
	  "t.conf:3: route \"/\": settings: does not go with files: it belongs to module" },
	{ ROUTE("files = a\nrest = no"),
	  "t.conf:3: route \"/\": rest: does not go with files: it belongs to redirect" },
	{ ROUTE("redirect = a\ntype = \"text/html\""),
	  "t.conf:3: route \"/\": type: does not go with redirect: it belongs to text" },
	{ ROUTE("upload = a\nstatus = 200"),
	  "t.conf:3: route \"/\": status: does not go with upload: "
	  "it belongs to redirect or text" },
	{ ROUTE("redirect = a\nstatus = 300"),
	  "t.conf:3: route \"/\": status: 300 does not redirect: say 301, 302, 303, 307 or 308" },
	{ ROUTE("text = a\nstatus = 199"),
	  "t.conf:3: route \"/\": status: 199 is not from 200 to 599" },
	{ ROUTE("text = \"\""),
	  "t.conf:2: route \"/\": text: \"\" is not a text: say one that is not empty" },
	{ ROUTE("redirect = \"a\\nb\""),
	  "t.conf:2: route \"/\": redirect: there is a control character in it" },
	{ ROUTE("text = a type = html"),
	  "t.conf:2: route \"/\": type: \"html\" is not a media type: say one such as "
	  "\"text/plain\"" },
	{ ROUTE("files = a list = maybe"),
	  "t.conf:2: route \"/\": list: \"maybe\" is not yes or no: say yes or no" },
	{ ROUTE("text = a body_max = \"1x\""),
	  "t.conf:2: route \"/\": body_max: \"1x\" is not a size: say 64KiB or 1MiB" },
	{ ROUTE("text = a cache = 1"), "t.conf:2: route \"/\": cache: \"1\" is not a duration: say "
				       "500ms, 10s, 5m, 1h or 7d" },
	{ ROUTE("text = a fields = {\"A: b\",\n\"A b\"}"),
	  "t.conf:3: route \"/\": fields: \"A b\" is not a field: say \"Name: value\"" },
	{ ROUTE("text = a fields = {\"A B: c\"}"),
	  "t.conf:2: route \"/\": fields: \"A B: c\" is not a field: say \"Name: value\"" },
	{ ROUTE("text = a fields = {\"A: b\\r\\nC: d\"}"),
	  "t.conf:2: route \"/\": fields: \"A: b\r\nC: d\" is not a field: say \"Name: value\"" },
	{ ROUTE("text = a fields = {\"content-length: 3\"}"),
	  "t.conf:2: route \"/\": fields: \"content-length\" is said by replyd itself: leave it "
	  "out" },
	{ ROUTE("text = a fields = {\"etag: 3\"}"),
	  "t.conf:2: route \"/\": fields: \"etag\" is another for each reply, and said where "
	  "that is made: leave it out" },
	{ ROUTE("text = a fields = {\"Expires: 0\", \"A: b\",\n\"expires: 1\"}"),
	  "t.conf:3: route \"/\": fields: \"expires\" is there twice, and a reply has it once" },
	{ ROUTE("text = a fields = {\"Access-Control-Max-Age: 0\"}\ncors { origins = {\"*\"} }"),
	  "t.conf:2: route \"/\": fields: \"Access-Control-Max-Age\" is said by cors in line "
	  "3: leave it out" },
	{ ROUTE("text = a\nstatus = 401"), "t.conf:3: route \"/\": status: 401 goes with "
					   "WWW-Authenticate: say fields = {\"WWW-Authenticate: "
					   "...\"} too" },
	{ ROUTE("text = a\nstatus = 426"), "t.conf:3: route \"/\": status: 426 goes with Upgrade, "
					   "which a text cannot have: say another" },
	{ ROUTE("text = a\nstatus = 206"), "t.conf:3: route \"/\": status: 206 goes with "
					   "Content-Range, which a text cannot have: say another" },
	{ ROUTE("text = a\nstatus = 304"), "t.conf:3: route \"/\": status: 304 answers a condition "
					   "of the request, which a text does not" },
	{ ROUTE("text = a\nauth {\nrealm = b }"),
	  "t.conf:3: route \"/\": auth: file: is missing: say file = \"/etc/replyd/users\"" },
	{ ROUTE("text = a\ncors { }"), "t.conf:3: route \"/\": cors: origins: is missing: say "
				       "{\"https://example.org\"}, or {\"*\"} for any" },
	{ ROUTE("text = a\ncors { origins = {\"example.org\"} }"),
	  "t.conf:3: route \"/\": cors: origins: \"example.org\" is not an origin: say one such as "
	  "\"https://example.org\"" },
	{ ROUTE("text = a\ncors { origins = {\"https://example.org/\"} }"),
	  "t.conf:3: route \"/\": cors: origins: \"https://example.org/\" is not an origin: "
	  "say one such as \"https://example.org\"" },
	{ ROUTE("text = a\ncors { origins = {\"*\", \"https://a\"} }"),
	  "t.conf:3: route \"/\": cors: origins: \"*\" is any origin: leave out the others" },
	{ ROUTE("text = a\ncors { origins = {\"*\"}\ncredentials = yes }"),
	  "t.conf:4: route \"/\": cors: credentials: does not go with any origin: name the origins "
	  "in line 3" },
	{ ROUTE("text = a\ncors { origins = {\"*\"}\nmethods = {\"GET POST\"} }"),
	  "t.conf:4: route \"/\": cors: methods: \"GET POST\" is not a name that HTTP allows" },
	{ ROUTE("text = a\ncors { origins = {\"*\"}\nheaders = {\"\"} }"),
	  "t.conf:4: route \"/\": cors: headers: \"\" is not a text: say one that is not empty" },
	{ ROUTE("text = a\ncors { origins = {\"*\"}\nmax_age = x }"),
	  "t.conf:4: route \"/\": cors: max_age: \"x\" is not a duration: "
	  "say 500ms, 10s, 5m, 1h or 7d" },
	/* pages */
	{ "error_page \"302\" { file = a }\n",
	  "t.conf:1: error_page \"302\": not the status of an error: "
	  "say one from \"400\" to \"599\"" },
	{ "error_page \"4040\" { file = a }\n",
	  "t.conf:1: error_page \"4040\": not the status of an "
	  "error: say one from \"400\" to \"599\"" },
	{ "error_page \"404\" {\n}\n",
	  "t.conf:1: error_page \"404\": file: is missing: say file = \"404.html\"" },
	/* includes */
	{ "\ninclude(\"none.conf\")\n", "t.conf:2: include: none.conf: No such file or directory" },
	{ "include(\".\")\n", "t.conf:1: include: .: is not a file" },
	{ "include(a, b)\n", "t.conf:1: include takes one file: say include(\"hosts.conf\")" },
	{ "include(\"t.conf\")\n",
	  "t.conf:1: include: t.conf: in too many files, one in the other" },
	{ "include(\"wrong.conf\")\n", "wrong.conf:2: workers: max: 0 is not from 1 to 10000" },
	{ "include(\"open.conf\")\n}\n",
	  "open.conf:2: route \"/i\": the '}' that ends it is missing" },
	{ "workers {\ninclude(\"close.conf\")\n",
	  "close.conf:1: workers: unexpected closing brace" },
	{ "include(\"good.conf\")\nqueue { length = 0 }\n",
	  "t.conf:2: queue: length: 0 is not from 1 to 1000000" },
	{ ROUTE("include(\"text.conf\")\nlist = yes"),
	  "t.conf:3: route \"/\": list: does not go with text: it belongs to files or upload" },
};

START_TEST(wrong)
{
	char why[RD_CONFIG_WHY] = "";

	ck_assert_msg(!load(bad[_i].text, why), "taken: %s", bad[_i].text);
	ck_assert_str_eq(why, bad[_i].why);
}
END_TEST

START_TEST(no_file)
{
	char why[RD_CONFIG_WHY];

	ck_assert_ptr_null(rd_config_load("nowhere/t.conf", why));
	ck_assert_str_eq(why, "nowhere/t.conf: No such file or directory");
	ck_assert_ptr_null(rd_config_load(directory, why));
	ck_assert_ptr_nonnull(strstr(why, ": is not a file"));
}
END_TEST

static void begin(void)
{
	directory_enter();
	write_file("wrong.conf", "\nworkers { max = 0 }\n");
	write_file("open.conf", "\nroute \"/i\" {\n text = i\n");
	write_file("close.conf", "}\n");
	write_file("text.conf", "text = a");
}

static void end(void)
{
	static const char *const names[] = { "wrong.conf", "open.conf", "close.conf", "text.conf" };

	for (int i = 0; i < COUNT(names); i++)
		unlink(names[i]);
	directory_leave();
}

int main(void)
{
	Suite *suite = suite_create("config_wrong");
	TCase *tcase = tcase_create("config_wrong");
	SRunner *runner;
	int failed;

	tcase_add_unchecked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, wrong, 0, COUNT(bad));
	tcase_add_test(tcase, no_file);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

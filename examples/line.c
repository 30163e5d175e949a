/*
 * line - a phone book: one line asks for a name, one line is the number. By the line protocol, as
 * in "echo anna | nc 127.0.0.1 7007", and by HTTP, GET /anna, from the same server.
 */
#include <replyd.h>

#include <string.h>

static const struct {
	const char *name, *number;
} book[] = {
	{ "anna", "555-0101" },
	{ "bert", "555-0102" },
	{ "cleo", "555-0103" },
};

static const char *number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(book) / sizeof(*book); i++)
		if (strcmp(book[i].name, name) == 0)
			return book[i].number;
	return NULL;
}

/* The line is the body of its exchange. */
static int by_line(struct replyd_exchange *x, void *data)
{
	size_t len;
	const char *name = replyd_body(x, &len), *number = name ? number_of(name) : NULL;

	(void)data;
	return replyd_text(x, 200, "%s\n", number ? number : "nobody of that name");
}

static int by_http(struct replyd_exchange *x, void *data)
{
	const char *number = number_of(replyd_param(x, "name"));

	(void)data;
	return number ? replyd_text(x, 200, "%s\n", number) : 404;
}

int main(int argc, char **argv)
{
	struct replyd *server = replyd_new();
	int status;

	replyd_line(server, by_line, NULL);
	replyd_route(server, "GET /{name}", by_http, NULL);
	replyd_listen(server, argc > 2 ? argv[2] : "127.0.0.1:7007", REPLYD_LINE);
	status = replyd_run(server, argc > 1 ? argv[1] : "127.0.0.1:8080"); /* says what failed */
	replyd_free(server);
	return status;
}

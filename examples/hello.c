/* hello - a function on a socket: GET /hello?name=you */
#include <replyd.h>

static int hello(struct replyd_exchange *x, void *data)
{
	(void)data;
	return replyd_text(x, 200, "hello, %s\n", replyd_query(x, "name", "world"));
}

int main(int argc, char **argv)
{
	struct replyd *server = replyd_new();

	replyd_route(server, "GET /hello", hello, NULL);
	return replyd_run(server, argc > 1 ? argv[1] : "127.0.0.1:8080");
}

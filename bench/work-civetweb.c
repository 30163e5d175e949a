/*
 * work-civetweb - CivetWeb with the handlers of work, for overload and hostile,
 * and with a reply of 1 KiB from memory, for compare.
 *
 *     work-civetweb ADDRESS WORKERS [DIRECTORY [LOG]]
 */
#include <civetweb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int work_sleep(struct mg_connection *c, void *data)
{
	const struct timespec ten_ms = { .tv_nsec = 10000000 };

	(void)data;
	nanosleep(&ten_ms, NULL);
	mg_printf(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndone\n");
	return 200;
}

static int work_write(struct mg_connection *c, long left)
{
	static char piece[10000];

	memset(piece, 'x', sizeof piece);
	mg_printf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	while (left-- != 0 && mg_write(c, piece, sizeof piece) > 0)
		;
	return 200;
}

static int work_ten(struct mg_connection *c, void *data)
{
	(void)data;
	return work_write(c, 1000);
}

static int work_endless(struct mg_connection *c, void *data)
{
	(void)data;
	return work_write(c, -1);
}

static int work_take(struct mg_connection *c, void *data)
{
	char piece[16384];
	int n;

	(void)data;
	while ((n = mg_read(c, piece, sizeof piece)) > 0)
		;
	mg_printf(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	return 200;
}

static int work_module(struct mg_connection *c, void *data)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
				   "Content-Length: 1024\r\n\r\n";
	char reply[sizeof head - 1 + 1024];

	(void)data;
	memcpy(reply, head, sizeof head - 1);
	memset(reply + sizeof head - 1, 'x', 1024);
	mg_write(c, reply, sizeof reply);
	return 200;
}

int main(int argc, char **argv)
{
	/* Without tcp_nodelay each head would wait for the acknowledgement of the reply before. */
	const char *options[20] = { "listening_ports",	     argc > 1 ? argv[1] : NULL,
				    "num_threads",	     argc > 2 ? argv[2] : NULL,
				    "enable_keep_alive",     "yes",
				    "keep_alive_timeout_ms", "75000",
				    "tcp_nodelay",	     "1" };
	struct mg_context *server;
	sigset_t term;
	int signo, next = 10;

	if (argc == 2 && strcmp(argv[1], "-v") == 0) {
		printf("CivetWeb " CIVETWEB_VERSION "\n");
		return 0;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: work-civetweb ADDRESS WORKERS [DIRECTORY [LOG]]\n");
		return 2;
	}
	options[next++] = "listen_backlog"; /* so many come at once; 200 unless it is said */
	options[next++] = atoi(argv[2]) > 200 ? argv[2] : "200";
	if (argc > 3) {
		options[next++] = "document_root";
		options[next++] = argv[3];
	}
	if (argc > 4) {
		options[next++] = "access_log_file";
		options[next++] = argv[4];
	}
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	server = mg_start(NULL, NULL, options);
	if (!server) {
		fprintf(stderr, "work-civetweb: it does not start\n");
		return 1;
	}
	mg_set_request_handler(server, "/sleep", work_sleep, NULL);
	mg_set_request_handler(server, "/ten", work_ten, NULL);
	mg_set_request_handler(server, "/endless", work_endless, NULL);
	mg_set_request_handler(server, "/module", work_module, NULL);
	mg_set_request_handler(server, "/take", work_take, NULL);
	sigwait(&term, &signo);
	mg_stop(server);
	return 0;
}

/*
 * work-microhttpd - libmicrohttpd with the files of a directory and a reply of
 * 1 KiB from memory, for compare and hostile.
 *
 *     work-microhttpd PORT LOOPS DIRECTORY
 *
 * Its manual's advice for speed: epoll in threads of its own (one thread for
 * each core: LOOPS), MHD_USE_TURBO, replies from memory made once
 * (MHD_RESPMEM_PERSISTENT), files by descriptor, which it sends by sendfile.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int root;
static struct MHD_Response *from_memory;

static enum MHD_Result send_file(struct MHD_Connection *c, const char *name)
{
	struct MHD_Response *reply;
	enum MHD_Result queued;
	struct stat st;
	int fd = openat(root, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return MHD_NO;
	}
	reply = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
	queued = MHD_queue_response(c, 200, reply);
	MHD_destroy_response(reply);
	return queued;
}

/* Called first with the head, then with the whole request, which is answered. */
static enum MHD_Result perform(void *data, struct MHD_Connection *c, const char *url,
			       const char *method, const char *version, const char *upload,
			       size_t *upload_len, void **seen)
{
	(void)data, (void)method, (void)version, (void)upload, (void)upload_len;
	if (!*seen) {
		*seen = &root;
		return MHD_YES;
	}
	if (strcmp(url, "/module") == 0)
		return MHD_queue_response(c, 200, from_memory);
	return send_file(c, url + 1);
}

static struct MHD_Daemon *start(unsigned port, unsigned loops)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO;
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct MHD_OptionItem more[] = {
		{ MHD_OPTION_CONNECTION_LIMIT, 200000, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, 75, NULL },
		{ MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096, NULL },
		/* A pool of one is refused: it is what there is without a pool. */
		{ loops > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, loops, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(flags, 0, NULL, NULL, perform, NULL, MHD_OPTION_SOCK_ADDR, &sin,
				MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

int main(int argc, char **argv)
{
	static char body[1024];
	struct MHD_Daemon *server;
	sigset_t term;
	int signo;

	if (argc == 2 && strcmp(argv[1], "-v") == 0) {
		printf("libmicrohttpd %s\n", MHD_get_version());
		return 0;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: work-microhttpd PORT LOOPS DIRECTORY\n");
		return 2;
	}
	root = open(argv[3], O_PATH | O_DIRECTORY | O_CLOEXEC);
	memset(body, 'x', sizeof body);
	from_memory = MHD_create_response_from_buffer(sizeof body, body, MHD_RESPMEM_PERSISTENT);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	server = start((unsigned)atoi(argv[1]), (unsigned)atoi(argv[2]));
	if (root < 0 || !server) {
		fprintf(stderr, "work-microhttpd: it does not start\n");
		return 1;
	}
	sigwait(&term, &signo);
	MHD_stop_daemon(server);
	return 0;
}

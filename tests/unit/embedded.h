/*
 * embedded - a server in this very program, with functions as routes, and a client of it.
 */
#ifndef TESTS_UNIT_EMBEDDED_H
#define TESTS_UNIT_EMBEDDED_H

#include "base/must.h"
#include "replyd.h"

#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static _Atomic unsigned inside; /* handlers that do not leave yet */
static _Atomic bool may_leave;
static char reply[8192];

static inline int hello(struct replyd_exchange *x, void *data)
{
	return replyd_text(x, 200, "%s, %s\n", (const char *)data,
			   replyd_query(x, "name", "world"));
}

/* Does not ask whether it is in vain. */
static inline int stuck(struct replyd_exchange *x, void *data)
{
	(void)data;
	atomic_fetch_add(&inside, 1);
	while (!atomic_load(&may_leave))
		usleep(1000);
	atomic_fetch_sub(&inside, 1);
	return replyd_text(x, 200, "at last\n");
}

/* -1 when nobody listens there. */
static inline int reaches(const char *url)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(fd >= 0);
	at.sin_port = htons((in_port_t)atoi(strrchr(url, ':') + 1));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

static inline int asks(const char *url, const char *request)
{
	int fd = reaches(url);

	MUST(fd >= 0);
	MUST(send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request));
	return fd;
}

/* All that comes until the end, or the end of it. */
static inline const char *hears(int fd)
{
	size_t len = 0, most = sizeof(reply) - 1;
	ssize_t n;

	while ((n = recv(fd, reply + len, most - len, 0)) > 0) {
		len += (size_t)n;
		if (len == most) {
			memmove(reply, reply + most / 2, most - most / 2);
			len = most - most / 2;
		}
	}
	reply[len] = '\0';
	close(fd);
	return reply;
}

static inline struct replyd *made(void)
{
	struct replyd *server = replyd_new();

	MUST(server);
	replyd_route(server, "GET /hello", hello, (void *)"hello");
	replyd_route(server, "/stuck", stuck, NULL);
	return server;
}

#endif

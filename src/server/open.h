/*
 * open - the listeners of a server.
 */
#ifndef RD_SERVER_OPEN_H
#define RD_SERVER_OPEN_H

struct replyd;

/* Opens all that replyd_listen named. 0, or -1 with server->error, and none is open. */
int rd_server_open_listeners(struct replyd *server);

/* As replyd_listen, by HTTP, but for an address that it has. */
int rd_server_listen_once(struct replyd *server, const char *address);

/* Keeps the text of what failed with a route, by errno; -1. */
int rd_server_failed_route(struct replyd *server, const char *route);

/* Keeps the text of what failed; -1. */
int rd_server_failed(struct replyd *server, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

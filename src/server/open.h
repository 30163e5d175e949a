/*
 * open - the listeners of a server.
 */
#ifndef RD_SERVER_OPEN_H
#define RD_SERVER_OPEN_H

struct replyd;
struct rd_group;
struct rd_protocol;

/*
 * Adds a listener for each address that `text` names, on which `protocol` serves `service`. 0, or
 * -1 with server->error.
 */
int rd_server_listen(struct replyd *server, struct rd_group *group, const char *text,
		     const struct rd_protocol *protocol, const void *service);

/* Opens all that was named so. 0, or -1 with server->error, and none is open. */
int rd_server_open_listeners(struct replyd *server, struct rd_group *group);

/* As replyd_listen, by HTTP, but for an address that it has. */
int rd_server_listen_once(struct replyd *server, const char *address);

/* Keeps the text of what failed with a route, by errno; -1. */
int rd_server_failed_route(struct replyd *server, const char *route);

/* Keeps the text of what failed; -1. */
int rd_server_failed(struct replyd *server, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

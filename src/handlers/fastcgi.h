/*
 * fastcgi - an application server answers, by FastCGI: with one application for all that is below
 * the route, or with scripts in a directory, as PHP-FPM does.
 */
#ifndef RD_HANDLERS_FASTCGI_H
#define RD_HANDLERS_FASTCGI_H

#include "app/handler.h"

#include <stddef.h>

struct rd_files;

struct rd_fastcgi_config {
	const char *address; /* "unix:/run/php.sock", "127.0.0.1:9000" */
	const char *root;    /* the document root, whose scripts (.php) are run; or NULL */
	const char *index;   /* the script of a directory in it */
	const char *script;  /* that answers for all else; or NULL */
	const char *const *environment; /* "NAME=VALUE" ..., NULL; or NULL */
	unsigned keep;			/* idle connections, at most */
	struct rd_files *files; /* of the root, for what is no script; NULL where there is none */
};

struct rd_fastcgi_server;

/*
 * Copies what it is given, but for the files, which are its own from here on. NULL, and the files
 * still the caller's, and why[0..size) says what is wrong.
 */
struct rd_fastcgi_server *rd_fastcgi_server_new(const struct rd_fastcgi_config *config, char *why,
						size_t size);

/* Its data is a struct rd_fastcgi_server. */
extern const struct rd_handler rd_fastcgi;

#endif

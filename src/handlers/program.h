/*
 * program - a program answers: by CGI/1.1 (RFC 3875) over HTTP, by its input and output over the
 * line protocol, by the client's socket as under inetd.
 */
#ifndef RD_HANDLERS_PROGRAM_H
#define RD_HANDLERS_PROGRAM_H

#include "app/handler.h"
#include "handlers/spawn.h"

#include <stddef.h>

struct rd_program_config {
	const char *const *argv;	/* [0] is an absolute path; NULL behind the last */
	const char *const *environment; /* "NAME=VALUE" ..., NULL; or NULL */
	const char *directory;		/* that it works in; NULL: the program's own */
	const char *root;		/* DOCUMENT_ROOT; or NULL */
	const char *user;		/* as whom; NULL: as this process */
	struct rd_spawn_limits limits;
};

struct rd_program;

/*
 * Copies what it is given. NULL, and why[0..size) says what is wrong: there is no such program or
 * user, it may not be executed, this process may not become that user, no memory.
 */
struct rd_program *rd_program_new(const struct rd_program_config *config, char *why, size_t size);

/* Their data is a struct rd_program. */
extern const struct rd_handler rd_program_cgi, rd_program_line, rd_program_inetd;

#endif

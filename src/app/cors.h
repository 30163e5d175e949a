/*
 * cors - which scripts of other origins a browser lets read the replies (Fetch standard, "CORS
 * protocol").
 */
#ifndef RD_APP_CORS_H
#define RD_APP_CORS_H

#include <stdbool.h>

struct rd_cors;
struct replyd_exchange;

struct rd_cors_config {
	const char *const *origins; /* NULL-terminated: "https://a.example", or "*" alone */
	const char *methods;	    /* "GET, PUT": what a preflight is told */
	const char *headers;	    /* "Content-Type": likewise; or NULL */
	long max_age_s;		    /* how long a browser may remember; -1: not said */
	bool credentials;	    /* cookies and passwords may come along; never with "*" */
};

/* Copies what it is given. NULL when there is no memory. */
struct rd_cors *rd_cors_new(const struct rd_cors_config *config);
/* NULL is allowed. */
void rd_cors_free(struct rd_cors *cors);

/* Whether this is a preflight; then the reply lacks only what rd_cors_fields adds. */
bool rd_cors_preflight(const struct rd_cors *cors, struct replyd_exchange *x);

/* Adds to the reply what lets the origin read it, and Vary. */
void rd_cors_fields(const struct rd_cors *cors, struct replyd_exchange *x);

#endif

/*
 * auth - who may ask: Basic authentication (RFC 7617) against a file of names and hashed passwords.
 */
#ifndef RD_APP_AUTH_H
#define RD_APP_AUTH_H

#include <stddef.h>

struct rd_auth;
struct replyd_exchange;

/*
 * Reads an htpasswd file, whose hashes are bcrypt, SHA-crypt or yescrypt; empty lines and those
 * that begin with '#' are passed over. NULL, and why[0..size) says what is wrong with which line.
 */
struct rd_auth *rd_auth_load(const char *realm, const char *path, char *why, size_t size);
/* NULL is allowed. */
void rd_auth_free(struct rd_auth *auth);

/*
 * 0; or 401 with WWW-Authenticate in the reply; or 503, there is no memory. Takes as long as the
 * hash is meant to, but for credentials that were right lately.
 */
int rd_auth_check(struct rd_auth *auth, struct replyd_exchange *x);

#endif

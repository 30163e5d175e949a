/*
 * replyd.h - a request server in your program.
 *
 * A server is made, told what to listen on and what to serve, opened and run; each function says
 * what it may fail with, and replyd_error what failed last, in words.
 */
#ifndef REPLYD_H
#define REPLYD_H

#include <stdbool.h>
#include <stddef.h>

struct replyd;

enum replyd_protocol { REPLYD_HTTP, REPLYD_LINE };

/* NULL when there is no memory. One thread uses a server, but for replyd_stop. */
struct replyd *replyd_new(void);

/* Stopped by now. NULL is allowed. What a handler that never returned may still use is kept. */
void replyd_free(struct replyd *server);

/*
 * Sets a number by its name, before replyd_open: workers, queue, head_ms, idle_ms, body_ms,
 * body_rate, write_ms, drain_ms. 0, or -1: no such name, no number, or out of its range (the error
 * says which that is).
 */
int replyd_set(struct replyd *server, const char *name, const char *value);

/*
 * Reads a configuration file, replyd.conf(5): numbers, listeners, routes. Opens what it names, but
 * for the addresses. Once, before anything else is added, on a server that replyd_free ends when it
 * fails. 0, or -1: the error says file, line, option, and what would be right.
 */
int replyd_configure(struct replyd *server, const char *file);

/*
 * Adds an address: "127.0.0.1:8080", "[::1]:80", "localhost:0" (both families, a free port),
 * "unix:/path". 0, or -1: not an address, not found, no memory.
 */
int replyd_listen(struct replyd *server, const char *address, enum replyd_protocol protocol);

/*
 * Serves the files of a directory below `prefix` ("/" for all), to GET and HEAD; with `list`, a
 * directory that has no index.html is shown as a list. 0, or -1: cannot be opened, no memory, or
 * the prefix is served already.
 */
int replyd_files(struct replyd *server, const char *prefix, const char *directory, bool list);

/* Answers each line of the line protocol with itself. */
int replyd_echo(struct replyd *server);

/* socket, bind, listen for every address; starts a worker. 0, or -1 and nothing is open. */
int replyd_open(struct replyd *server);

/* The i-th address that is open: "http://127.0.0.1:8080/", "unix:/path"; NULL behind the last. */
const char *replyd_url(const struct replyd *server, size_t i);

/*
 * Serves in this thread, with workers of its own, until replyd_stop. How many connections were
 * cut off in the middle of something, or -1.
 */
long replyd_serve(struct replyd *server);

/*
 * Accepts no more, finishes what is in flight (drain_ms at most) and lets replyd_serve return, also
 * one that is only called later. From any thread, or from a signal handler; not while replyd_serve
 * may be returning already.
 */
void replyd_stop(struct replyd *server);

/* What failed last: one line, no newline. The server's, until the next call. */
const char *replyd_error(const struct replyd *server);

#endif

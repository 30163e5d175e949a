/*
 * replyd.h - a request server in your program.
 *
 * A server is made, told what to serve and where to listen, and run:
 *
 *     struct replyd *server = replyd_new();
 *     replyd_route(server, "GET /hello", hello, NULL);
 *     return replyd_run(server, "127.0.0.1:8080");
 *
 * Each function says what it may fail with; replyd_error says in words what failed first. A server
 * that one of the functions before replyd_open has failed on does not open, so that a program may
 * look at the last result alone.
 *
 * Threads: one thread uses a server, but for replyd_drain and replyd_stop.
 */
#ifndef REPLYD_H
#define REPLYD_H

#include <replyd/handler.h>

#ifdef __cplusplus
extern "C" {
#endif

struct replyd;

enum replyd_protocol { REPLYD_HTTP, REPLYD_LINE };

/* NULL when there is no memory. */
REPLYD_API struct replyd *replyd_new(void);

/*
 * Stopped by now, or never opened. NULL is allowed. What a handler that never returned may still
 * use is kept.
 */
REPLYD_API void replyd_free(struct replyd *server);

/*
 * Sets a number by its name, before replyd_open: workers, workers_min, worker_idle_ms, stack,
 * concurrency, queue, queue_shed, queue_target_ms, queue_interval_ms, queue_limit_ms, head_ms,
 * idle_ms, body_ms, body_rate, write_ms, write_rate, drain_ms, spool_max; limit_connections,
 * limit_rate and limit_burst, of one address on each listener; stages; grace_ms and stuck, as
 * replyd.conf(5) has them in workers; stack_signal, a signal that the server takes for itself, to
 * log where late handlers are (0: none). 0, or -1: no such name, no number, or out of its range
 * (the error says which that is).
 */
REPLYD_API int replyd_set(struct replyd *server, const char *name, const char *value);

/*
 * Reads a configuration file, replyd.conf(5): numbers, listeners, routes. Opens what it names, but
 * for the addresses. Once, before anything else is added, on a server that replyd_free ends when it
 * fails. 0, or -1: the error says file, line, option, and what would be right.
 */
REPLYD_API int replyd_configure(struct replyd *server, const char *file);

/*
 * Adds an address: "127.0.0.1:8080", "[::1]:80", "localhost:0" (both families, a free port),
 * "unix:/path". 0, or -1: not an address, not found, no memory.
 */
REPLYD_API int replyd_listen(struct replyd *server, const char *address,
			     enum replyd_protocol protocol);

/*
 * Adds an address for the control lane, as replyd_listen: it answers HTTP requests for /health,
 * /ready, /metrics, /status, /workers, /log, /reload, /drain and /stop, replyd(8), with threads of
 * its own, also while all others are busy. A Unix socket is for the program's own user and root;
 * over TCP nothing can be changed.
 */
REPLYD_API int replyd_control(struct replyd *server, const char *address);

/*
 * Has `perform` answer for a method and a path: "GET /hello", "GET,POST /user/{id}", "/any".
 *
 * Methods: one or several with commas; none is any. GET is HEAD too. Others are answered 405, and
 * OPTIONS is answered, in the handler's stead.
 *
 * Path: compared segment by segment; {name} is any one segment, replyd_param gives it. Where it
 * ends in a slash it answers for all below too: "/user/" for /user, /user/1 and /user/1/x. Of
 * several paths that fit, the one counts that is longest in literal segments from the left.
 *
 * 0, or -1: not well-formed, no memory, or a conflict: it fits the same requests as an earlier one.
 */
REPLYD_API int replyd_route(struct replyd *server, const char *route,
			    int (*perform)(struct replyd_exchange *x, void *data), void *data);

/*
 * Sets a number of the route that replyd_route added last: body_max, bytes of a request's body
 * (1 MiB); time_limit_ms, after which a reply is in vain (0: never; grace_ms later, 504 is sent in
 * the handler's stead, and what it still says is dropped); stream, 1 where the handler
 * reads the body as it comes, by replyd_read (0). 0, or -1 as replyd_set; or there is no route.
 */
REPLYD_API int replyd_route_set(struct replyd *server, const char *name, const char *value);

/* Has `perform` answer each line on the addresses of REPLYD_LINE. 0, or -1: something does. */
REPLYD_API int replyd_line(struct replyd *server,
			   int (*perform)(struct replyd_exchange *x, void *data), void *data);

/*
 * Serves the files of a directory below `prefix` ("/" for all), to GET and HEAD; with `list`, a
 * directory that has no index.html is shown as a list. 0, or -1: cannot be opened, no memory, or
 * the prefix is served already.
 */
REPLYD_API int replyd_files(struct replyd *server, const char *prefix, const char *directory,
			    bool list);

/* Answers each line of the line protocol with itself. As replyd_line. */
REPLYD_API int replyd_echo(struct replyd *server);

/*
 * Listens on `address` by HTTP as well (NULL: on none more), opens, and serves in this thread,
 * with workers of its own, until SIGTERM, SIGINT or replyd_drain. Says on standard error what it
 * serves, and what fails. For main to return: 0, or 1.
 */
REPLYD_API int replyd_run(struct replyd *server, const char *address);

/*
 * As replyd_run, in threads of its own: returns when clients can connect. Signals are left alone.
 * 0, or -1. replyd_stop ends it.
 */
REPLYD_API int replyd_start(struct replyd *server, const char *address);

/* The steps of these. Socket, bind, listen for every address. 0, or -1 and nothing is open. */
REPLYD_API int replyd_open(struct replyd *server);

/* The i-th address that is open: "http://127.0.0.1:8080/", "unix:/path"; NULL behind the last. */
REPLYD_API const char *replyd_url(const struct replyd *server, size_t i);

/*
 * Serves in this thread until replyd_drain. How many exchanges were cut off, or -1. A handler that
 * does not return is waited for no longer than drain_ms and a second.
 */
REPLYD_API long replyd_serve(struct replyd *server);

/*
 * Accepts no more, finishes what is in flight (drain_ms at most) and lets replyd_run or
 * replyd_serve return, also one that is only called later. From any thread, or from a signal
 * handler; not while they may be returning already.
 */
REPLYD_API void replyd_drain(struct replyd *server);

/*
 * Ends what replyd_start began: drains it for `deadline_ms` at most, cuts off what is then left,
 * and waits for its handlers to return (replyd_cancelled tells them to): after it, none runs. Not
 * from a handler. How many exchanges it had to cut.
 */
REPLYD_API long replyd_stop(struct replyd *server, long deadline_ms);

/*
 * Reads the file of replyd_configure anew, with all that it names, while it serves, and has it
 * serve that: at once and as a whole, or, where something is wrong, not at all. What is asked then
 * is answered by the new; what is under way ends as it began. Listeners that both name stay open;
 * what was added by other functions than replyd_configure is served no more.
 * replyd.conf(5) says what needs a new start. Says in one line of the log what came of it.
 *
 * Waits for files and names, for replyd_reload in another thread, and, where the server is open,
 * for it to serve: any thread but the one that serves, and a handler's. It has returned before
 * replyd_free. 0, or -1 with the reason in why[0..size) (NULL: not wanted):
 * file, line, option, what would be right; it has no file, or does not serve.
 */
REPLYD_API int replyd_reload(struct replyd *server, char *why, size_t size);

/* What failed: one line, no newline. The server's, until the next call. */
REPLYD_API const char *replyd_error(const struct replyd *server);

#ifdef __cplusplus
}
#endif

#endif

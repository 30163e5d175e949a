/*
 * replyd/handler.h - all that a handler sees: what was asked, and how to reply.
 *
 * A handler is a function
 *
 *     int hello(struct replyd_exchange *x, void *data);
 *
 * that is called when a request is complete, in a thread that is its own until it returns: it may
 * block. Any number of threads call it at once, with the same data. It gives one reply by one of
 * the functions below "The reply" and returns 0; or it returns a status from 300 to 599, and the
 * client reads the page of that status, with the fields that were added. Anything else (no reply,
 * two replies, a field with a newline in it, another number) is the handler's fault: the client
 * reads 500, and the log says what it was.
 *
 * Memory: what is said here to be a string ends in a NUL. Strings and bytes that a function of
 * this file returns live until the handler returns, and are the exchange's: they are neither
 * changed nor freed. What is given to a function is copied, unless it says otherwise.
 *
 * Threads: an exchange is used by one thread at a time.
 *
 * Over the line protocol a request is one line: its method is "LINE", its path and its target are
 * "/", its body is the line without its end, it has no fields, and a reply's status, type and
 * fields are not sent.
 */
#ifndef REPLYD_HANDLER_H
#define REPLYD_HANDLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this file: grows when a module that was built against an older one would not work. */
#define REPLYD_INTERFACE 1

#define REPLYD_API	  __attribute__((visibility("default")))
#define REPLYD_FORMAT(at) __attribute__((format(printf, at, (at) + 1)))

struct replyd_exchange;

/* What was asked. */

/* "GET". HEAD is seen as it came; the bytes of a reply to it are not sent. */
REPLYD_API const char *replyd_method(struct replyd_exchange *x);

/* The request's target as it was sent: "/a%20b?x=1". */
REPLYD_API const char *replyd_target(struct replyd_exchange *x);

/*
 * The path: "/a b". Percent-decoded once, without "." and ".." segments, empty segments, control
 * bytes or encoded slashes (RFC 3986 §5.2.4, §6.2.2). It begins with a slash.
 */
REPLYD_API const char *replyd_path(struct replyd_exchange *x);

/* What of the path is behind its route's: "" or "/more" for a route that answers for all below. */
REPLYD_API const char *replyd_rest(struct replyd_exchange *x);

/* The segment of the path in the place of {name} in the route's; NULL where it has no such name. */
REPLYD_API const char *replyd_param(struct replyd_exchange *x, const char *name);

/*
 * The first value of that name in the query, or in a body of the type
 * application/x-www-form-urlencoded, decoded; `otherwise` (NULL is allowed) when there is none.
 */
REPLYD_API const char *replyd_query(struct replyd_exchange *x, const char *name,
				    const char *otherwise);
REPLYD_API const char *replyd_form(struct replyd_exchange *x, const char *name,
				   const char *otherwise);

/* The i-th pair of them, from 0, in the order they came. False behind the last. */
REPLYD_API bool replyd_query_at(struct replyd_exchange *x, size_t i, const char **name,
				const char **value);
REPLYD_API bool replyd_form_at(struct replyd_exchange *x, size_t i, const char **name,
			       const char **value);

/*
 * The value of a field of the request's head, by its name in any case; of several, all, with ", "
 * between them (RFC 9110 §5.2). NULL when there is none.
 */
REPLYD_API const char *replyd_field(struct replyd_exchange *x, const char *name);
/* The i-th field, from 0, as it came. False behind the last. */
REPLYD_API bool replyd_field_at(struct replyd_exchange *x, size_t i, const char **name,
				const char **value);

/* The client's address: "192.0.2.1", "2001:db8::1"; "unix" over a Unix socket. */
REPLYD_API const char *replyd_client(struct replyd_exchange *x);

/* The name that the client proved by its password; NULL where the route asks for none. */
REPLYD_API const char *replyd_user(struct replyd_exchange *x);

/* A name for this exchange in logs: its field X-Request-Id, well-formed, or a new one. */
REPLYD_API const char *replyd_id(struct replyd_exchange *x);

/* The value of "NAME=VALUE" among the route's settings, or `otherwise`. */
REPLYD_API const char *replyd_setting(struct replyd_exchange *x, const char *name,
				      const char *otherwise);

/* The whole body's length; -1 where the route streams it and its client did not say. */
REPLYD_API int64_t replyd_body_length(struct replyd_exchange *x);

/*
 * The whole body, *len bytes and a NUL behind them; a long one is a mapping of a file. NULL with
 * errno: ENOMEM; EINVAL where the route streams it, or some of it was read.
 */
REPLYD_API const char *replyd_body(struct replyd_exchange *x, size_t *len);

/*
 * Reads on in the body. How many bytes, 0 at its end, or -1 with errno. Where the route streams
 * it, this waits for the client, and ends with -1 when it sends nothing for too long (ETIMEDOUT),
 * too much (EFBIG), what is malformed (EPROTO), or has left (ECONNRESET); where the time of the
 * route or of its client has passed (ETIMEDOUT), or it was answered meanwhile (ECANCELED).
 */
REPLYD_API ssize_t replyd_read(struct replyd_exchange *x, void *to, size_t size);

/* Memory for the handler, which lives as its strings do. NULL when there is none. */
REPLYD_API void *replyd_alloc(struct replyd_exchange *x, size_t size);

/* The reply. */

/*
 * Adds a field to the reply. Names and values with bytes that RFC 9110 §5 does not allow are the
 * handler's fault, and so are the fields that frame a message, which are replyd's: Connection,
 * Content-Length, Date, Keep-Alive, Server, TE, Trailer, Transfer-Encoding, Upgrade. So is a second
 * of what a reply has once, such as Content-Type, ETag, Last-Modified, Location and Expires.
 */
REPLYD_API void replyd_add_field(struct replyd_exchange *x, const char *name, const char *value);

/*
 * The reply: a status from 200 to 599, a body, which is not sent with 204, 205 and 304. A status
 * that is nothing without a field (206 Content-Range, or a multipart/byteranges type; 401
 * WWW-Authenticate; 407 Proxy-Authenticate; 426) is a fault without it; 405 gets an Allow where
 * none was added. Each returns what the handler is to return: 0, or
 * the status that tells of a fault. `type` is the media type; NULL adds none.
 */

/* Plain text, made by `format` as by printf. */
REPLYD_API int replyd_text(struct replyd_exchange *x, int status, const char *format, ...)
	REPLYD_FORMAT(3);

/* Text of any type, made by `format` as by printf. */
REPLYD_API int replyd_format(struct replyd_exchange *x, int status, const char *type,
			     const char *format, ...) REPLYD_FORMAT(4);

/* A copy of bytes[0..len). */
REPLYD_API int replyd_bytes(struct replyd_exchange *x, int status, const char *type,
			    const void *bytes, size_t len);

/*
 * These very bytes, which stay as they are until `release` is called with `owner`: once, by any
 * thread, whatever becomes of the reply. `release` may be NULL.
 */
REPLYD_API int replyd_lend(struct replyd_exchange *x, int status, const char *type,
			   const void *bytes, size_t len, void (*release)(void *owner),
			   void *owner);

/*
 * `len` bytes of a regular file from `offset` on; -1 is all of the rest. Takes fd, and closes it
 * whatever becomes of the reply. A file that is shorter is a fault.
 */
REPLYD_API int replyd_file(struct replyd_exchange *x, int status, const char *type, int fd,
			   int64_t offset, int64_t len);

/*
 * A reply in pieces. replyd_begin gives its status and type; what is written by the others behind
 * that is sent when 64 KiB have come together, at replyd_flush, and when the handler has returned.
 * None of them waits for the client: what it does not take is kept, in memory, then in an unnamed
 * temporary file. 0, or -1 with errno, after which the connection ends in the middle of the reply:
 * EPIPE the client has left; ECANCELED the handler is late, and its client was answered in its
 * stead; ENOMEM; ENOSPC, ENOBUFS, EFBIG more was kept than is allowed; EINVAL it was not begun, or
 * the handler has a fault already. Those of a detached reply are sent when it is complete.
 */
REPLYD_API int replyd_begin(struct replyd_exchange *x, int status, const char *type);
REPLYD_API int replyd_write(struct replyd_exchange *x, const void *bytes, size_t len);
REPLYD_API int replyd_print(struct replyd_exchange *x, const char *format, ...) REPLYD_FORMAT(2);
REPLYD_API int replyd_flush(struct replyd_exchange *x);

/* Writes a line to the log, with the request's method, path and id before it. */
REPLYD_API void replyd_log(struct replyd_exchange *x, const char *format, ...) REPLYD_FORMAT(2);

/* Long work. */

/* Whether a reply is in vain: the client has left, the time that the route gives has passed, or the
 * server is being stopped and waits no longer. */
REPLYD_API bool replyd_cancelled(struct replyd_exchange *x);

/*
 * A descriptor that poll(2) shows readable when replyd_cancelled may have become true; ask it
 * then. The exchange's: it is not read, and not closed. -1 with errno: EMFILE, ENOMEM.
 */
REPLYD_API int replyd_cancel_fd(struct replyd_exchange *x);

/*
 * Lets the reply be given later, by any one thread, while none waits for it. The exchange that is
 * returned stands for x from here on: all functions of this file work on it, its strings live
 * until replyd_complete, also when the client has left meanwhile, and replyd_complete is called on
 * it once. Nothing more is done with x; the handler returns 0. NULL with errno, and x as it was:
 * ENOMEM; EINVAL a reply was given or begun, or the route streams its body, or it is a line.
 */
REPLYD_API struct replyd_exchange *replyd_detach(struct replyd_exchange *x);

/*
 * Sends the reply of a detached exchange, when its client is still there, and ends the exchange.
 * From any thread, also when the server has been stopped and freed.
 */
REPLYD_API void replyd_complete(struct replyd_exchange *detached);

/* Modules. */

struct replyd_settings;

/* The value of "NAME=VALUE" among a module's settings, or `otherwise`. */
REPLYD_API const char *replyd_settings_get(const struct replyd_settings *settings, const char *name,
					   const char *otherwise);
/* The i-th of them, from 0. False behind the last. A module may refuse unknown ones. */
REPLYD_API bool replyd_settings_at(const struct replyd_settings *settings, size_t i,
				   const char **name, const char **value);

/*
 * What a shared object describes itself by, in one symbol. It is loaded anew with each
 * configuration that names it, also beside the one of the configuration before, each with variables
 * of its own.
 *
 *     const struct replyd_module replyd_module = {
 *             .size = sizeof(replyd_module), .interface = REPLYD_INTERFACE, .name = "hello",
 *             .methods = "GET", .perform = hello,
 *     };
 */
struct replyd_module {
	unsigned size;	    /* sizeof(struct replyd_module) */
	unsigned interface; /* REPLYD_INTERFACE */
	const char *name;
	const char *methods; /* "GET, POST"; NULL: any. Others are answered 405. */
	bool blocks; /* perform waits for something: others run meanwhile, from the first call on */
	/*
	 * Once for each route that names the module, before any request; may be NULL. *data is for
	 * perform and release. 0, or -1 with a line for the administrator in why[0..size): the
	 * configuration is refused. `settings` live until release has returned.
	 */
	int (*init)(const struct replyd_settings *settings, void **data, char *why, size_t size);
	int (*perform)(struct replyd_exchange *x, void *data);
	/*
	 * Once for each init that succeeded, when no request uses data any more, nothing is lent
	 * and every detached exchange is complete; may be NULL. The module may be unloaded when it
	 * has returned: threads that it began have ended by then.
	 */
	void (*release)(void *data);
};
REPLYD_API extern const struct replyd_module replyd_module;

#ifdef __cplusplus
}
#endif

#endif

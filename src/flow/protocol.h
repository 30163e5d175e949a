/*
 * protocol - all that the flow of descriptors knows of what is said over them.
 */
#ifndef RD_FLOW_PROTOCOL_H
#define RD_FLOW_PROTOCOL_H

#include <stdbool.h>

struct rd_conn;
struct rd_worker;

/* What a connection needs next. */
enum rd_verdict {
	RD_WANTS_READ,	/* parks until there is more to read */
	RD_WANTS_WRITE, /* parks until the client has taken some */
	RD_WANTS_REPLY, /* parks until rd_pool_wake: another thread has its exchange */
	RD_MORE,	/* could go on, but has had its turn */
	RD_ANOTHER,	/* may have another request, but has had its turn */
	RD_LINGER,	/* reply is out: send no more, read off what still comes, close */
	RD_CLOSE,	/* close now: nothing unread can turn the reply into a reset */
	RD_TAKEN,	/* main has taken it away meanwhile: not ours any more */
};

struct rd_protocol {
	const char *name;  /* as in the URL of a ready line: "http" */
	bool speaks_first; /* has something to say before the client has */

	/*
	 * Goes as far as it can without waiting for the client. The worker's, who owns the
	 * connection meanwhile. Before WANTS_*, it has set conn->deadline_us; before LINGER and
	 * CLOSE, conn->reason. With conn->shed set, it performs nothing of what has come, and says
	 * so. It parks for reading only after a read that brought fewer bytes
	 * than there was room for, or none: the edge that comes after is then certain.
	 */
	enum rd_verdict (*advance)(struct rd_conn *conn, struct rd_worker *worker);

	/*
	 * Main's, when there is no room, or none for its client; conn->reason says which: says so
	 * in a reply that is ready, without waiting.
	 * RD_LINGER, or RD_CLOSE where there is nobody to read it.
	 */
	enum rd_verdict (*refuse)(struct rd_conn *conn);

	/*
	 * Main's, when the handler that a worker called in this `turn` has passed its time: what is
	 * still to be sent becomes conn->session, with the answer in the handler's stead, and
	 * conn->reason is set. RD_WANTS_WRITE: advance sends it, and performs nothing. RD_MORE: a
	 * worker goes on. RD_CLOSE: nothing can be said. Of the turn, the handler may still use all
	 * that it was given.
	 */
	enum rd_verdict (*take)(struct rd_conn *conn, void *turn);

	/* Frees conn->session, which is not NULL. Whoever closes. */
	void (*release)(struct rd_conn *conn);
};

#endif

/*
 * stream - one turn of a connection in a worker's hands: what is read and not used yet, what is
 * on its way out, and what of that is kept while the connection is parked. An idle connection
 * keeps nothing.
 */
#ifndef RD_SERVE_STREAM_H
#define RD_SERVE_STREAM_H

#include "flow/conn.h"
#include "flow/pool.h"
#include "serve/account.h"
#include "serve/output.h"
#include "serve/spool.h"
#include "serve/watch.h"

struct rd_access; /* codec/network.h */
struct rd_intake;
struct rd_detached;

/*
 * What the client takes of its replies is looked at in windows, from the moment that it was waited
 * for: an event does not begin a new one, or a client could take a byte now and then for ever.
 */
struct rd_stream_window {
	uint64_t until_us; /* 0: it is not waited for */
	uint64_t given;	   /* with the kernel when it began, and since */
};

/* A request that waited so long for its worker is not performed for a client who has left. */
enum { RD_WAITED_US = 50 * 1000 };

struct rd_stream {
	struct rd_conn *conn;
	struct rd_worker *worker;
	struct rd_generation *generation; /* the exchange's; NULL where the service is fixed ... */
	bool counted;			  /* ... and where so, the stream's; else the worker's */
	char *in; /* the worker's buffer; [start, end) is read and not used yet */
	size_t start, end;
	size_t seen;		  /* of it, so many were looked at in vain: more is needed */
	bool drained;		  /* the last read brought all there was */
	bool eof;		  /* the client sends no more */
	bool last;		  /* close once the output is sent */
	bool begun;		  /* pieces of a reply are out that its handler still writes */
	bool timing;		  /* clients may be told when their requests arrived */
	bool unkept;		  /* ... and there was no room for what its client did not take */
	struct rd_intake *intake; /* the body that is being read; owned; or NULL */
	struct rd_detached *detached; /* another thread has the exchange; or NULL */
	struct rd_spool spool;	      /* of a reply that its handler still writes */
	struct rd_watch watch;	      /* while a handler runs */
	uint64_t began_us; /* when the first byte of the request that is being read came */
	struct rd_output out;
	struct rd_stream_window window;
	struct rd_account account;
};

/* Takes up the connection, with what it kept. */
void rd_stream_begin(struct rd_stream *s, struct rd_conn *conn, struct rd_worker *worker);

/* An exchange begins, of the newest generation; nothing is left of the one before. */
void rd_stream_renew(struct rd_stream *s);

/* What the exchange is served with. */
const void *rd_stream_service(const struct rd_stream *s);

/* What to do after one of these: go on, or end the turn with a verdict. */
enum rd_next {
	NEXT_GO,
	NEXT_END,
};

/*
 * Reads once, behind what is there. NEXT_END: nothing came, with *verdict for rd_stream_end; or
 * the client is gone, with the reason set. s->eof and NEXT_GO: it sends no more.
 */
enum rd_next rd_stream_read(struct rd_stream *s, enum rd_verdict *verdict);

/* Sends what is on its way. NEXT_GO when all is with the kernel. */
enum rd_next rd_stream_flush(struct rd_stream *s, enum rd_verdict *verdict);

/*
 * Sends a piece of a reply whose handler still writes it. 0, or an error number for replyd_write.
 */
int rd_stream_send(struct rd_stream *s, const struct iovec *iov, int n,
		   const struct rd_spool_limits *limits);

/*
 * The reply that begins ends with the connection. Until all of it is sent an end is a reset, so
 * that it never looks whole.
 */
void rd_stream_unended(struct rd_stream *s);

/* After the last reply is sent: closes at once, or lingers where unread bytes may be under way. */
enum rd_verdict rd_stream_finish(struct rd_stream *s);

/*
 * A request is there: whether its client may have it answered, or asks too often; then *wait_us
 * says when it may ask again.
 */
bool rd_stream_may_ask(const struct rd_stream *s, uint64_t *wait_us);

/* Whether its client is one of those who may ask for what that is of. */
bool rd_stream_admits(struct rd_stream *s, const struct rd_access *access);

/*
 * Before something is performed: whether it waited long, and its client has left meanwhile. Then
 * that is counted, and the connection is to be closed. `probe` as of rd_watch_gone.
 */
bool rd_stream_left(struct rd_stream *s, bool probe);

/*
 * Whether the client took too little while its window lasted: nothing, or less than `rate` bytes a
 * second. If not, the next window begins.
 */
bool rd_stream_slow(struct rd_stream *s, uint64_t write_us, uint64_t rate);

/*
 * Ends the turn: keeps for the next one what is not used and not sent. `write_us` is the length of
 * a window, `read_until_us` the deadline of a park for reading.
 */
enum rd_verdict rd_stream_end(struct rd_stream *s, enum rd_verdict verdict, uint64_t write_us,
			      uint64_t read_until_us);

/*
 * By main, for a turn that it has taken from a late handler: what is on its way is kept for the
 * next turn, with this behind it, as the last; or the exchange, which another thread has. What is
 * kept is no longer in the stream. False: there is no memory.
 */
bool rd_stream_take(struct rd_stream *s, const struct iovec *iov, int n);
bool rd_stream_take_detached(struct rd_stream *s);

/* rd_protocol's release. */
void rd_stream_release(struct rd_conn *conn);

/*
 * rd_protocol's refuse: sends `text`. A client that sends no more has asked for nothing, and is
 * told nothing.
 */
enum rd_verdict rd_stream_refuse(struct rd_conn *conn, const char *text, size_t len);

#endif

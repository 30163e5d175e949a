/*
 * http - what the steps of one turn of an HTTP connection share. Private to serve/http*.c.
 */
#ifndef RD_SERVE_HTTP_H
#define RD_SERVE_HTTP_H

#include "app/exchange.h"
#include "serve/http1.h"
#include "serve/stream.h"

enum rd_http_step {
	STEP_SEND,	 /* what was left of an earlier reply */
	STEP_READ,	 /* all input is used: more */
	STEP_PARSE,	 /* a request head, if it is complete */
	STEP_UNDERSTAND, /* a head is there: who answers, may he, is there a body */
	STEP_BODY,	 /* takes what has come of it */
	STEP_PERFORM,	 /* the request is complete */
	STEP_DETACHED,	 /* another thread has the exchange */
	STEP_REPLY,	 /* the reply goes to the output */
	STEP_FINISH,	 /* it was the last */
	STEP_END,	 /* of the turn */
};

struct rd_http {
	struct rd_stream s;
	const struct rd_http_service *service;
	enum rd_verdict verdict; /* of STEP_END */
	uint64_t began_us;	 /* the turn */
	unsigned answered;	 /* requests in it */
	unsigned reads;		 /* in this turn */
	bool parsed;		 /* x.head is that of the request that is answered */
	int status;		 /* of the reply in pieces that was begun */
	unsigned local;		 /* times that this request was taken elsewhere */
	const char *head;	 /* that was parsed, in the worker's buffer ... */
	size_t head_len;	 /* ... up to the next read */
	struct replyd_exchange x;
};

/* The steps that know what a request means. */
enum rd_http_step rd_http_understand(struct rd_http *h);
enum rd_http_step rd_http_body(struct rd_http *h);
enum rd_http_step rd_http_perform(struct rd_http *h);
enum rd_http_step rd_http_detached(struct rd_http *h);
enum rd_http_step rd_http_reply(struct rd_http *h);

/*
 * The reply is decided, its head not sent yet: it has the request's id, if its client gave one, or
 * anybody asks for it.
 */
void rd_http_identify(struct rd_http *h);

/* The reply is decided: what its record says (serve/account.h). */
void rd_http_tell(struct rd_http *h, int status);

/* Adds a Server-Timing field (W3C Server Timing) with the stages that are over by now. */
void rd_http_timing(struct rd_http *h);

/* After a reply in pieces: its end. */
enum rd_http_step rd_http_pieces_end(struct rd_http *h);

/* What x->link is. */
extern const struct rd_link rd_http_link;

/* The date of this second, made once. */
const char *rd_http_date(void);

/* rd_protocol's take; the turn is a struct rd_http. */
enum rd_verdict rd_http_take(struct rd_conn *conn, void *turn);

/* The body will be read: its client, if it waits to be told, is told. */
void rd_http_continue(struct rd_http *h);

/* A Retry-After: not the same for all who were shed together, or they would come together. */
unsigned rd_http_retry_s(void);

/* The deadline of a body that is awaited. */
uint64_t rd_http_body_until(const struct rd_http *h);

/* Whether the connection goes on after this exchange. */
void rd_http_decide_last(struct rd_http *h);

/* The reply's head goes to the output, and is counted. */
void rd_http_head(struct rd_http *h);

/*
 * The request again, from the head and the body that were kept; no route. False: it cannot be.
 */
bool rd_http_recall(const struct rd_http_service *service, struct rd_intake *i,
		    struct replyd_exchange *x);

/* The reply is an error's page, and nothing that follows is read as a request. */
enum rd_http_step rd_http_refuse(struct rd_http *h, int status, enum rd_close_reason reason);

#endif

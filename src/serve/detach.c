/*
 * detach - an exchange whose reply another thread gives later.
 *
 * A detached exchange has two who know it: its connection, and the thread that completes it. Who
 * ends first tells the other under the lock, and the last one frees it. The connection is parked
 * meanwhile, as one that waits for its client is.
 *
 * Thread:  any. One lock for all servers of a program, since an exchange may outlive its own.
 * Owns:    the request, and the exchange that was made of it.
 */
#include "serve/detach.h"

#include "app/app.h"
#include "base/clock.h"
#include "base/lock.h"
#include "flow/pool.h"
#include "serve/http.h"
#include "serve/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct rd_detached {
	struct replyd_exchange x;	  /* the first: its holder knows all by it */
	struct rd_intake *intake;	  /* the request, which x points into */
	struct rd_generation *generation; /* counted; x's */
	const char *client;
	struct rd_watch watch; /* the connection's owner's */
	struct rd_pool *pool;  /* good while conn is not NULL */
	/* under lock */ struct rd_conn *conn;
	bool complete;
	int event_fd; /* readable when conn is NULL; -1: nobody asked */
};

static struct rd_lock detach_lock = { PTHREAD_MUTEX_INITIALIZER, RANK_DETACH };

static struct rd_detached *detach_of(struct replyd_exchange *x)
{
	return (struct rd_detached *)x;
}

static const char *detach_client(struct replyd_exchange *x)
{
	return detach_of(x)->client;
}

static bool detach_cancelled(struct replyd_exchange *x)
{
	struct rd_detached *d = detach_of(x);
	bool gone;

	rd_lock_take(&detach_lock);
	gone = !d->conn;
	rd_lock_drop(&detach_lock);
	return gone || (x->deadline_us && rd_clock_us() >= x->deadline_us);
}

/* Under the lock. */
static void detach_tell(const struct rd_detached *d)
{
	uint64_t one = 1;

	if (d->event_fd >= 0)
		(void)!write(d->event_fd, &one, sizeof(one));
}

static int detach_cancel_fd(struct replyd_exchange *x, bool timed)
{
	struct rd_detached *d = detach_of(x);

	(void)timed;
	rd_lock_take(&detach_lock);
	if (d->event_fd < 0) {
		d->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (!d->conn)
			detach_tell(d);
	}
	rd_lock_drop(&detach_lock);
	return d->event_fd;
}

static void detach_complete(struct replyd_exchange *x)
{
	struct rd_detached *d = detach_of(x);
	bool alone;

	rd_lock_take(&detach_lock);
	d->complete = true;
	alone = !d->conn;
	if (!alone)
		rd_pool_wake(d->pool, d->conn);
	rd_lock_drop(&detach_lock);
	if (alone)
		rd_detach_free(d);
}

static const struct rd_link detach_link = {
	.client = detach_client,
	.cancelled = detach_cancelled,
	.cancel_fd = detach_cancel_fd,
	.complete = detach_complete,
};

/* What x was asked and what it had added, as an exchange of its own. */
static bool detach_fill(struct rd_detached *d, struct replyd_exchange *x)
{
	struct replyd_exchange *own = &d->x;
	struct rd_reply *reply = &own->reply;

	if (x->content.at && !d->intake->store.memory.at) {
		const char *copy = rd_arena_text(&own->memory, x->content.at, x->content.len);

		if (!copy)
			return false;
		own->content = (struct rd_span){ copy, x->content.len };
		own->content_len = x->content.len;
	}
	own->host = x->host;
	own->route = x->route;
	own->rest = x->rest;
	own->deadline_us = x->deadline_us;
	d->client = rd_arena_text(&own->memory, replyd_client(x), strlen(replyd_client(x)));
	own->id = x->id ? rd_arena_text(&own->memory, x->id, strlen(x->id)) : NULL;
	memcpy(reply->fields, x->reply.fields, x->reply.fields_len);
	reply->fields_len = x->reply.fields_len;
	own->link = &detach_link;
	return d->client && (!x->id || own->id);
}

struct replyd_exchange *rd_detach(struct rd_http *h)
{
	struct rd_detached *d;

	if (!h->s.conn->slots || h->x.streamed || h->s.detached) {
		errno = EINVAL;
		return NULL;
	}
	d = malloc(sizeof(*d)); /* not cleared: most of it is never touched */
	if (!d)
		return NULL;
	d->pool = h->s.worker->pool;
	d->conn = h->s.conn;
	d->generation = rd_generation_take(h->s.generation);
	d->complete = false;
	d->watch = (struct rd_watch){ .epoll_fd = -1, .timer_fd = -1 };
	d->event_fd = -1;
	rd_exchange_begin(&d->x);
	d->intake = h->s.intake;
	if (!d->intake)
		d->intake = rd_intake_new(h->head, h->head_len, &h->x.framing, 0, 0);
	if (d->intake && rd_http_recall(h->service, d->intake, &d->x) && detach_fill(d, &h->x)) {
		h->s.intake = NULL; /* where there was one, it is ours now */
		h->s.detached = d;
		return &d->x;
	}
	if (h->s.intake)
		d->intake = NULL;
	rd_detach_free(d);
	errno = ENOMEM;
	return NULL;
}

struct rd_span rd_detach_head(const struct rd_detached *d)
{
	return (struct rd_span){ d->intake->head, d->intake->head_len };
}

bool rd_detach_gone(struct rd_detached *d)
{
	return rd_watch_gone(&d->watch, d->conn, d->x.head.minor > 0);
}

uint64_t rd_detach_deadline(const struct rd_detached *d)
{
	return d->x.deadline_us;
}

bool rd_detach_take(struct rd_detached *d, struct replyd_exchange *x)
{
	bool complete;

	rd_lock_take(&detach_lock);
	complete = d->complete;
	rd_lock_drop(&detach_lock);
	if (!complete)
		return false;
	*x = d->x;
	d->x.memory = (struct rd_arena){ NULL };
	d->x.mapped = NULL;
	rd_reply_begin(&d->x.reply);
	return true;
}

void rd_detach_free(struct rd_detached *d)
{
	rd_reply_reset(&d->x.reply);
	rd_exchange_end(&d->x);
	rd_intake_free(d->intake);
	if (d->event_fd >= 0)
		close(d->event_fd);
	rd_generation_drop(d->generation);
	free(d);
}

void rd_detach_forget(struct rd_detached *d)
{
	bool alone;

	if (!d)
		return;
	rd_lock_take(&detach_lock);
	alone = d->complete;
	d->conn = NULL;
	detach_tell(d);
	rd_lock_drop(&detach_lock);
	if (alone)
		rd_detach_free(d);
}

/*
 * stack - one connection in the hands of one worker, over the memory transport: main, parking and
 * client are the loop below. For tests and fuzzers of the whole way from bytes to bytes.
 */
#ifndef TESTS_UNIT_STACK_H
#define TESTS_UNIT_STACK_H

#include "base/clock.h"
#include "base/must.h"
#include "flow/conn.h"
#include "flow/pool.h"
#include "net/memory.h"

#include <stdlib.h>

enum { STACK_PIECES = 4096 };

struct stack {
	struct rd_conn conn;
	struct rd_service service;
	struct rd_worker worker;
	struct rd_memory memory;
	struct rd_span piece[STACK_PIECES];
	size_t window;		     /* what the client takes each time it is waited for */
	enum rd_close_reason reason; /* why it was closed, once it is */
};

/* The client will send in[0..len), cut at `cut`, and at every `each` bytes behind it. */
static inline void stack_sends(struct stack *s, const char *in, size_t len, size_t cut, size_t each,
			       enum rd_io end)
{
	size_t n = 0;

	rd_memory_free(&s->memory);
	for (size_t at = 0; at < len; at += s->piece[n++].len) {
		size_t most = n == 0 ? cut : each;

		MUST(n < STACK_PIECES);
		s->piece[n] = (struct rd_span){ in + at, most < len - at ? most : len - at };
	}
	s->memory = (struct rd_memory){ .piece = s->piece, .pieces = n, .end = end };
}

/* Opened after stack_sends; s->memory.send_most may be set between. */
static inline void stack_open(struct stack *s, const struct rd_protocol *protocol,
			      const void *service, size_t window)
{
	uint64_t now_us = rd_clock_us();

	if (!s->worker.in) {
		s->worker.in = malloc(RD_SCRATCH);
		s->worker.out = malloc(RD_SCRATCH);
	}
	MUST(s->worker.in && s->worker.out);
	s->service = (struct rd_service){ .fixed = service };
	s->conn = (struct rd_conn){
		.protocol = protocol,
		.service = &s->service,
		.accepted_us = now_us,
		.ready_us = now_us,
	};
	s->window = s->memory.window = window;
	s->reason = CLOSE_NONE;
	rd_memory_init(&s->conn.transport, &s->memory);
}

static inline void stack_close(struct stack *s, enum rd_close_reason reason)
{
	struct rd_conn *c = &s->conn;

	s->reason = reason;
	rd_conn_close(&c, reason);
	MUST(s->memory.closed);
}

/* A turn, with what becomes of a connection that is done. */
static inline enum rd_verdict stack_turn(struct stack *s)
{
	struct rd_conn *c = &s->conn;
	enum rd_verdict verdict;

	s->worker.now_us = rd_clock_us();
	c->deadline_us = c->want == RD_WANTS_WRITE ? c->deadline_us : 0;
	verdict = c->protocol->advance(c, &s->worker);
	c->want = verdict;
	c->expired = false;
	switch (verdict) {
	case RD_WANTS_WRITE:
		MUST(s->memory.window == 0); /* or it would wait for what is there */
		MUST(c->deadline_us > c->accepted_us);
		break;
	case RD_WANTS_READ:
		MUST(c->deadline_us > c->accepted_us);
		break;
	case RD_LINGER:
	case RD_CLOSE:
		MUST(c->reason != CLOSE_NONE);
		stack_close(s, c->reason);
		break;
	case RD_TAKEN:
	case RD_WANTS_REPLY: /* nothing detaches, or is taken away, without a table of slots */
		MUST(false);
	case RD_MORE:
	case RD_ANOTHER:
		break;
	}
	return verdict;
}

/* The client does what it is waited for. False when it has nothing more to do. */
static inline bool stack_client(struct stack *s, enum rd_verdict verdict)
{
	if (verdict == RD_WANTS_WRITE)
		s->memory.window = s->window;
	if (verdict == RD_WANTS_READ)
		return rd_memory_feed(&s->memory) || s->memory.end != IO_AGAIN;
	return verdict != RD_LINGER && verdict != RD_CLOSE;
}

/* Until it is closed, or waits for a client who sends no more. The last verdict. */
static inline enum rd_verdict stack_run(struct stack *s)
{
	enum rd_verdict verdict;
	bool ended = false;

	for (;;) {
		verdict = stack_turn(s);
		MUST(!(verdict == RD_WANTS_READ && ended)); /* it was told that nothing comes */
		if (!stack_client(s, verdict))
			return verdict;
		ended = s->memory.end != IO_AGAIN && s->memory.next > s->memory.pieces;
	}
}

static inline void stack_free(struct stack *s)
{
	rd_memory_free(&s->memory);
	free(s->worker.in);
	free(s->worker.out);
	s->worker.in = s->worker.out = NULL;
}

#endif

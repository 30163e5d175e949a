/*
 * shot - one connection of a load, and the request that is under way on it.
 */
#ifndef RD_CLIENT_SHOT_H
#define RD_CLIENT_SHOT_H

#include "base/buffer.h"
#include "base/span.h"
#include "client/answer.h"
#include "client/tally.h"
#include "net/address.h"

/* What all connections of a load have in common. */
struct rd_shots {
	struct rd_span request;
	bool http;     /* the reply is HTTP; otherwise it ends where the server closes */
	bool bodiless; /* HTTP: the reply to HEAD */
	bool close;    /* HTTP: a connection for each request */
	int epoll_fd;
	struct rd_sockaddr address[RD_ADDRESS_MAX]; /* of the name, in the order to try them */
	int address_count;
	int address_at; /* the one in use */
	bool reached;	/* it has taken a connection: the others are not tried any more */
	char bytes[2 * RD_ANSWER_MAX];
};

enum rd_shot_state {
	SHOT_IDLE,
	SHOT_SENDING, /* or connecting */
	SHOT_READING,
};

struct rd_shot {
	enum rd_shot_state state;
	int fd; /* -1: not connected */
	int address;
	bool registered;
	uint64_t due_us;
	size_t sent;
	uint64_t received; /* of this reply */
	struct rd_answer answer;
	struct rd_buffer kept;		/* come and not taken: a part of a head */
	struct rd_shot *before, *after; /* the caller's list */
};

enum rd_shot_outcome { SHOT_WAITS, SHOT_REPLIED, SHOT_FAILED };

/* Why it failed. */
struct rd_shot_why {
	enum rd_load_failure failure;
	int error; /* errno of FAILURE_OTHER */
};

/* Begins a request on an idle one. Afterwards it is idle again, unless it waits. */
enum rd_shot_outcome rd_shot_begin(struct rd_shots *all, struct rd_shot *shot,
				   struct rd_shot_why *why);

/* Epoll has events for it. One that is idle is closed if its server has closed; it waits then. */
enum rd_shot_outcome rd_shot_event(struct rd_shots *all, struct rd_shot *shot, bool ended,
				   struct rd_shot_why *why);

/* Gives up what is under way; idle and not connected after. */
void rd_shot_close(struct rd_shot *shot);

#endif

/*
 * pulse - proof that connections move: a connection of the server with itself. What is sent over it
 * goes through main, the queue and a worker, as what a client sends, and comes back.
 */
#ifndef RD_FLOW_PULSE_H
#define RD_FLOW_PULSE_H

#include <stdbool.h>

extern const struct rd_protocol rd_pulse;

struct rd_pulse {
	int near;     /* the one that asks has this end; -1: there is no pulse */
	int far;      /* main's, once it runs: the number of a slot */
	bool beating; /* one is under way */
	bool ended;   /* the server has closed its end */
};

/* False with errno. */
bool rd_pulse_init(struct rd_pulse *p);
/* The far end is main's, or was. */
void rd_pulse_fini(struct rd_pulse *p);

/* For both: one thread. Sends one, unless one is under way. */
void rd_pulse_beat(struct rd_pulse *p);
/* Whether none is under way any more; else `near` becomes readable. Waits for nothing. */
bool rd_pulse_back(struct rd_pulse *p);

#endif

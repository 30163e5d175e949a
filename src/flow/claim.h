/*
 * claim - who has a connection while a handler with a time limit runs: its worker, or main, which
 * takes it away when the time is over. One word says which, and changes by compare-and-swap:
 *
 *     0 --offer--> the time from which main may take it --hold--> 0 ... --end--> 0
 *                                                       --take--> RD_TAKEN
 *
 * The worker offers it while the handler does something else, and holds it for each use: to send
 * a piece, to look whether the client is there. Who loses never touches the connection again; its
 * descriptor may be another client's by then. Without a limit the word stays 0.
 */
#ifndef RD_FLOW_CLAIM_H
#define RD_FLOW_CLAIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct rd_conn;

#define RD_TAKEN_AWAY UINT64_MAX

struct rd_claim {
	_Atomic uint64_t late_us; /* monotonic: main may take it from then on; 0: not now */
	/* written before the word, read by who has taken it */
	struct rd_conn *conn;
	void *turn; /* the protocol's */
	/* by the worker alone */
	uint64_t limit_us; /* the word, while it is offered; 0: there is no limit */
	unsigned held;	   /* so many uses are under way, one in another */
	bool lost;	   /* main has it */
};

/* By the worker: a handler begins. late_us 0: it has no limit. */
void rd_claim_begin(struct rd_claim *c, struct rd_conn *conn, void *turn, uint64_t late_us);

/* By the worker, around each use of the connection. False: it is main's; no release then. */
bool rd_claim_hold(struct rd_claim *c);
void rd_claim_release(struct rd_claim *c);

/* By the worker: from here on it is never offered again. False: it is main's. */
bool rd_claim_end(struct rd_claim *c);

/* By main: whether its time is over; and take: then main has it. */
bool rd_claim_late(const struct rd_claim *c, uint64_t now_us);
bool rd_claim_take(struct rd_claim *c, uint64_t now_us);

/* By anyone: whether main has it. */
bool rd_claim_taken(const struct rd_claim *c);

#endif

/*
 * mains - the clients' groups: as many as there are main threads, each with a queue and workers of
 * its own. A client is its group's from the accept to the close; they share listeners, of which
 * each has sockets of its own, services with their limits, routes and whatever handlers keep.
 */
#ifndef RD_SERVER_MAINS_H
#define RD_SERVER_MAINS_H

#include "server/group.h"

#include <pthread.h>

/* One but the first, in a thread of its own. */
struct rd_main {
	struct rd_group group;
	struct rd_mains *mains;
	pthread_t thread; /* runs the group ... */
	bool runs;	  /* ... which is true while it is to be joined */
	long cut;	  /* as of rd_group_run */
};

struct rd_mains {
	struct rd_changes changes; /* of all */
	struct rd_lock listening;  /* rank LISTENING: of their listeners */
	struct rd_group first;	   /* whose main is the thread that serves */
	struct rd_main *more;	   /* [count - 1] */
	_Atomic unsigned count;	   /* 0: rd_mains_make was not called yet */
	_Atomic int failed;	   /* why one of those could not serve, an error number */
	unsigned stuck;		   /* as of all groups, when they have run */
	long finished;
};

/* Zeroed by its owner. 0, or -1 with errno. rd_mains_stop may be called from here on. */
int rd_mains_init(struct rd_mains *m);
/* Closed, or never opened. */
void rd_mains_fini(struct rd_mains *m);

/* Once it is known how many: the others. 0, or -1 with errno. */
int rd_mains_make(struct rd_mains *m, unsigned count);

struct rd_group *rd_mains_group(struct rd_mains *m, unsigned i);

/* What it listens on from now on. */
void rd_mains_listen(struct rd_mains *m, struct rd_listeners *listeners);

/* As rd_listening_watch and rd_listening_forget, of all. */
bool rd_mains_watch(struct rd_mains *m, const struct rd_change *change);
void rd_mains_forget(struct rd_mains *m, const struct rd_change *change);

/* As rd_group_run: all of them, until the last has come to its end. */
long rd_mains_run(struct rd_mains *m);

/* As rd_group_stop and rd_group_hand_over. */
void rd_mains_stop(struct rd_mains *m, uint64_t until_us);
void rd_mains_hand_over(struct rd_mains *m, uint64_t until_us);

/* Whether one of both was called, since it was closed. */
bool rd_mains_stopping(const struct rd_mains *m);

/* As rd_group_close, of all. */
void rd_mains_close(struct rd_mains *m);

/* As rd_group_look: all of them added up. */
void rd_mains_look(struct rd_mains *m, struct rd_group_view *view);

/*
 * Their workers; the caller frees the list. Any thread, while they are open. False: there is no
 * memory.
 */
bool rd_mains_workers(struct rd_mains *m, struct rd_worker_view **list, unsigned *count);

#endif

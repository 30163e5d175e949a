/*
 * server - all the parts together. What programs see of it is include/replyd.h; here is what the
 * tests' own host sees besides.
 */
#ifndef RD_SERVER_SERVER_H
#define RD_SERVER_SERVER_H

#include "replyd.h"
#include "server/confine.h"
#include "server/control.h"
#include "server/heritage.h"
#include "server/logging.h"
#include "server/mains.h"
#include "server/progress.h"
#include "server/recent.h"
#include "server/setup.h"
#include "server/trace.h"

/* What whoever looks after the server may want to know. */
enum rd_news {
	RD_NEWS_RELOADING,
	RD_NEWS_RELOADED, /* or not, and why says so; else it is "" */
	RD_NEWS_STOPPING, /* told by whoever asks for it, a signal's handler too */
};

struct rd_watcher {
	void (*news)(struct replyd *server, enum rd_news news, const char *why);
	/* One more is open, not served yet; or there is one less, which may be closed by now. */
	void (*listener)(const struct rd_listener *l, bool open);
};

struct replyd {
	struct rd_generations *generations;
	struct rd_setup *setup;	  /* the newest, counted; under look once it serves */
	struct rd_route *route;	  /* that was added last by replyd_route; NULL: none */
	bool said[SETTING_COUNT]; /* by replyd_set: no configuration changes it */
	char *file;		  /* of the configuration; NULL: there is none */
	struct rd_heritage heritage;
	struct rd_legacy *legacy; /* its user's, set before it is open; NULL: no client is left */
	struct rd_progress progress;
	struct rd_series series; /* of the routes that there are, or were */
	struct rd_recent recent;
	struct rd_logging logging;
	struct rd_feed feed;   /* of what happens, to who traces */
	struct rd_trace trace; /* that the program itself prints */
	struct rd_mains clients;
	struct rd_control control;
	struct rd_confine confine;
	struct rd_room room;	      /* of temporary files */
	uint64_t opened_us;	      /* monotonic ... */
	int64_t opened_s;	      /* ... and by the wall */
	_Atomic int64_t configured_s; /* the last reload, by the wall; 0: there was none */
	_Atomic bool refused;	      /* the last one failed */
	struct rd_lock stop;	      /* rank STOP: held by who starts or stops the thread */
	struct rd_lock reload;	      /* rank RELOAD: held by who makes the next setup */
	struct rd_lock look;	      /* rank LOOK: held by who looks, and to leave PHASE_SERVING */
	_Atomic int phase;	      /* enum rd_phase */
	_Atomic long drain_ms;	      /* of the newest */
	_Atomic(const struct rd_watcher *) watcher; /* NULL: nobody is told */
	pthread_t thread;			    /* of replyd_start ... */
	bool started;	       /* ... which was called, and replyd_stop not yet */
	bool patient;	       /* what is opened waits at its end for every handler */
	struct rd_fault fault; /* what failed first */
};

enum rd_phase {
	PHASE_MADE,
	PHASE_OPEN,    /* listening */
	PHASE_SERVING, /* main's loop runs */
	PHASE_STUCK,   /* stopped, but for workers that do not return: never freed */
};

/* By those parts that have news, to the watcher. */
void rd_server_news(struct replyd *server, enum rd_news news, const char *why);

/* Takes data. 0 or -1. */
int rd_server_route(struct replyd *server, const char *prefix, const struct rd_handler *handler,
		    void *data);

/* Has the handler answer the line listeners. 0 or -1. */
int rd_server_line(struct replyd *server, const struct rd_handler *handler, void *data);

/* Serves, being open. As replyd_serve, but what failed is in errno alone. */
long rd_server_serve(struct replyd *server);

/* As replyd_drain, with a time of its own. */
void rd_server_drain(struct replyd *server, long ms);

/* Has it go by the settings of its setup, as far as they change while it serves. */
void rd_server_settle(struct replyd *server);

/* Whether it may be added to. False for NULL, and with the fault when it is open. */
bool rd_server_made(struct replyd *server);

/* Ends what replyd_open began. */
void rd_server_close(struct replyd *server);

/* Keeps the text of what failed with a route, by errno; -1. */
int rd_server_failed_route(struct replyd *server, const char *route);

/* Keeps the text of what failed; -1. */
int rd_server_failed(struct replyd *server, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes " URL URL" of what is open now; any thread. */
void rd_server_urls(struct replyd *server, char *text, size_t size);

/* As clients and their balancers are to see it. */
enum rd_server_state {
	STATE_STARTING,
	STATE_SERVING,
	STATE_DRAINING,
};

/* Any thread. */
enum rd_server_state rd_server_state(struct replyd *server);
const char *rd_server_state_word(enum rd_server_state state);

/* Adds up what its clients' exchanges of that series took; nothing while it does not serve. */
void rd_server_stages(struct replyd *server, struct rd_stage_sums *sums, unsigned series);

/*
 * Its clients' workers, none while it does not serve; the caller frees the list. Any thread. False:
 * there is no memory.
 */
bool rd_server_workers(struct replyd *server, struct rd_worker_view **list, unsigned *count);

/* All 0 while it does not serve; any thread. Of its clients, and of those of one main. */
void rd_server_look(struct replyd *server, struct rd_group_view *view);
void rd_server_look_main(struct replyd *server, unsigned main, struct rd_group_view *view);

#endif

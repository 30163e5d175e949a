/*
 * server - all the parts together. What programs see of it is include/replyd.h; here is what the
 * tests' own host sees besides.
 */
#ifndef RD_SERVER_SERVER_H
#define RD_SERVER_SERVER_H

#include "app/app.h"
#include "flow/acceptor.h"
#include "replyd.h"
#include "serve/http1.h"
#include "serve/line.h"

enum rd_setting {
#define SETTING(name, word, value, least, most, text) SET_##name,
#include "tbl/setting.h"
#undef SETTING
	SETTING_COUNT
};

enum { RD_LISTENERS = 64 };

struct replyd {
	long setting[SETTING_COUNT];
	struct rd_app app;	      /* what the HTTP listeners serve */
	struct rd_router line_router; /* of the line listeners: one route for all */
	struct rd_http_service http;
	struct rd_line_service line;
	struct rd_listener listener[RD_LISTENERS];
	char *url[RD_LISTENERS];
	size_t listeners;
	struct rd_slots slots;
	struct rd_queue queue;
	struct rd_pool pool;
	struct rd_acceptor acceptor;
	struct rd_lock look; /* rank LOOK: held by who looks, and to leave PHASE_SERVING */
	_Atomic int phase;   /* enum rd_phase */
	char error[256];
};

enum rd_phase {
	PHASE_MADE,
	PHASE_OPEN,    /* listening */
	PHASE_SERVING, /* main's loop runs */
	PHASE_STOPPED, /* asked to stop before it served */
};

/* Takes data. 0 or -1. */
int rd_server_route(struct replyd *server, const char *prefix, const struct rd_handler *handler,
		    void *data);

/* What a stranger sees of a running server; any thread. */
struct rd_server_view {
	unsigned busy;	 /* workers in the middle of something */
	unsigned queued; /* connections that wait for a worker */
	size_t open;	 /* connections */
	size_t parked;
	uint64_t count[COUNTER_COUNT];
};

void rd_server_look(struct replyd *server, struct rd_server_view *view);

#endif

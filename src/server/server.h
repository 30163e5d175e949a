/*
 * server - all the parts together. What programs see of it is include/replyd.h; here is what the
 * tests' own host sees besides.
 */
#ifndef RD_SERVER_SERVER_H
#define RD_SERVER_SERVER_H

#include "app/app.h"
#include "replyd.h"
#include "serve/http1.h"
#include "serve/line.h"
#include "server/group.h"

enum rd_setting {
#define SETTING(name, word, value, least, most, text) SET_##name,
#include "tbl/setting.h"
#undef SETTING
	SETTING_COUNT
};

/* What a line service says when the queue is full. */
#define RD_SERVER_BUSY "busy: try again later\n"

struct rd_config; /* config/config.h */
struct rd_mime;	  /* codec/mime.h */

/* What one listener serves. */
struct rd_service {
	struct rd_http_service http;
	struct rd_line_service line;
	struct rd_router line_router; /* of a line listener: its one route */
};

struct replyd {
	long setting[SETTING_COUNT];
	struct rd_app app;	      /* what the HTTP listeners serve */
	struct rd_router line_router; /* of the line listeners: one route for all */
	struct rd_route *route;	      /* that was added last by replyd_route; NULL: none */
	struct rd_http_service http;
	struct rd_line_service line;
	struct rd_config *config;	     /* NULL: there is none */
	struct rd_mime *mime;		     /* that it says; NULL: the system's */
	struct rd_service own[RD_LISTENERS]; /* of the listeners that it says */
	uint64_t least_us;		     /* no deadline that it says is shorter */
	struct rd_group clients;
	struct rd_lock stop; /* rank STOP: held by who starts or stops the thread */
	struct rd_lock look; /* rank LOOK: held by who looks, and to leave PHASE_SERVING */
	_Atomic int phase;   /* enum rd_phase */
	pthread_t thread;    /* of replyd_start ... */
	bool started;	     /* ... which was called, and replyd_stop not yet */
	bool patient;	     /* what is opened waits at its end for every handler */
	bool failed;	     /* error is what failed first */
	char error[1024];
};

enum rd_phase {
	PHASE_MADE,
	PHASE_OPEN,    /* listening */
	PHASE_SERVING, /* main's loop runs */
	PHASE_STUCK,   /* stopped, but for workers that do not return: never freed */
};

/* Takes data. 0 or -1. */
int rd_server_route(struct replyd *server, const char *prefix, const struct rd_handler *handler,
		    void *data);

/* Has the handler answer the line listeners. 0 or -1. */
int rd_server_line(struct replyd *server, const struct rd_handler *handler, void *data);

/* Serves, being open. As replyd_serve, but what failed is in errno alone. */
long rd_server_serve(struct replyd *server);

/* As replyd_drain, with a time of its own. */
void rd_server_drain(struct replyd *server, long ms);

/* Whether it may be added to. False for NULL, and with server->error when it is open. */
bool rd_server_made(struct replyd *server);

/* The one route of the line listeners; NULL: there is none. */
struct rd_route *rd_server_line_route(const struct replyd *server);

/* Ends what replyd_open began. */
void rd_server_close(struct replyd *server);

/* The directory for bodies that are too long for memory, where nothing else is said. */
const char *rd_server_temporary(void);

/* How many files may be kept open for the next who asks. */
size_t rd_server_files_kept(void);

/* All 0 while it does not serve; any thread. */
void rd_server_look(struct replyd *server, struct rd_group_view *view);

#endif

/*
 * setup - what a server serves: all that a configuration, or a program that embeds it, says. One
 * generation is one of these.
 */
#ifndef RD_SERVER_SETUP_H
#define RD_SERVER_SETUP_H

#include "app/app.h"
#include "base/arena.h"
#include "handlers/module.h"
#include "observe/series.h"
#include "serve/http1.h"
#include "serve/line.h"
#include "server/fault.h"
#include "server/open.h"

enum rd_setting {
#define SETTING(name, word, value, least, most, text) SET_##name,
#include "tbl/setting.h"
#undef SETTING
	SETTING_COUNT
};

/* What a line service says when the queue is full. */
#define RD_SERVER_BUSY "busy: try again later\n"

struct rd_config;     /* config/config.h */
struct rd_log_target; /* observe/log_target.h */
struct rd_mime;	      /* codec/mime.h */

/* What one listener of a configuration serves. */
struct rd_own {
	struct rd_http_service http;
	struct rd_line_service line;
	struct rd_router line_router; /* of a line listener: its one route */
};

struct rd_setup {
	struct rd_generation generation; /* the first: it stands for all of this */
	const _Atomic bool *draining;	 /* the server's, which outlives it ... */
	struct rd_room *room;		 /* ... of all temporary files; so does this */
	struct rd_fault *fault;		 /* of who makes it */
	const bool *said; /* [SETTING_COUNT]: settings that no configuration changes */
	long setting[SETTING_COUNT];
	struct rd_app app;	      /* what the HTTP listeners serve */
	struct rd_router line_router; /* of the line listeners: one route for all */
	struct rd_http_service http;
	struct rd_line_service line;
	struct rd_config *config; /* NULL: there is none */
	struct rd_modules modules;
	struct rd_arena memory;		 /* of what else it says */
	struct rd_mime *mime;		 /* that it says; NULL: the system's */
	struct rd_own own[RD_LISTENERS]; /* of the listeners that it says */
	uint64_t least_us;		 /* no deadline that it says is shorter */
	struct rd_listeners listeners;
	struct rd_log_target *log; /* of it, until it is used; NULL: there is none */
};

/*
 * Empty, with the settings that `said` says as `like` has them, and one count in its generation.
 * NULL when there is no memory.
 */
struct rd_setup *rd_setup_new(struct rd_generations *all, const bool said[SETTING_COUNT],
			      const struct rd_setup *like, struct rd_fault *fault);

/* A setting's name, and its value from text: 0, or -1 with the fault. */
int rd_setup_set(struct rd_setup *setup, const char *name, const char *value,
		 enum rd_setting *which);

/* The one route of the line listeners; NULL: there is none. */
struct rd_route *rd_setup_line_route(const struct rd_setup *setup);

/* Makes the services of the listeners that no configuration says, from the settings. */
void rd_setup_services(struct rd_setup *setup);

/* With its listeners open: its routes get their series, by their names. */
void rd_setup_series(struct rd_setup *setup, struct rd_series *series);

/* No deadline is shorter, so that main need not look more often. */
uint64_t rd_setup_sweep_us(const struct rd_setup *setup);

/* The directory for bodies that are too long for memory, where nothing else is said. */
const char *rd_setup_temporary(void);

#endif

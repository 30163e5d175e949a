/*
 * control - the control lane: who may ask, what there is to ask for, its start and its end.
 * Thread:  the one that uses the server; handlers run in the lane's workers.
 * Owns:    a group, and the thread that runs it.
 */
#include "server/control.h"

#include "app/exchange.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/thread.h"
#include "config/config.h"
#include "server/configure.h"
#include "server/open.h"
#include "server/server.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	CONNS = 64, /* at once, where there are descriptors for that */
	OWN = 4,    /* descriptors besides */
	STACK = 256 * 1024,
	IDLE_US = 10 * 1000 * 1000,
	END_US = 1000 * 1000, /* for what was asked when the server ends */
	WORKERS = CONNS + 1,  /* each connection may wait for a reload, and one is still there */
};

static int control_say(struct replyd_exchange *x, int status, const char *word)
{
	replyd_add_field(x, "Cache-Control", "no-store");
	return replyd_text(x, status, "%s\n", word);
}

static int control_health(struct replyd_exchange *x, void *data)
{
	(void)data;
	return control_say(x, 200, "alive");
}

static int control_ready(struct replyd_exchange *x, void *data)
{
	enum rd_server_state state = rd_server_state(data);

	return control_say(x, state == STATE_SERVING ? 200 : 503, rd_server_state_word(state));
}

/* May wait for what the configuration names, and for another that does. */
static int control_reload(struct replyd_exchange *x, void *data)
{
	char why[1024];

	replyd_log(x, "asked for by user %u", (unsigned)x->link->peer(x));
	if (replyd_reload(data, why, sizeof(why)) != 0)
		return control_say(x, 409, why);
	return control_say(x, 200, "reloaded");
}

static int control_drain(struct replyd_exchange *x, void *data)
{
	replyd_log(x, "asked for by user %u", (unsigned)x->link->peer(x));
	replyd_drain(data);
	return control_say(x, 202, "draining");
}

static int control_stop(struct replyd_exchange *x, void *data)
{
	replyd_log(x, "asked for by user %u", (unsigned)x->link->peer(x));
	rd_server_drain(data, 0);
	return control_say(x, 202, "stopping");
}

static int control_log(struct replyd_exchange *x, void *data)
{
	const char *level = replyd_query(x, "level", "");

	(void)data;
	if (!rd_log_set_level(level))
		return control_say(x, 400, "the level is error, warning or note");
	rd_log_always("POST /log [%s]: asked for by user %u: level %s", replyd_id(x),
		      (unsigned)x->link->peer(x), level);
	return control_say(x, 200, level);
}

enum { READ = 1u << METHOD_GET | 1u << METHOD_HEAD, CHANGE = 1u << METHOD_POST };

/* What there is to ask for. */
static const struct rd_resource {
	const char *path;
	unsigned methods;
	bool waits; /* for something else */
	int (*perform)(struct replyd_exchange *x, void *server);
} resources[RD_RESOURCES] = {
	{ "/", READ, false, rd_page_perform },
	{ "/health", READ, false, control_health },
	{ "/ready", READ, false, control_ready },
	{ "/metrics", READ, false, rd_metrics_perform },
	{ "/status", READ, false, rd_status_perform },
	{ "/workers", READ, false, rd_workers_perform },
	{ "/log", CHANGE, false, control_log },
	{ "/trace", 1u << METHOD_GET, true, rd_trace_perform },
	{ "/reload", CHANGE, true, control_reload },
	{ "/drain", CHANGE, false, control_drain },
	{ "/stop", CHANGE, false, control_stop },
};

/*
 * Root and the server's own user; over TCP, where no user is known, whoever can connect: but not
 * what changes something, since any page that a browser shows could ask for that. Nor may a browser
 * that comes by a tunnel to the Unix socket: it sends Origin with each POST. NULL, or why not.
 */
static const char *control_refuses(struct replyd_exchange *x, const struct rd_resource *r)
{
	uid_t peer = x->link->peer(x);

	if (peer == (uid_t)-1)
		return r->methods == READ ? NULL : "only over a Unix socket may this be asked for";
	if (r->methods != READ && replyd_field(x, "Origin"))
		return "no page in a browser may ask for this";
	return peer == 0 || peer == geteuid() ? NULL
					      : "only root and the server's own user may ask";
}

static int control_perform(struct replyd_exchange *x, void *data)
{
	const struct rd_answer *a = data;

	const char *why = control_refuses(x, a->resource);

	return why ? control_say(x, 403, why) : a->resource->perform(x, a->server);
}

static const struct rd_handler control = { .name = "control", .perform = control_perform };
static const struct rd_handler control_blocks = { .name = "control",
						  .blocks = true,
						  .perform = control_perform };

static int control_route(struct replyd *s)
{
	struct rd_host *any = rd_app_host(&s->control.app, "");

	if (any && any->router.routes > 0) /* of an earlier address */
		return 0;
	for (int i = 0; any && i < RD_RESOURCES; i++) {
		struct rd_answer *a = &s->control.answer[i];

		*a = (struct rd_answer){ s, &resources[i] };
		if (!rd_router_add(&any->router, resources[i].methods, resources[i].path, false,
				   resources[i].waits ? &control_blocks : &control, a))
			any = NULL;
	}
	return any ? 0 : rd_server_failed(s, "no memory");
}

int replyd_control(struct replyd *s, const char *address)
{
	struct rd_listeners *l;
	size_t first;

	if (!rd_server_made(s) || control_route(s) != 0)
		return -1;
	l = &s->control.listeners;
	first = l->count;
	if (rd_open_name(l, address, &rd_http1, &s->control.http, &s->fault) != 0)
		return -1;
	for (size_t i = first; i < l->count; i++)
		l->listener[i].private = true;
	return 0;
}

static int control_listen(struct replyd *s, const struct rd_section *section, enum rd_option option,
			  int (*add)(struct replyd *s, const char *address))
{
	const struct rd_value *addresses = rd_config_value(section, option);

	for (size_t i = 0; i < addresses->count; i++) {
		struct rd_fault fault;

		if (add(s, addresses->list[i]) == 0)
			continue;
		fault = s->fault;
		s->fault.failed = false; /* it is said anew, with its place */
		return rd_configure_wrong(s->setup, section, option, "%s", fault.text);
	}
	return 0;
}

int rd_control_configure(struct replyd *s, const struct rd_section *root)
{
	const struct rd_section *section = rd_config_next(root, SECTION_CONTROL, NULL);

	if (!section)
		return 0;
	if (control_listen(s, section, CONTROL_listen, replyd_control) != 0)
		return -1;
	return control_listen(s, section, CONTROL_agent, rd_agent_listen);
}

int rd_control_init(struct rd_control *c)
{
	c->group.listeners = &c->listeners;
	c->group.acceptor.changes = &c->changes;
	c->group.acceptor.listening = &c->listening;
	if (rd_group_init(&c->group) != 0)
		return -1;
	rd_changes_init(&c->changes);
	rd_lock_init(&c->listening, RANK_LISTENING);
	rd_agent_init(&c->agent);
	return 0;
}

void rd_control_fini(struct rd_control *c)
{
	rd_app_free(&c->app);
	rd_agent_fini(&c->agent);
	rd_open_free(&c->listeners);
	rd_group_fini(&c->group);
	rd_lock_fini(&c->listening);
	rd_changes_fini(&c->changes);
}

static size_t control_conns(size_t descriptors)
{
	return descriptors / 16 < CONNS ? descriptors / 16 : CONNS;
}

size_t rd_control_descriptors(const struct replyd *s, size_t descriptors)
{
	size_t listeners = s->control.listeners.count;

	return listeners > 0 ? listeners + control_conns(descriptors) + OWN : 0;
}

static void *control_main(void *arg)
{
	struct rd_control *c = arg;

	if (rd_group_run(&c->group) < 0)
		rd_log_error("control: cannot wait for connections: %s", strerror(errno));
	return NULL;
}

static int control_run(struct rd_control *c)
{
	int error = rd_thread_start(&c->thread, 0, control_main, c);

	c->runs = error == 0;
	return error;
}

static int control_start(struct replyd *s, size_t descriptors)
{
	struct rd_control *c = &s->control;
	struct rd_group_config config = {
		.descriptors = descriptors,
		.share = { .conns_max = control_conns(descriptors),
			   .queue = { .bound = CONNS,
				      .more = (unsigned)descriptors,
				      .concurrency = 1 },
			   .pool = { .min = 2, .max = WORKERS, .stack = STACK } },
		.mains = 1,
		.pulse_fd = rd_progress_control(&s->progress),
		.sweep_us = c->http.idle_us,
	};
	const char *step;
	int error;

	if (rd_group_open(&c->group, &config, &step) != 0)
		return rd_server_failed(s, "control: %s: %s", step, strerror(errno));
	if (s->heritage.shared)
		return 0; /* the server before this one answers yet */
	error = control_run(c);
	if (!error)
		return 0;
	rd_group_close(&c->group);
	return rd_server_failed(s, "control: cannot start a thread: %s", strerror(error));
}

void rd_control_serve(struct replyd *s)
{
	struct rd_control *c = &s->control;
	int error = c->listeners.count == 0 || c->runs ? 0 : control_run(c);

	if (error)
		rd_log_error("control: nobody answers: cannot start a thread: %s", strerror(error));
}

int rd_control_open(struct replyd *s, size_t descriptors)
{
	struct rd_control *c = &s->control;

	if (c->listeners.count == 0)
		return 0;
	c->http = s->setup->http;
	c->http.app = &c->app;
	if (c->http.idle_us > IDLE_US)
		c->http.idle_us = IDLE_US;
	rd_agent_begin(s);
	if (rd_open_services(&c->listeners, NULL, NULL, &s->fault) != 0)
		return -1;
	return control_start(s, descriptors);
}

void rd_control_close(struct replyd *s)
{
	struct rd_control *c = &s->control;

	if (c->listeners.count == 0)
		return;
	if (c->runs) {
		rd_group_stop(&c->group, rd_clock_us() + END_US);
		PTH(pthread_join(c->thread, NULL));
		c->runs = false;
	}
	if (rd_group_stuck(&c->group) == 0)
		rd_group_close(&c->group);
}

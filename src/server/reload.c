/*
 * reload - a configuration is read, at first and anew: the next setup is made beside the one that
 * serves, and takes its place when it is whole.
 * Thread:  one that may wait: neither main nor a worker of the clients.
 * Owns:    the next setup, until it is the server's.
 */
#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "server/bounds.h"
#include "server/configure.h"
#include "server/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int replyd_configure(struct replyd *s, const char *file)
{
	if (!rd_server_made(s))
		return -1;
	if (s->file)
		return rd_server_failed(s, "%s: it has a configuration already", file);
	s->file = strdup(file);
	if (!s->file)
		return rd_server_failed(s, "no memory");
	if (rd_configure_read(s->setup, file) != 0 || rd_configure(s->setup) != 0)
		return -1;
	return rd_control_configure(s, rd_config_root(s->setup->config));
}

/* Makes the next one, with its listeners open. 0, or -1 with the fault. */
static int reload_make(struct replyd *s, struct rd_setup *next)
{
	next->draining = s->setup->draining;
	next->listeners.heritage = &s->heritage;
	next->room = s->setup->room;
	if (rd_configure_read(next, s->file) != 0 || rd_sandbox_covers(s, next) != 0 ||
	    rd_configure(next) != 0)
		return -1;
	if (!s->logging.file &&
	    (rd_logging_prepare(s, next) != 0 || rd_logging_start(s, next) != 0))
		return -1;
	if (rd_bounds_suffice(s, next) != 0)
		return -1;
	if (rd_bounds_conns(s, next) == 0)
		return rd_fault_say(next->fault, "the limit of open files is too low: raise it");
	next->listeners.timed = next->setting[SET_STAGES];
	next->listeners.mains = rd_bounds_mains(s, next);
	rd_open_keep(&next->listeners, &s->setup->listeners);
	if (rd_open(&next->listeners, next->fault) != 0)
		return -1;
	rd_setup_series(next, &s->series);
	return rd_open_services(&next->listeners, s->generations, &next->generation, next->fault);
}

static int reload_stopped(struct replyd *s, struct rd_setup *next)
{
	return rd_fault_say(next->fault, "%s: the server is being stopped", s->file);
}

/* The mains have all that both had. */
static void reload_settle(struct rd_setup *was, struct rd_setup *next)
{
	for (size_t i = 0; i < next->listeners.count; i++)
		next->listeners.listener[i].from = -1;
	rd_open_close(&was->listeners);
}

/* Has it served. 0, or -1 with the fault, and it is not. */
static int reload_put(struct replyd *s, struct rd_setup *was, struct rd_setup *next)
{
	struct rd_share share[RD_MAINS];
	struct rd_change change = {
		.listener = next->listeners.listener,
		.listeners = next->listeners.count,
		.was = was->listeners.listener,
		.were = was->listeners.count,
		.generations = s->generations,
		.next = &next->generation,
		.sweep_us = rd_setup_sweep_us(next),
		.share = share,
	};

	rd_bounds_share(s, next, 0, share);
	if (!rd_mains_watch(&s->clients, &change))
		return rd_fault_say(next->fault, "%s: %s", s->file, strerror(errno));
	if (!rd_changes_ask(&s->clients.changes, &change)) {
		rd_mains_forget(&s->clients, &change);
		return reload_stopped(s, next);
	}
	rd_lock_take(&s->look);
	s->setup = next;
	rd_mains_listen(&s->clients, &next->listeners);
	rd_lock_drop(&s->look);
	reload_settle(was, next);
	rd_server_settle(s);
	if (!s->logging.file)
		rd_logging_put(s, next);
	return 0;
}

/* The watcher is told of each of these that is not among the others. */
static void reload_tell(struct replyd *s, const struct rd_listeners *l,
			const struct rd_listeners *others, bool open)
{
	const struct rd_watcher *watcher = atomic_load(&s->watcher);

	for (size_t i = 0; watcher && i < l->count; i++) {
		size_t j = 0;

		while (j < others->count &&
		       !rd_address_same(&l->listener[i].bound, &others->listener[j].bound))
			j++;
		if (j == others->count)
			watcher->listener(&l->listener[i], open);
	}
}

/* Made, and told of: has it served. 0, or -1 with the fault. */
static int reload_change(struct replyd *s, struct rd_setup *was, struct rd_setup *next)
{
	reload_tell(s, &next->listeners, &was->listeners, true);
	if (reload_put(s, was, next) != 0) {
		reload_tell(s, &next->listeners, &was->listeners, false);
		return -1;
	}
	reload_tell(s, &was->listeners, &next->listeners, false);
	return 0;
}

/* Under the lock. 0, or -1 with the fault. */
static int reload_file(struct replyd *s, struct rd_fault *fault)
{
	struct rd_setup *was = s->setup;
	struct rd_setup *next = rd_setup_new(s->generations, s->said, was, fault);

	if (!next)
		return rd_fault_say(fault, "%s: no memory", s->file);
	if (reload_make(s, next) != 0 || reload_change(s, was, next) != 0) {
		rd_open_close(&next->listeners);
		rd_generation_drop(&next->generation);
		return -1;
	}
	rd_configure_kept(was, next);
	rd_generation_drop(&was->generation);
	return 0;
}

/* For who looks. */
static void reload_note(struct replyd *s, bool failed)
{
	if (!failed)
		atomic_store(&s->configured_s, rd_clock_wall_s());
	atomic_store(&s->refused, failed);
}

int replyd_reload(struct replyd *s, char *why, size_t size)
{
	struct rd_fault fault = { false };
	int failed = -1;

	rd_lock_take(&s->reload);
	rd_server_news(s, RD_NEWS_RELOADING, "");
	if (!s->file)
		rd_fault_say(&fault, "it has no configuration");
	else if (atomic_load(&s->phase) == PHASE_MADE)
		rd_fault_say(&fault, "%s: it does not serve", s->file);
	else if (rd_mains_stopping(&s->clients)) /* mains are at the listeners */
		rd_fault_say(&fault, "%s: the server is being stopped", s->file);
	else
		failed = reload_file(s, &fault);
	reload_note(s, failed != 0);
	if (failed)
		rd_log_error("not reloaded: %s", fault.text);
	else
		rd_log_note("%s: reloaded, generation %u", s->file, s->setup->generation.number);
	rd_server_news(s, RD_NEWS_RELOADED, fault.text);
	rd_lock_drop(&s->reload);
	if (why && size > 0)
		snprintf(why, size, "%s", fault.text);
	return failed;
}

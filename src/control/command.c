/*
 * command - what replyctl can be told to do: each asks the control lane, and shows the answer.
 * Thread:  main.
 */
#include "control/command.h"

#include "base/tty.h"
#include "client/say.h"
#include "control/show.h"
#include "control/top.h"
#include "control/trace.h"
#include "control/view.h"

#include <stdio.h>
#include <unistd.h>

_Noreturn static void command_failed(const struct rd_order *o, const struct rd_said *said)
{
	if (said->status == 0)
		rd_say_end(RD_EXIT_UNREACHED, "%s: %s", o->lane.name, said->word);
	if (said->status == 404 || said->status == 405)
		rd_say_end(RD_EXIT_UNREACHED, "%s: it is no control lane that knows '%s': %s",
			   o->lane.name, o->word, said->word);
	rd_say_end(RD_EXIT_REFUSED, "%s: %s", o->word, said->word);
}

/* Ends the program where no answer came, or no. */
static void command_ask(const struct rd_order *o, const char *method, const char *query,
			bool (*take)(void *data, struct rd_span piece), struct rd_said *said)
{
	char target[64];

	*said = (struct rd_said){ 0 };
	snprintf(target, sizeof(target), "/%s%s", o->word, query);
	if (!rd_lane_ask(&o->lane, method, target, take, NULL, said))
		command_failed(o, said);
}

static bool command_print(void *data, struct rd_span piece)
{
	(void)data;
	fwrite(piece.at, 1, piece.len, stdout);
	return true;
}

static int command_status(const struct rd_order *o)
{
	struct rd_said said;
	struct rd_view view;

	command_ask(o, "GET", "", NULL, &said);
	if (!rd_view_read(&view, (struct rd_span){ said.body.at, said.body.len }))
		rd_say_end(RD_EXIT_UNREACHED,
			   "%s: it is no control lane: its status cannot be read", o->lane.name);
	if (o->json)
		command_print(NULL, (struct rd_span){ said.body.at, said.body.len });
	else
		rd_show_status(&view, rd_tty_colour(STDOUT_FILENO), stdout);
	rd_view_free(&view);
	rd_buffer_free(&said.body);
	return 0;
}

static int command_workers(const struct rd_order *o)
{
	struct rd_said said;
	struct rd_view view = { 0 };

	command_ask(o, "GET", "", NULL, &said);
	if (!rd_view_read_workers(&view, (struct rd_span){ said.body.at, said.body.len }))
		rd_say_end(RD_EXIT_UNREACHED,
			   "%s: it is no control lane: its workers cannot be read", o->lane.name);
	if (o->json)
		command_print(NULL, (struct rd_span){ said.body.at, said.body.len });
	else
		rd_show_workers(&view, rd_tty_colour(STDOUT_FILENO), stdout);
	rd_view_free(&view);
	rd_buffer_free(&said.body);
	return 0;
}

static int command_top(const struct rd_order *o)
{
	const char *why;

	if (!rd_top_run(&o->lane, o->interval_us, &why))
		rd_say_die("top: %s", why);
	return 0;
}

static int command_trace(const struct rd_order *o)
{
	struct rd_trace_wish wish = {
		.client = o->client,
		.route = o->route,
		.slower_us = o->slower_us,
		.json = o->json,
		.colour = rd_tty_colour(STDOUT_FILENO),
	};
	struct rd_said said = { 0 };

	if (!rd_trace_run(&o->lane, &wish, &said))
		command_failed(o, &said);
	return 0;
}

static int command_read(const struct rd_order *o)
{
	struct rd_said said;

	command_ask(o, "GET", "", command_print, &said);
	return 0;
}

static int command_change(const struct rd_order *o)
{
	struct rd_said said;

	command_ask(o, "POST", "", command_print, &said);
	return 0;
}

/* The server knows its levels; what is no word is none. */
static int command_log(const struct rd_order *o)
{
	struct rd_said said;
	char query[32];

	if (o->argument[strspn(o->argument, "abcdefghijklmnopqrstuvwxyz")] ||
	    snprintf(query, sizeof(query), "?level=%s", o->argument) >= (int)sizeof(query))
		rd_say_usage("replyctl", "log: '%s' is no level", o->argument);
	command_ask(o, "POST", query, command_print, &said);
	return 0;
}

const struct rd_command rd_commands[] = {
#define COMMAND(word, argument, options, function, text) \
	{ word, argument, options, function, text },
#include "tbl/command.h"
#undef COMMAND
	{ 0 },
};

const struct rd_command *rd_command_find(const char *word)
{
	const struct rd_command *c = rd_commands;

	while (c->word && strcmp(c->word, word) != 0)
		c++;
	return c->word ? c : NULL;
}

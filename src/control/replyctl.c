/*
 * replyctl - looks after a server that runs: options, and which command.
 */
#include "config.h"

#include "client/say.h"
#include "config/units.h"
#include "control/command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	int letter;
	const char *word, *argument, *text;
} rows[] = {
#define CTL_OPTION(letter, word, argument, text) { letter, word, argument, text },
#include "tbl/ctl_option.h"
#undef CTL_OPTION
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };
enum { TIMEOUT_MS = 30000, INTERVAL_MS = 1000, TIME_MAX_MS = 86400 * 1000 };

static const char program[] = "replyctl";

_Noreturn static void replyctl_help(void)
{
	puts("Usage: replyctl [OPTION]... COMMAND\n"
	     "Look after a replyd that runs, by its control lane.\n");
	for (const struct rd_command *c = rd_commands; c->word; c++)
		printf("  %s %-*s  %s\n", c->word, (int)(11 - strlen(c->word)),
		       c->argument ? c->argument : "", c->text);
	puts("");
	for (int i = 0; i < ROWS; i++)
		printf("  -%c, --%s%s%-*s  %s\n", rows[i].letter, rows[i].word,
		       rows[i].argument ? "=" : "",
		       (int)(18 - strlen(rows[i].word) - (rows[i].argument ? 1 : 0)),
		       rows[i].argument ? rows[i].argument : "", rows[i].text);
	rd_say_print("\nExit status: 0 done, 1 the server says no, 2 wrong usage, 3 no answer.\n");
}

static void replyctl_socket(struct rd_lane *lane, const char *text)
{
	const char *why;

	if (!rd_lane_parse(lane, text, &why))
		rd_say_usage(program, "--socket: '%s': %s", text, why);
}

static uint64_t replyctl_time_us(const char *option, const char *text)
{
	uint64_t ms;

	if (!rd_units_duration(text, &ms) || ms == 0 || ms > TIME_MAX_MS)
		rd_say_usage(program, "--%s: '%s' is no time up to a day, such as 500ms or 10s",
			     option, text);
	return ms * 1000;
}

static void replyctl_option(int letter, struct rd_order *order)
{
	switch (letter) {
	case 's':
		replyctl_socket(&order->lane, optarg);
		break;
	case 't':
		order->lane.timeout_us = replyctl_time_us("timeout", optarg);
		break;
	case 'i':
		order->interval_us = replyctl_time_us("interval", optarg);
		break;
	case 'c':
		order->client = optarg;
		break;
	case 'r':
		order->route = optarg;
		break;
	case 'l':
		order->slower_us = replyctl_time_us("slower-than", optarg);
		break;
	case 'j':
		order->json = true;
		break;
	case 'h':
		replyctl_help();
	case 'V':
		rd_say_print("replyctl (replyd) " PACKAGE_VERSION "\n");
	default:
		rd_say_help(program);
	}
}

/* The letters of those that were given go to `given`, in the order of the rows. */
static void replyctl_options(int argc, char **argv, struct rd_order *order, bool given[ROWS])
{
	struct option longs[ROWS + 1] = { 0 };
	char shorts[2 * ROWS + 1] = "";
	int letter;

	for (int i = 0; i < ROWS; i++) {
		longs[i] = (struct option){ rows[i].word, rows[i].argument != NULL, NULL,
					    rows[i].letter };
		sprintf(shorts + strlen(shorts), "%c%s", rows[i].letter,
			rows[i].argument ? ":" : "");
	}
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		replyctl_option(letter, order);
		for (int i = 0; i < ROWS; i++)
			given[i] |= rows[i].letter == letter;
	}
}

static const struct rd_command *replyctl_command(char *const *operands, struct rd_order *order)
{
	const struct rd_command *c;

	if (!operands[0])
		rd_say_usage(program, "the command is missing");
	c = rd_command_find(operands[0]);
	if (!c)
		rd_say_usage(program, "'%s' is no command", operands[0]);
	if (c->argument && !operands[1])
		rd_say_usage(program, "%s: the %s is missing", c->word, c->argument);
	if (operands[c->argument ? 2 : 1])
		rd_say_usage(program, "%s: '%s' is too much", c->word,
			     operands[c->argument ? 2 : 1]);
	order->word = c->word;
	order->argument = operands[1];
	return c;
}

int main(int argc, char **argv)
{
	struct rd_order order = {
		.lane = { .timeout_us = TIMEOUT_MS * UINT64_C(1000), .cancel_fd = -1 },
		.interval_us = INTERVAL_MS * UINT64_C(1000),
	};
	bool given[ROWS] = { false };
	const struct rd_command *command;
	int status;

	argv[0] = (char[]){ "replyctl" };
	rd_say_as(program);
	replyctl_socket(&order.lane, RD_LANE_DEFAULT);
	replyctl_options(argc, argv, &order, given);
	command = replyctl_command(argv + optind, &order);
	for (int i = 0; i < ROWS; i++)
		if (given[i] && !strchr("st", rows[i].letter) &&
		    !strchr(command->options, rows[i].letter))
			rd_say_usage(program, "--%s: not with %s", rows[i].word, command->word);
	status = command->run(&order);
	rd_say_flush();
	return status;
}

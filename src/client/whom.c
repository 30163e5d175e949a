/*
 * whom - an address with its text, or a URL.
 */
#include "client/whom.h"

#include "client/say.h"

#include <errno.h>
#include <stdio.h>

static void whom_read_url(const char *command, char *const *operands, struct rd_whom *whom)
{
	const char *why;

	if (!rd_url_parse(operands[0], &whom->url, &why))
		rd_say_usage(command, "'%s': %s", operands[0], why);
	if (operands[1])
		rd_say_usage(command, "'%s': a URL takes no TEXT", operands[1]);
}

static void whom_read_address(const char *command, char *const *operands,
			      struct rd_address *address)
{
	const char *why;

	if (!rd_address_parse(operands[0], address, &why))
		rd_say_usage(command, "'%s': %s", operands[0], why);
	if (address->kind == RD_ADDRESS_TCP && address->port == 0)
		rd_say_usage(command, "'%s': the port is a number from 1 to 65535", operands[0]);
	if (!operands[1])
		rd_say_usage(command, "the TEXT to send to '%s' is missing", operands[0]);
}

void rd_whom_read(const char *command, char *const *operands, struct rd_whom *whom)
{
	const struct rd_address *address = &whom->url.address;

	if (!operands[0])
		rd_say_usage(command, "the address is missing");
	whom->http = rd_url_is(operands[0]);
	if (whom->http)
		whom_read_url(command, operands, whom);
	else
		whom_read_address(command, operands, &whom->url.address);
	if (address->kind == RD_ADDRESS_UNIX)
		snprintf(whom->name, sizeof whom->name, "unix:%s", address->path);
	else
		snprintf(whom->name, sizeof whom->name,
			 strchr(address->host, ':') ? "[%s]:%u" : "%s:%u", address->host,
			 address->port);
}

/* All of standard input, and a newline unless it ends in one. */
static bool whom_input(struct rd_buffer *to)
{
	char bytes[16384];
	size_t n;

	while ((n = fread(bytes, 1, sizeof bytes, stdin)) > 0)
		if (!rd_buffer_add(to, bytes, n))
			return false;
	if (ferror(stdin))
		rd_say_die("standard input: %s", strerror(errno));
	return (to->len > 0 && to->at[to->len - 1] == '\n') || rd_buffer_text(to, "\n");
}

static bool whom_words(char *const *words, struct rd_buffer *to)
{
	for (int i = 0; words[i]; i++)
		if (!rd_buffer_text(to, words[i]) || !rd_buffer_text(to, words[i + 1] ? " " : "\n"))
			return false;
	return true;
}

void rd_whom_request(char *const *operands, const struct rd_whom *whom,
		     const struct rd_request *http, struct rd_buffer *to)
{
	bool fits;

	if (whom->http)
		fits = rd_request_write(http, &whom->url, to);
	else if (strcmp(operands[1], "-") == 0 && !operands[2])
		fits = whom_input(to);
	else
		fits = whom_words(operands + 1, to);
	if (!fits)
		rd_say_die("%s", strerror(ENOMEM));
}

/*
 * say - the last words of a program.
 */
#include "client/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_NO_REPLY = 1, EXIT_USAGE = 2 };

static const char *say_name = "replyc";

void rd_say_as(const char *program)
{
	say_name = program;
}

void rd_say_flush(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		rd_say_die("standard output: %s", strerror(errno));
}

void rd_say_print(const char *text)
{
	fputs(text, stdout);
	rd_say_flush();
	exit(EXIT_SUCCESS);
}

__attribute__((format(printf, 1, 0))) static void say_message(const char *format, va_list args)
{
	fprintf(stderr, "%s: ", say_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void rd_say_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_message(format, args);
	va_end(args);
	exit(EXIT_NO_REPLY);
}

void rd_say_end(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_message(format, args);
	va_end(args);
	exit(status);
}

void rd_say_help(const char *command)
{
	fprintf(stderr, "Try '%s --help' for more information.\n", command);
	exit(EXIT_USAGE);
}

void rd_say_usage(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_message(format, args);
	va_end(args);
	rd_say_help(command);
}

/*
 * say - how replyc and replyctl end: with a text on standard output, or a message and a status.
 */
#ifndef RD_CLIENT_SAY_H
#define RD_CLIENT_SAY_H

/* `text`, and no more; status 0. */
_Noreturn void rd_say_print(const char *text);

/* The name before each message, a constant text; until then "replyc". */
void rd_say_as(const char *program);

/* What failed; status 1, or that one. */
_Noreturn void rd_say_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void rd_say_end(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What is wrong with the options or operands of `command`, which has a --help; status 2. */
_Noreturn void rd_say_usage(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, where getopt has said it. */
_Noreturn void rd_say_help(const char *command);

/* Standard output to its end; dies when it cannot be written. */
void rd_say_flush(void);

#endif

/*
 * log - the program's own messages, a line each, on standard error or to syslog.
 */
#ifndef RD_BASE_LOG_H
#define RD_BASE_LOG_H

#include <stdbool.h>

/*
 * Writes "replyd: " and the text and a newline in one write. Control bytes in it become '?'.
 * rd_log warns, rd_log_error says why something does not start or go on, rd_log_note what was asked
 * for.
 */
void rd_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
void rd_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void rd_log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A note that is written whatever the level is: that the level itself was changed. */
void rd_log_always(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * From here on, by any thread, only messages of that level are written, and of those before it:
 * "error", "warning" or "note", as all are at first. False: it is none of them.
 */
bool rd_log_set_level(const char *word);
const char *rd_log_level(void);

/* From here on messages go to syslog(3), facility daemon: there is no standard error any more. */
void rd_log_to_syslog(void);

/*
 * Opens a file, whose name stays the caller's: rd_log_to_file has messages go to its end from then
 * on, with the time, and nowhere else. rd_log_reopen, by any thread, opens another of that name, or
 * says why it goes on with the one before. False with errno.
 */
bool rd_log_open(const char *path);
void rd_log_to_file(void);
void rd_log_reopen(void);
/* Of that file; -1: there is none. */
int rd_log_fd(void);

/* Standard error is the journal's: from here on a line begins with its level, see sd-daemon(3). */
void rd_log_to_journal(void);

#endif

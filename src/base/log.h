/*
 * log - the program's own messages, a line each, on standard error or to syslog.
 */
#ifndef RD_BASE_LOG_H
#define RD_BASE_LOG_H

/*
 * Writes "replyd: " and the text and a newline in one write. Control bytes in it become '?'.
 * rd_log warns, rd_log_error says why something does not start or go on, rd_log_note what was asked
 * for.
 */
void rd_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
void rd_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void rd_log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From here on messages go to syslog(3), facility daemon: there is no standard error any more. */
void rd_log_to_syslog(void);

/* Standard error is the journal's: from here on a line begins with its level, see sd-daemon(3). */
void rd_log_to_journal(void);

#endif

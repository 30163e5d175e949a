/*
 * log - the program's own messages, a line each, on standard error or to syslog.
 */
#ifndef RD_BASE_LOG_H
#define RD_BASE_LOG_H

/* Writes "replyd: " and the text and a newline in one write. Control bytes in it become '?'. */
void rd_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From here on messages go to syslog(3), facility daemon: there is no standard error any more. */
void rd_log_to_syslog(void);

#endif

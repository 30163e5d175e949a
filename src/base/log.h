/*
 * log - the program's own messages, a line each, on standard error.
 */
#ifndef RD_BASE_LOG_H
#define RD_BASE_LOG_H

/* Writes "replyd: " and the text and a newline in one write. Control bytes in it become '?'. */
void rd_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/*
 * log_target - where the lines of the access log go.
 */
#ifndef RD_OBSERVE_LOG_TARGET_H
#define RD_OBSERVE_LOG_TARGET_H

#include "observe/log_format.h"

enum rd_log_kind { RD_LOG_FILE, RD_LOG_STDOUT, RD_LOG_SYSLOG, RD_LOG_JOURNAL };

struct rd_log_target {
	enum rd_log_kind kind;
	struct rd_log_format *format;
	char *path; /* of a file, or of the socket */
	int fd;	    /* stays the same when it is opened anew */
	bool waits; /* it may take nothing for a while; else it is a regular file */
	bool torn;  /* the last line in it is not whole */
	int error;  /* why what it was given last was not taken; 0: it was */
};

/* "stdout", "syslog", "journal"; else it is a file. */
enum rd_log_kind rd_log_kind(const char *name);

/*
 * Takes the format when it is opened. Syslog and the journal listen at `socket`, or where the
 * system has them where that is NULL. NULL with errno.
 */
struct rd_log_target *rd_log_target_open(const char *name, const char *socket,
					 struct rd_log_format *format);
/* NULL is allowed. */
void rd_log_target_close(struct rd_log_target *t);

/* Any thread: a file goes on under its name, which may be another one. False with errno. */
bool rd_log_target_reopen(struct rd_log_target *t);

/* Adds what it is to be given for a request. False: there is no memory, and nothing is added. */
bool rd_log_target_add(struct rd_log_target *t, const struct rd_log_entry *entry,
		       struct rd_buffer *to);

/* Whether what it is given for a request has the field of that name, of those in replyd.conf(5). */
bool rd_log_target_has(const struct rd_log_target *t, const char *name);

/*
 * Gives it all that was added, and waits while it takes nothing, until `stop` says so. Returns how
 * many requests it did not take. The buffer is empty then.
 */
uint64_t rd_log_target_write(struct rd_log_target *t, struct rd_buffer *from,
			     bool (*stop)(void *owner), void *owner);

#endif

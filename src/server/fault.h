/*
 * fault - what failed first, in words. What fails after it, because of it, is not the reason.
 */
#ifndef RD_SERVER_FAULT_H
#define RD_SERVER_FAULT_H

#include <stdbool.h>

struct rd_fault {
	bool failed;
	char text[1024];
};

/* Keeps the text; -1. */
int rd_fault_say(struct rd_fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

/*
 * fault - what failed first, in words.
 * Thread:  its owner's.
 */
#include "server/fault.h"

#include <stdarg.h>
#include <stdio.h>

int rd_fault_say(struct rd_fault *f, const char *format, ...)
{
	va_list args;

	if (f->failed)
		return -1;
	f->failed = true;
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
	return -1;
}

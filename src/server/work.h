/*
 * work - what answers on a route or a line listener, as its section of a configuration says.
 */
#ifndef RD_SERVER_WORK_H
#define RD_SERVER_WORK_H

#include "app/handler.h"
#include "config/config.h"

struct rd_setup;

struct rd_work {
	const struct rd_handler *handler;
	void *data; /* the handler's release frees it */
};

/* What a line listener's section says; echo where it names nothing. As rd_work_make. */
int rd_work_line(struct rd_setup *setup, const struct rd_section *section, struct rd_work *work);

/*
 * Makes what `section` says; `kept` files may be kept open for it. 0, or -1 with the fault,
 * which names the line.
 */
int rd_work_make(struct rd_setup *setup, const struct rd_section *section, size_t kept,
		 struct rd_work *work);

#endif

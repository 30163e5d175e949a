/*
 * handler - the work behind a reply: plain blocking code.
 */
#ifndef RD_APP_HANDLER_H
#define RD_APP_HANDLER_H

#include "codec/head.h"

struct replyd_exchange;
struct replyd_settings;

enum {
	/* For a handler that takes any. TRACE would show a request's secrets to scripts. */
	RD_METHODS_ANY = ((1u << METHOD_COUNT) - 1) &
			 ~(1u << METHOD_OPTIONS | 1u << METHOD_TRACE | 1u << METHOD_CONNECT),
};

struct rd_handler {
	const char *name;
	/*
	 * What it performs over HTTP: 1u << METHOD_GET | ...; 0: GET and HEAD. Any other method is
	 * refused, and OPTIONS is answered, in its stead.
	 */
	unsigned methods;
	bool blocks;				/* known to, from the first call on */
	const struct replyd_settings *settings; /* what its route says to it; NULL: nothing */
	/*
	 * NULL, or what can be said from the head alone, so that no body is sent in vain: 0, or a
	 * status, which is the reply. What it saw may have changed when perform is called.
	 */
	int (*admit)(struct replyd_exchange *x, void *data);
	/*
	 * Fills x->reply. 0, or a status: the reply is then that status' page, with the fields
	 * that were added. Any number of threads at once, with the same data.
	 */
	int (*perform)(struct replyd_exchange *x, void *data);
	/* Frees data, when no thread performs any more. */
	void (*release)(void *data);
};

#endif

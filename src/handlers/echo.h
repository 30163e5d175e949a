/*
 * echo - answers with what was sent.
 */
#ifndef RD_HANDLERS_ECHO_H
#define RD_HANDLERS_ECHO_H

#include "app/handler.h"

/* Needs no data. */
extern const struct rd_handler rd_echo;

/*
 * Over HTTP: answers with the request's body and its type, or, where it has none, with its head, in
 * which secrets are left out. Needs no data.
 */
extern const struct rd_handler rd_echo_http;

#endif

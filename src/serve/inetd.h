/*
 * inetd - a connection that is handed to its handler as it is: nothing is read of it, and nothing
 * sent.
 */
#ifndef RD_SERVE_INETD_H
#define RD_SERVE_INETD_H

#include "flow/protocol.h"

/* Serves with a struct rd_line_service. */
extern const struct rd_protocol rd_inetd;

#endif

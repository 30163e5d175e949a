/*
 * echo - answers with what was sent.
 */
#ifndef RD_HANDLERS_ECHO_H
#define RD_HANDLERS_ECHO_H

#include "app/handler.h"

/* Needs no data. */
extern const struct rd_handler rd_echo;

#endif

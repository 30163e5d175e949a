/*
 * fields - what a route may say of its replies: their fields, and a status that needs one.
 */
#ifndef RD_CONFIG_FIELDS_H
#define RD_CONFIG_FIELDS_H

#include "config/check.h"

/* Looks at one "Name: value". False, and why says what is wrong. */
bool rd_fields_value(const char *text, char why[RD_CHECK_WHY]);

/* Looks at all of a route, and its status. On false, *option is the one that is wrong. */
bool rd_fields_route(const struct rd_section *route, enum rd_option *option,
		     char why[RD_CHECK_WHY]);

#endif

/*
 * value - what the text of an option says, and whether that can be.
 */
#ifndef RD_CONFIG_VALUE_H
#define RD_CONFIG_VALUE_H

#include "config/config.h"

enum { RD_CHECK_WHY = 384 };

/*
 * Reads value->text as what the option is, into value->number. For a list: looks at its last item.
 * False, and why says what is wrong and what would be right.
 */
bool rd_value_read(enum rd_option option, struct rd_value *value, char why[RD_CHECK_WHY]);

#endif

/*
 * check - whether a section as a whole says something that can be.
 */
#ifndef RD_CONFIG_CHECK_H
#define RD_CONFIG_CHECK_H

#include "config/value.h"

/*
 * Looks at the title of a section that begins. False, and why says what is wrong and what would be
 * right.
 */
bool rd_check_title(const struct rd_section *section, char why[RD_CHECK_WHY]);

/* Looks at a whole section. On false, *option is the one that is wrong, or OPTION_COUNT. */
bool rd_check_section(const struct rd_section *section, enum rd_option *option,
		      char why[RD_CHECK_WHY]);

#endif

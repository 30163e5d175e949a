/*
 * tree - the sections of a configuration while it is read: what config/config.h shows is made here.
 */
#ifndef RD_CONFIG_TREE_H
#define RD_CONFIG_TREE_H

#include "config/config.h"

/* All false or NULL when there is no memory. */

struct rd_config *rd_tree_new(void);
struct rd_section *rd_tree_root(struct rd_config *config);

/* A text that lives as long as the configuration. */
const char *rd_tree_text(struct rd_config *config, const char *text, size_t len);

/* A section behind those that `parent` has; NULL for the root. */
struct rd_section *rd_tree_section(struct rd_config *config, struct rd_section *parent,
				   enum rd_section_kind kind, const char *title,
				   struct rd_where where);

/* A text behind those that `value` has. */
bool rd_tree_item(struct rd_config *config, struct rd_value *value, const char *text);

/* Where an option of this very section has its value. */
struct rd_value *rd_tree_value(struct rd_section *section, enum rd_option option);

/* As rd_config_explain, for a place in the file. */
void rd_tree_explain(struct rd_where where, const struct rd_section *section, enum rd_option option,
		     const char *why, char text[RD_CONFIG_WHY]);

#endif

/*
 * config - the sections and values of a configuration.
 * Thread:  made by one; then anyone's to read.
 * Owns:    every section and text, in one list of pieces that go together.
 */
#include "config/config.h"

#include "base/must.h"
#include "config/schema.h"
#include "config/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	struct piece *next;
	_Alignas(max_align_t) char bytes[];
};

struct rd_config {
	struct piece *pieces;
	struct rd_section *root;
};

static void *config_piece(struct rd_config *c, size_t size)
{
	struct piece *piece = calloc(1, sizeof(*piece) + size);

	if (!piece)
		return NULL;
	piece->next = c->pieces;
	c->pieces = piece;
	return piece->bytes;
}

struct rd_config *rd_tree_new(void)
{
	struct rd_config *c = calloc(1, sizeof(*c));

	if (c && (c->root = rd_tree_section(c, NULL, SECTION_ROOT, NULL, (struct rd_where){ 0 })))
		return c;
	rd_config_free(c);
	return NULL;
}

const char *rd_tree_text(struct rd_config *c, const char *text, size_t len)
{
	char *kept = config_piece(c, len + 1);

	return kept ? memcpy(kept, text, len) : NULL;
}

struct rd_section *rd_tree_section(struct rd_config *c, struct rd_section *parent,
				   enum rd_section_kind kind, const char *title,
				   struct rd_where where)
{
	struct rd_section *s;
	size_t options;

	rd_schema_first(kind, &options);
	s = config_piece(c, sizeof(*s) + options * sizeof(s->value[0]));
	if (!s || (title && !(s->title = rd_tree_text(c, title, strlen(title)))))
		return NULL;
	s->kind = kind;
	s->where = where;
	s->parent = parent;
	if (!parent)
		return s;
	if (parent->last)
		parent->last->next = s;
	else
		parent->first = s;
	parent->last = s;
	return s;
}

bool rd_tree_item(struct rd_config *c, struct rd_value *value, const char *text)
{
	size_t count = value->count;

	if ((count & (count + 1)) == 0) { /* full: 1, 3, 7 ... items and the NULL */
		const char **more = config_piece(c, 2 * (count + 1) * sizeof(*more));

		if (!more)
			return false;
		if (count)
			memcpy(more, value->list, count * sizeof(*more));
		value->list = more;
	}
	value->list[value->count++] = text;
	value->list[value->count] = NULL;
	return true;
}

struct rd_value *rd_tree_value(struct rd_section *s, enum rd_option option)
{
	size_t count;
	enum rd_option first = rd_schema_first(s->kind, &count);

	MUST(option >= first && option < first + count);
	return &s->value[option - first];
}

void rd_config_free(struct rd_config *c)
{
	struct piece *piece, *next;

	if (!c)
		return;
	for (piece = c->pieces; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
	free(c);
}

struct rd_section *rd_tree_root(struct rd_config *c)
{
	return c->root;
}

const struct rd_section *rd_config_root(const struct rd_config *c)
{
	return c->root;
}

const struct rd_section *rd_config_next(const struct rd_section *in, enum rd_section_kind kind,
					const struct rd_section *after)
{
	const struct rd_section *s = after ? after->next : in->first;

	while (s && s->kind != kind)
		s = s->next;
	return s;
}

const struct rd_value *rd_config_value(const struct rd_section *section, enum rd_option option)
{
	enum rd_section_kind kind = rd_schema_option[option].section;
	bool around = rd_schema_section[kind].title == NULL;
	size_t count, at = option - rd_schema_first(kind, &count);

	for (; section; section = around ? section->parent : NULL) {
		const struct rd_section *s = section;

		if (s->kind != kind)
			s = rd_config_next(s, kind, NULL);
		if (s && s->value[at].where.line)
			return &s->value[at];
	}
	return &rd_schema_default[option];
}

/* The section's own place in the file, from the outside in. */
static size_t config_path(const struct rd_section *s, char *text, size_t size)
{
	size_t len = s->parent ? config_path(s->parent, text, size) : 0;

	const char *word = rd_schema_section[s->kind].word;

	if (s->title)
		len += (size_t)snprintf(text + len, size - len, "%s \"%s\": ", word, s->title);
	else if (s->parent)
		len += (size_t)snprintf(text + len, size - len, "%s: ", word);
	return len < size ? len : size - 1;
}

void rd_tree_explain(struct rd_where where, const struct rd_section *section, enum rd_option option,
		     const char *why, char text[RD_CONFIG_WHY])
{
	const char *word = option == OPTION_COUNT ? "" : rd_schema_option[option].word;
	char path[512] = "", line[16] = "";

	config_path(section, path, sizeof(path));
	if (where.line)
		snprintf(line, sizeof(line), ":%d", where.line);
	snprintf(text, RD_CONFIG_WHY, "%s%s: %s%s%s%s", where.file, line, path, word,
		 *word ? ": " : "", why);
}

void rd_config_explain(const struct rd_section *section, enum rd_option option, const char *why,
		       char text[RD_CONFIG_WHY])
{
	const struct rd_value *value = &rd_schema_default[0];

	if (option != OPTION_COUNT)
		value = rd_config_value(section, option);
	rd_tree_explain(value->where.line ? value->where : section->where, section, option, why,
			text);
}

/*
 * load - reads a configuration file by libconfuse.
 *
 * libconfuse calls back at the start of each section, after each value and at the end of each
 * section, while it knows the line; the tree is made then, and what is wrong stops it there. Two
 * functions that no file uses help: one that each section calls by default, so that its start is
 * seen, and one behind the end of each file, so that a section that was not closed is seen.
 *
 * Thread:  one at a time: neither libconfuse's lexer nor its callbacks take a context.
 */
#include "base/buffer.h"
#include "base/slurp.h"
#include "config/check.h"
#include "config/comment.h"
#include "config/config.h"
#include "config/schema.h"
#include "config/tree.h"

#include <confuse.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "%begin"
#define END   "%end"

enum {
	FILE_MAX = 16 * 1024 * 1024,
	DEPTH = 10,				    /* of files that include files */
	ENTRIES = SECTION_COUNT + OPTION_COUNT + 4, /* more than a section can have */
};

struct load {
	struct rd_config *config;
	struct rd_section *at;	 /* that is being read */
	struct rd_section *base; /* in which the file began that is being read */
	int depth;
	size_t directory; /* how much of `path` names the directory, with its slash */
	const char *path;
	char *why;
	bool failed;
};

static _Thread_local struct load *loading;

static bool load_no_memory(void)
{
	snprintf(loading->why, RD_CONFIG_WHY, "%s: no memory", loading->path);
	loading->failed = true;
	return false;
}

/* The first that is wrong is said. */
static void load_wrong(const struct rd_section *section, enum rd_option option, const char *why)
{
	if (!loading->failed)
		rd_config_explain(section, option, why, loading->why);
	loading->failed = true;
}

static struct rd_where load_where(const cfg_t *cfg)
{
	return (struct rd_where){
		.file = rd_tree_text(loading->config, cfg->filename, strlen(cfg->filename)),
		.line = cfg->line,
	};
}

/*
 * A section begins: its title, if it has one, is known. A failure would be taken for one of the
 * program; the next callback says it.
 */
static int load_begin(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	enum rd_section_kind kind = rd_schema_find_section(loading->at->kind, cfg_name(cfg));
	char why[RD_CHECK_WHY];
	struct rd_section *section;
	struct rd_where where;

	(void)opt, (void)argc, (void)argv;
	if (loading->failed)
		return 0;
	where = load_where(cfg);
	section = rd_tree_section(loading->config, loading->at, kind, cfg_title(cfg), where);
	if (!section || !where.file) {
		load_no_memory();
		return 0;
	}
	loading->at = section;
	if (!rd_check_title(section, why))
		load_wrong(section, OPTION_COUNT, why);
	return 0;
}

/*
 * Whether there was one of this kind already, and no title that would tell them apart. libconfuse
 * then gives the line of the earlier one for the start; its end is where `cfg` is.
 */
static bool load_again(cfg_t *cfg, const struct rd_section *section)
{
	const struct rd_section *before = rd_config_next(section->parent, section->kind, NULL);
	char why[RD_CHECK_WHY];

	if (before == section || section->title)
		return false;
	snprintf(why, sizeof(why), "stands in line %d already: say all in one", before->where.line);
	rd_tree_explain(load_where(cfg), section, OPTION_COUNT, why, loading->why);
	loading->failed = true;
	return true;
}

/* A section ends. */
static int load_end(cfg_t *cfg, cfg_opt_t *opt)
{
	struct rd_section *section = loading->at;
	enum rd_option option = OPTION_COUNT;
	char why[RD_CHECK_WHY];

	(void)opt;
	if (loading->failed || load_again(cfg, section))
		return -1;
	if (!rd_check_section(section, &option, why)) {
		load_wrong(section, option, why);
		return -1;
	}
	loading->at = section->parent;
	return 0;
}

static const char *load_value_text(enum rd_option option, const char *text)
{
	struct rd_buffer whole = { 0 };
	const char *kept = NULL;

	enum rd_kind kind = rd_schema_option[option].kind;
	bool named = kind == KIND_MODULE || kind == KIND_TARGET;
	bool path = kind == KIND_PATH || (named && strchr(text, '/'));

	if (!path || text[0] == '/' || !*text)
		return rd_tree_text(loading->config, text, strlen(text));
	if (rd_buffer_add(&whole, loading->path, loading->directory) &&
	    rd_buffer_text(&whole, text))
		kept = rd_tree_text(loading->config, whole.at, whole.len);
	rd_buffer_free(&whole);
	return kept;
}

/*
 * What of this value is new: for a list, libconfuse calls after each item, and once more at a
 * closing brace.
 */
enum news { NEWS_NONE, NEWS_VALUE, NEWS_AGAIN };

static enum news load_news(cfg_opt_t *opt, struct rd_value *value, bool list)
{
	unsigned size = cfg_opt_size(opt);

	if (!list)
		return value->where.line ? NEWS_AGAIN : NEWS_VALUE;
	if (size == value->count + 1) {
		value->number = 0;
		return NEWS_VALUE;
	}
	if (size != value->count || value->number)
		return NEWS_AGAIN;
	value->number = 1; /* the brace: another list would be one too many */
	return size && strcmp(cfg_opt_getnstr(opt, size - 1), value->text) != 0 ? NEWS_AGAIN
										: NEWS_NONE;
}

static bool load_keep(cfg_t *cfg, cfg_opt_t *opt, enum rd_option option, struct rd_value *value)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	value->where = load_where(cfg);
	value->text = load_value_text(option, text ? text : "");
	if (!value->where.file || !value->text)
		return false;
	return rd_schema_option[option].kind != KIND_LIST ||
	       rd_tree_item(loading->config, value, value->text);
}

/* An option has been given a value, or a list one more. */
static int load_value(cfg_t *cfg, cfg_opt_t *opt)
{
	enum rd_option option = rd_schema_find_option(loading->at->kind, cfg_opt_name(opt));
	struct rd_value *value;
	char why[RD_CHECK_WHY];
	enum news news;

	if (loading->failed)
		return -1;
	value = rd_tree_value(loading->at, option);
	news = load_news(opt, value, rd_schema_option[option].kind == KIND_LIST);
	if (news == NEWS_NONE)
		return 0;
	if (news == NEWS_AGAIN)
		snprintf(why, sizeof(why), "is said in line %d already", value->where.line);
	else if (!load_keep(cfg, opt, option, value))
		return load_no_memory() - 1;
	else if (rd_value_read(option, value, why))
		return 0;
	value->where = load_where(cfg);
	load_wrong(loading->at, option, why);
	return -1;
}

/* Behind the end of a file. */
static int load_finish(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	(void)cfg, (void)opt, (void)argc, (void)argv;
	if (!loading->failed && loading->at != loading->base)
		load_wrong(loading->at, OPTION_COUNT, "the '}' that ends it is missing");
	return loading->failed ? -1 : 0;
}

/* Reads what cfg->filename names into the section that cfg is; takes its text, or NULL. */
static bool load_text(cfg_t *cfg, char *text, size_t len)
{
	struct rd_buffer whole = { 0 };
	struct rd_section *base = loading->base;
	FILE *stream = NULL;
	bool read = false;
	int open = text ? rd_comment_blank(text, len) : 0;

	if (open) {
		cfg->line = open;
		cfg_error(cfg, "the '*/' that ends the comment is missing");
	} else if (text && rd_buffer_add(&whole, text, len) &&
		   rd_buffer_text(&whole,
				  len && text[len - 1] == '\n' ? END "()\n" : "\n" END "()\n"))
		stream = fmemopen(whole.at, whole.len, "r");
	if (stream) {
		loading->base = loading->at;
		read = cfg_parse_fp(cfg, stream) == CFG_SUCCESS;
		loading->base = base;
		fclose(stream);
	} else if (text && !open) {
		load_no_memory();
	}
	free(text);
	rd_buffer_free(&whole);
	return read;
}

/* libconfuse's own includes begin at the working directory, and need not hold whole sections. */
static int load_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	char *outer = cfg->filename, *inner = NULL, *text = NULL;
	bool absolute = argc == 1 && argv[0][0] == '/', read = false;
	char why[RD_CHECK_WHY];
	int line = cfg->line;
	size_t len = 0;

	(void)opt;
	if (argc != 1)
		cfg_error(cfg, "include takes one file: say include(\"hosts.conf\")");
	else if (loading->depth == DEPTH)
		cfg_error(cfg, "include: %s: in too many files, one in the other", argv[0]);
	else if (asprintf(&inner, "%.*s%s", absolute ? 0 : (int)loading->directory, loading->path,
			  argv[0]) < 0)
		return load_no_memory() - 1;
	else if (!(text = rd_slurp(inner, FILE_MAX, &len, why, sizeof(why))))
		cfg_error(cfg, "include: %s", why);
	if (text) {
		loading->depth++;
		cfg->filename = inner;
		read = load_text(cfg, text, len);
		cfg->filename = outer;
		cfg->line = line;
		loading->depth--;
	}
	free(inner);
	return read ? 0 : -1;
}

/* "no such option": which there are. */
static void load_unknown(const char *name, char *text, size_t size)
{
	enum rd_section_kind in = loading->at->kind;
	size_t count, len;
	enum rd_option first = rd_schema_first(in, &count);

	len = (size_t)snprintf(text, size, "there is no option \"%s\" here; there are", name);
	for (size_t i = 0; i < count && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, " %s",
					rd_schema_option[first + i].word);
	for (int i = 0; i < SECTION_COUNT && len < size; i++)
		if (rd_schema_section[i].in & 1u << in)
			len += (size_t)snprintf(text + len, size - len, " %s",
						rd_schema_section[i].word);
}

static void load_title(const char *title, char *text, size_t size)
{
	const struct rd_section *s = loading->at->first;

	while (s && (!s->title || strcmp(s->title, title) != 0))
		s = s->next;
	snprintf(text, size, "\"%s\" stands in line %d already", title, s ? s->where.line : 0);
}

static void load_untitled(const char *word, char *text, size_t size)
{
	enum rd_section_kind kind = rd_schema_find_section(loading->at->kind, word);

	snprintf(text, size, "%s lacks its title: say %s \"%s\" { ... }", word, word,
		 kind == SECTION_COUNT ? "" : rd_schema_section[kind].title);
}

/* What libconfuse finds by itself. Some of it can be told better. */
static void __attribute__((format(printf, 2, 0)))
load_error(cfg_t *cfg, const char *format, va_list args)
{
	static const struct {
		const char *format;
		void (*tell)(const char *word, char *text, size_t size);
	} better[] = {
		{ "no such option '%s'", load_unknown },
		{ "found duplicate title '%s'", load_title },
		{ "missing title for section '%s'", load_untitled },
	};
	struct rd_where where = load_where(cfg);
	char why[RD_CHECK_WHY];
	size_t i = 0;

	if (loading->failed)
		return;
	while (i < 3 && strcmp(format, better[i].format) != 0)
		i++;
	if (i < 3) {
		const char *word = va_arg(args, const char *);

		better[i].tell(word, why, sizeof(why));
	} else {
		vsnprintf(why, sizeof(why), format, args);
	}
	rd_tree_explain(where, loading->at, OPTION_COUNT, why, loading->why);
	loading->failed = true;
}

/* What libconfuse is told of a kind of section. */
static void load_entries(cfg_opt_t (*table)[ENTRIES], enum rd_section_kind kind)
{
	cfg_opt_t *entry = table[kind];
	size_t count;
	enum rd_option first = rd_schema_first(kind, &count);

	for (enum rd_option o = first; o < first + count; o++)
		*entry++ = (cfg_opt_t){
			.name = rd_schema_option[o].word,
			.type = CFGT_STR,
			.flags = CFGF_NODEFAULT |
				 (rd_schema_option[o].kind == KIND_LIST ? CFGF_LIST : 0),
			.validcb = load_value,
		};
	for (int i = 0; i < SECTION_COUNT; i++)
		if (rd_schema_section[i].in & 1u << kind)
			*entry++ = (cfg_opt_t){
				.name = rd_schema_section[i].word,
				.type = CFGT_SEC,
				.flags = rd_schema_section[i].title
						 ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES
						 : CFGF_NODEFAULT,
				.subopts = table[i],
				.validcb = load_end,
			};
	*entry++ = (cfg_opt_t)CFG_FUNC("include", load_include);
	*entry++ = (cfg_opt_t)CFG_FUNC(END, load_finish);
	if (kind == SECTION_ROOT)
		return;
	*entry = (cfg_opt_t)CFG_FUNC(BEGIN, load_begin);
	entry->def.parsed = (char *)BEGIN "()";
}

static cfg_t *load_start(void)
{
	cfg_opt_t(*table)[ENTRIES] = calloc(SECTION_COUNT, sizeof(*table));
	cfg_t *cfg;

	if (!table)
		return NULL;
	for (int i = 0; i < SECTION_COUNT; i++)
		load_entries(table, i);
	cfg = cfg_init(table[SECTION_ROOT], CFGF_NONE);
	free(table);
	if (!cfg)
		return NULL;
	cfg_set_error_function(cfg, load_error);
	cfg->filename = strdup(loading->path);
	if (cfg->filename)
		return cfg;
	cfg_free(cfg);
	return NULL;
}

static bool load_all(void)
{
	enum rd_option option;
	char why[RD_CHECK_WHY];
	cfg_t *cfg = load_start();
	size_t len = 0;
	char *text;
	bool read;

	if (!cfg)
		return load_no_memory();
	text = rd_slurp(loading->path, FILE_MAX, &len, loading->why, RD_CONFIG_WHY);
	loading->failed = !text;
	read = load_text(cfg, text, len);
	cfg_free(cfg);
	if (!read && !loading->failed)
		snprintf(loading->why, RD_CONFIG_WHY, "%s: cannot be read", loading->path);
	if (!read || rd_check_section(loading->at, &option, why))
		return read;
	loading->at->where.file = loading->path;
	load_wrong(loading->at, OPTION_COUNT, why);
	return false;
}

struct rd_config *rd_config_load(const char *path, char why[RD_CONFIG_WHY])
{
	const char *slash = strrchr(path, '/');
	struct load load = {
		.config = rd_tree_new(),
		.path = path,
		.directory = slash ? (size_t)(slash - path) + 1 : 0,
		.why = why,
	};
	/* libconfuse would translate what load_error is to recognize. */
	locale_t plain = newlocale(LC_ALL_MASK, "C", 0), before = uselocale(plain);
	bool loaded;

	loading = &load;
	if (load.config)
		load.at = load.base = rd_tree_root(load.config);
	loaded = load.config ? load_all() : load_no_memory();
	loading = NULL;
	uselocale(before);
	freelocale(plain);
	if (loaded)
		return load.config;
	rd_config_free(load.config);
	return NULL;
}

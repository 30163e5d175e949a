/*
 * module - short links, as a module that replyd loads: /go/NAME leads to the URL that a file has
 * for NAME. The file is read at the start, and at a reload; on each line it has a name and a URL.
 *
 *     cc -shared -fPIC module.c -o links.so $(pkg-config --cflags replyd)
 *
 *     route "/go" {
 *             module = "./links.so"
 *             settings = { "file=/etc/replyd/links" }
 *     }
 */
#include <replyd/handler.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link {
	struct link *next;
	char name[64];
	char url[1024];
};

static void links_free(void *data)
{
	struct link *link = data;

	while (link) {
		struct link *next = link->next;

		free(link);
		link = next;
	}
}

/* 0, or -1 with the line that is wrong. */
static int links_read(FILE *file, const char *name, struct link **first, char *why, size_t size)
{
	char line[1200], rest[2];

	for (int number = 1; fgets(line, sizeof(line), file); number++) {
		struct link *link = calloc(1, sizeof(*link));

		if (!link)
			return -1;
		link->next = *first;
		*first = link;
		if (sscanf(line, "%63s %1023s %1s", link->name, link->url, rest) != 2) {
			snprintf(why, size, "%s:%d: not a name and a URL", name, number);
			return -1;
		}
	}
	return 0;
}

static int links_init(const struct replyd_settings *settings, void **data, char *why, size_t size)
{
	const char *name = replyd_settings_get(settings, "file", "/etc/replyd/links");
	FILE *file = fopen(name, "re");
	struct link *first = NULL;
	int failed;

	if (!file) {
		snprintf(why, size, "%s: %s", name, strerror(errno));
		return -1;
	}
	failed = links_read(file, name, &first, why, size);
	fclose(file);
	if (failed)
		links_free(first);
	else
		*data = first;
	return failed;
}

static int links_perform(struct replyd_exchange *x, void *data)
{
	const char *name = replyd_rest(x);

	for (const struct link *link = data; link; link = link->next) {
		if (*name != '/' || strcmp(link->name, name + 1) != 0)
			continue;
		replyd_add_field(x, "Location", link->url);
		return replyd_text(x, 302, "%s\n", link->url);
	}
	return 404;
}

const struct replyd_module replyd_module = {
	.size = sizeof(replyd_module),
	.interface = REPLYD_INTERFACE,
	.name = "links",
	.methods = "GET",
	.init = links_init,
	.perform = links_perform,
	.release = links_free,
};

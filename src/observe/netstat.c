/*
 * netstat - what the kernel says of the listeners of all processes.
 * Thread:  any.
 */
#include "observe/netstat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next word and its length; 0: there is none. */
static size_t netstat_word(const char **at)
{
	*at += strspn(*at, " \n");
	return strcspn(*at, " \n");
}

bool rd_netstat_parse(const char *names, const char *values, struct rd_netstat *n)
{
	static const char overflows[] = "ListenOverflows", drops[] = "ListenDrops";
	bool has_overflows = false, has_drops = false;
	size_t name, value;

	while ((name = netstat_word(&names)) > 0 && (value = netstat_word(&values)) > 0) {
		if (name == sizeof(overflows) - 1 && strncmp(names, overflows, name) == 0) {
			n->overflows = strtoull(values, NULL, 10);
			has_overflows = true;
		} else if (name == sizeof(drops) - 1 && strncmp(names, drops, name) == 0) {
			n->drops = strtoull(values, NULL, 10);
			has_drops = true;
		}
		names += name;
		values += value;
	}
	return has_overflows && has_drops;
}

/* By this path a sandbox lets it be read (server/sandbox.c). */
bool rd_netstat_look(struct rd_netstat *n)
{
	FILE *f = fopen("/proc/self/net/netstat", "re");
	char *names = NULL, *values = NULL;
	size_t names_size = 0, values_size = 0;
	bool found = false;

	if (!f)
		return false;
	while (!found && getline(&names, &names_size, f) > 0 &&
	       getline(&values, &values_size, f) > 0)
		found = rd_netstat_parse(names, values, n);
	free(names);
	free(values);
	fclose(f);
	return found;
}

/*
 * privileges - whom this process works as, and what it may, for good.
 */
#ifndef RD_GUARD_PRIVILEGES_H
#define RD_GUARD_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { RD_IDENTITY_GROUPS = 64, RD_IDENTITY_NAME = 64 };

struct rd_identity {
	char name[RD_IDENTITY_NAME]; /* of its user; empty: none was named */
	uid_t uid;
	gid_t gid;
	gid_t group[RD_IDENTITY_GROUPS]; /* all that it is in */
	int groups;
};

/*
 * Who that is: the user, with its group or with another. Without a name, whoever this process is.
 * False with why.
 */
bool rd_privileges_find(const char *user, const char *group, struct rd_identity *who, char *why,
			size_t size);

/* Whether this process is root, or could be again. */
bool rd_privileges_root(void);

/*
 * Becomes `who`, and keeps no capability but, with `bind_low` and where it has it, that of binding
 * ports below 1024; from here on nothing that it executes gains any right. Who is root stays it,
 * with what it has. Before there are threads. False with why: then it is not to go on.
 */
bool rd_privileges_drop(const struct rd_identity *who, bool bind_low, char *why, size_t size);

/*
 * Has the program that is executed next keep the right to bind low ports, where this process has
 * it; that one gives it up or keeps it as this one did. System calls alone: it may follow a fork.
 */
void rd_privileges_hand_down(void);

#endif

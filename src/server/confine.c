/*
 * confine - the program gives up what it needs no more, between its sockets and its threads.
 * Thread:  main.
 * Never:   serves when a step has failed.
 */
#include "server/confine.h"

#include "base/log.h"
#include "config/config.h"
#include "handlers/spawner.h"
#include "server/configure.h"
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void rd_confine_want(struct replyd *s, const char *user, const char *group)
{
	s->confine = (struct rd_confine){ .wanted = true, .user = user, .group = group };
	rd_spawner_collect();
}

/* Whether it is root now, and becomes someone else. */
static bool confine_leaves_root(const struct replyd *s)
{
	return rd_privileges_root() && *s->confine.who.name && s->confine.who.uid != 0;
}

/* A program as another user than the server: there is nobody left who could start it. */
static int confine_programs(struct replyd *s, const struct rd_section *in,
			    enum rd_section_kind kind, enum rd_option user)
{
	const struct rd_section *section = NULL;

	while ((section = rd_config_next(in, kind, section)))
		if (rd_config_value(section, user)->text)
			return rd_configure_wrong(
				s->setup, section, user,
				"the server becomes %s, and so do its programs; only one "
				"that stays root can have others",
				s->confine.who.name);
	return 0;
}

static int confine_all_programs(struct replyd *s, const struct rd_section *root)
{
	const struct rd_section *host = NULL;

	if (confine_programs(s, root, SECTION_LISTEN, LISTEN_user) != 0 ||
	    confine_programs(s, root, SECTION_ROUTE, ROUTE_user) != 0)
		return -1;
	while ((host = rd_config_next(root, SECTION_HOST, host)))
		if (confine_programs(s, host, SECTION_ROUTE, ROUTE_user) != 0)
			return -1;
	return 0;
}

int rd_confine_plan(struct replyd *s)
{
	struct rd_confine *c = &s->confine;
	const struct rd_section *root = s->setup->config ? rd_config_root(s->setup->config) : NULL;
	const struct rd_section *section = NULL;
	const char *user = c->user, *group = c->group;
	char why[512];

	if (root && !user && !group)
		section = rd_config_next(root, SECTION_PROCESS, NULL);
	if (section) {
		user = rd_config_value(section, PROCESS_user)->text;
		group = rd_config_value(section, PROCESS_group)->text;
	}
	if (!rd_privileges_find(user, group, &c->who, why, sizeof(why)))
		return section ? rd_configure_wrong(s->setup, section,
						    user ? PROCESS_user : PROCESS_group, "%s", why)
			       : rd_server_failed(s, "--%s: %s", user ? "user" : "group", why);
	if (root && confine_leaves_root(s) && confine_all_programs(s, root) != 0)
		return -1;
	return rd_sandbox_plan(s);
}

int rd_confine_may(struct replyd *s)
{
	if (!s->confine.wanted || *s->confine.who.name || !rd_privileges_root())
		return 0;
	return rd_server_failed(s,
				"it does not serve as root unless it is told to: say by --user (or "
				"process.user in its configuration) whom it becomes, or root");
}

/* A Unix socket is its server's, who may connect to it and look after it; nothing else is given. */
static bool confine_give(const struct rd_listener *l, const struct rd_identity *who)
{
	struct stat st;
	bool given;
	int fd;

	if (l->sockets == 0 || l->lent || l->bound.sa.sa_family != AF_UNIX ||
	    !l->bound.un.sun_path[0])
		return true;
	fd = open(l->bound.un.sun_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	given = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) &&
		fchownat(fd, "", who->uid, who->gid, AT_EMPTY_PATH) == 0;
	close(fd);
	return given;
}

static int confine_give_all(struct replyd *s, const struct rd_listeners *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (!confine_give(&l->listener[i], &s->confine.who))
			return rd_server_failed(s, "%s: it cannot be given to %s: %s", l->url[i],
						s->confine.who.name, strerror(errno));
	return 0;
}

/* So that it can open it anew. */
static int confine_give_log(struct replyd *s, int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    fchown(fd, s->confine.who.uid, s->confine.who.gid) == 0)
		return 0;
	return rd_server_failed(s, "the log cannot be given to %s: %s", s->confine.who.name,
				strerror(errno));
}

/* What is to be whose the server will be. */
static int confine_give_up(struct replyd *s)
{
	if (confine_give_all(s, &s->setup->listeners) != 0 ||
	    confine_give_all(s, &s->control.listeners) != 0 ||
	    confine_give_log(s, rd_log_fd()) != 0)
		return -1;
	return confine_give_log(s, rd_access_log_fd(&s->logging.access));
}

int rd_confine(struct replyd *s)
{
	char why[512];

	if (!s->confine.wanted)
		return 0;
	if (confine_leaves_root(s) && confine_give_up(s) != 0)
		return -1;
	if (rd_sandbox_prepare(s) != 0)
		return -1;
	/* A configuration can be read anew, and then name another port. */
	if (!rd_privileges_drop(&s->confine.who, s->file != NULL, why, sizeof(why)))
		return rd_server_failed(s, "%s", why);
	if (s->confine.helper && !s->confine.helper())
		return rd_server_failed(s, "a helper process: %s", strerror(errno));
	return rd_sandbox_enter(s);
}

void rd_confine_hand_down(void)
{
	rd_privileges_hand_down();
}

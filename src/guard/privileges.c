/*
 * privileges - whom this process works as, and what it may, for good.
 * Thread:  main, before there are others.
 * Never:   believes a call alone: what the process is afterwards is asked for, and the way back is
 *          tried.
 */
#include "guard/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIND_LOW (UINT64_C(1) << CAP_NET_BIND_SERVICE)

static bool privileges_wrong(char *why, size_t size, const char *what, const char *reason)
{
	snprintf(why, size, "%s: %s", what, reason);
	return false;
}

static bool privileges_group(const char *group, struct rd_identity *who, char *why, size_t size)
{
	const struct group *gr;

	errno = 0;
	gr = getgrnam(group);
	if (!gr)
		return privileges_wrong(why, size, group,
					errno ? strerror(errno) : "no such group");
	who->gid = gr->gr_gid;
	return true;
}

bool rd_privileges_find(const char *user, const char *group, struct rd_identity *who, char *why,
			size_t size)
{
	const struct passwd *pw;

	*who = (struct rd_identity){ .uid = geteuid(), .gid = getegid() };
	if (!user)
		return !group || privileges_wrong(why, size, group, "a group goes with a user");
	if (strlen(user) >= sizeof(who->name))
		return privileges_wrong(why, size, user, "no such user");
	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		return privileges_wrong(why, size, user, errno ? strerror(errno) : "no such user");
	strcpy(who->name, user);
	who->uid = pw->pw_uid;
	who->gid = pw->pw_gid;
	if (group && !privileges_group(group, who, why, size))
		return false;
	who->groups = RD_IDENTITY_GROUPS;
	if (getgrouplist(user, who->gid, who->group, &who->groups) < 0)
		return privileges_wrong(why, size, user, "is in more than 64 groups");
	if (!rd_privileges_root() && (who->uid != geteuid() || who->gid != getegid()))
		return privileges_wrong(why, size, user, "only root can become another user");
	return true;
}

bool rd_privileges_root(void)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) != 0 || real == 0 || effective == 0 ||
	       saved == 0;
}

static bool privileges_capabilities(uint64_t *permitted, uint64_t *effective)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	*permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	*effective = data[0].effective | (uint64_t)data[1].effective << 32;
	return true;
}

/* Permitted and in effect are these; none is handed down. */
static bool privileges_keep(uint64_t kept)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(kept >> 32 * i);

		data[i] = (struct __user_cap_data_struct){ .effective = half, .permitted = half };
	}
	return syscall(SYS_capset, &header, data) == 0;
}

/* No file that is executed gives one of the others. Who may not say so gains none by executing. */
static bool privileges_bound(uint64_t kept)
{
	for (unsigned long i = 0; i < 64; i++) {
		if (kept >> i & 1 || prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		return errno == EINVAL || errno == EPERM; /* the kernel has no more of them */
	}
	return true;
}

static bool privileges_become(const struct rd_identity *who)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 &&
	       setgroups((size_t)who->groups, who->group) == 0 &&
	       setresgid(who->gid, who->gid, who->gid) == 0 &&
	       setresuid(who->uid, who->uid, who->uid) == 0 &&
	       prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == 0;
}

/* It is who it is to be in each of its ids, and has what it is to have. */
static bool privileges_final(const struct rd_identity *who, uint64_t kept)
{
	uid_t uid[3];
	gid_t gid[3];
	uint64_t permitted, effective;

	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 ||
	    getresgid(&gid[0], &gid[1], &gid[2]) != 0 ||
	    !privileges_capabilities(&permitted, &effective))
		return false;
	for (int i = 0; i < 3; i++)
		if (uid[i] != who->uid || gid[i] != who->gid)
			return false;
	return permitted == kept && effective == kept &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool privileges_way_back(const struct rd_identity *who)
{
	return setresuid(0, 0, 0) == 0 || setuid(0) == 0 || seteuid(0) == 0 ||
	       (who->gid != 0 && (setresgid(0, 0, 0) == 0 || setegid(0) == 0));
}

static const char *privileges_drop(const struct rd_identity *who, bool bind_low)
{
	uint64_t kept, permitted, effective;
	bool was_root = rd_privileges_root();

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
		return "ambient capabilities";
	if (who->uid == 0)
		return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? NULL : "no_new_privs";
	if (!privileges_capabilities(&permitted, &effective))
		return "capabilities";
	kept = bind_low ? permitted & BIND_LOW : 0;
	if (!privileges_bound(kept))
		return "the bounding set";
	if ((who->uid != geteuid() || was_root) && !privileges_become(who))
		return "cannot become it";
	/* Some filters refuse even what gives up, and then there may be nothing to give up. */
	if ((permitted != kept || effective != kept) && !privileges_keep(kept))
		return "capabilities";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "no_new_privs";
	errno = EPERM;
	return !privileges_final(who, kept) || (was_root && privileges_way_back(who))
		       ? "it could still be another"
		       : NULL;
}

bool rd_privileges_drop(const struct rd_identity *who, bool bind_low, char *why, size_t size)
{
	const char *step = privileges_drop(who, bind_low);

	if (step)
		snprintf(why, size, "user %s: %s: %s", *who->name ? who->name : "of this process",
			 step, strerror(errno));
	return !step;
}

void rd_privileges_hand_down(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		return;
	data[0].inheritable = data[0].permitted & (uint32_t)BIND_LOW;
	if (data[0].inheritable && syscall(SYS_capset, &header, data) == 0)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0, 0);
}

/*
 * filter - which system calls this process may still make, by the kernel's seccomp.
 *
 * What is refused is EPERM to who tries, and the server goes on: a call that a library makes under
 * rare conditions is no reason to end all clients.
 *
 * Thread:  main.
 */
#include "config.h"

#include "guard/filter.h"

#ifdef HAVE_LIBSECCOMP

#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BINARY_TREE = 2 }; /* libseccomp's second way to order the rules: by number, not by rule */

static const int calls[] = {
#define CALL(name) SCMP_SYS(name),
#include "tbl/call.h"
#undef CALL
};

struct rule {
	scmp_filter_ctx to;
	bool failed; /* one of the rules could not be added */
};

#define MASKED(at, mask, value)                                                              \
	{                                                                                    \
		.arg = (at), .op = SCMP_CMP_MASKED_EQ, .datum_a = (mask), .datum_b = (value) \
	}
#define EQUAL(at, value)                                           \
	{                                                          \
		.arg = (at), .op = SCMP_CMP_EQ, .datum_a = (value) \
	}
#define OTHER(at, value)                                           \
	{                                                          \
		.arg = (at), .op = SCMP_CMP_NE, .datum_a = (value) \
	}
#define RULE(r, action, call, ...)                                                           \
	filter_rule(r, action, SCMP_SYS(call), (const struct scmp_arg_cmp[]){ __VA_ARGS__ }, \
		    sizeof((const struct scmp_arg_cmp[]){ __VA_ARGS__ }) /                   \
			    sizeof(struct scmp_arg_cmp))
#define ALLOW(r, call, ...)  RULE(r, SCMP_ACT_ALLOW, call, __VA_ARGS__)
#define REFUSE(r, call, ...) RULE(r, SCMP_ACT_ERRNO(EPERM), call, __VA_ARGS__)

/* A call that this architecture lacks is nothing to add. */
static void filter_rule(struct rule *r, uint32_t action, int call, const struct scmp_arg_cmp *arg,
			unsigned args)
{
	int error = seccomp_rule_add_array(r->to, action, call, args, arg);

	r->failed = r->failed || (error && error != -EDOM);
}

static void filter_whole(struct rule *r, int call)
{
	filter_rule(r, SCMP_ACT_ALLOW, call, NULL, 0);
}

static void filter_sockets(struct rule *r, bool connect)
{
	ALLOW(r, socket, EQUAL(0, AF_UNIX));
	ALLOW(r, socket, EQUAL(0, AF_INET), MASKED(1, 0xf, SOCK_STREAM));
	ALLOW(r, socket, EQUAL(0, AF_INET6), MASKED(1, 0xf, SOCK_STREAM));
	if (connect)
		filter_whole(r, SCMP_SYS(connect));
	/* To nobody who is named, and no connection by the first bytes that are sent. */
	ALLOW(r, sendto, EQUAL(4, 0));
	ALLOW(r, sendmsg, MASKED(2, MSG_FASTOPEN, 0));
	ALLOW(r, sendmmsg, MASKED(3, MSG_FASTOPEN, 0));
}

/* What needs to be looked at more closely than by its number. */
static void filter_parts(struct rule *r)
{
	ALLOW(r, clone, MASKED(0, CLONE_THREAD, CLONE_THREAD));
	filter_rule(r, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), NULL, 0); /* then it is clone */
	ALLOW(r, ioctl, EQUAL(1, FIONREAD));
	ALLOW(r, ioctl, EQUAL(1, FIONBIO));
	ALLOW(r, ioctl, EQUAL(1, TCGETS));
	ALLOW(r, ioctl, EQUAL(1, TIOCOUTQ));
	ALLOW(r, prctl, EQUAL(0, PR_SET_NAME));
	ALLOW(r, prctl, EQUAL(0, PR_GET_NAME));
}

static void filter_allow_memory(struct rule *r, const struct rd_filter *f)
{
	if (!f->memory) {
		filter_whole(r, SCMP_SYS(mmap));
		filter_whole(r, SCMP_SYS(mmap2));
		filter_whole(r, SCMP_SYS(mprotect));
		return;
	}
	ALLOW(r, mmap, MASKED(2, PROT_EXEC, 0));
	ALLOW(r, mmap2, MASKED(2, PROT_EXEC, 0));
	ALLOW(r, mprotect, MASKED(2, PROT_EXEC, 0));
	if (!f->modules)
		return;
	ALLOW(r, mmap, MASKED(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), MASKED(3, MAP_ANONYMOUS, 0));
	ALLOW(r, mmap2, MASKED(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), MASKED(3, MAP_ANONYMOUS, 0));
}

/* The same where all other calls are allowed. */
static void filter_refuse_memory(struct rule *r, bool modules)
{
	uint64_t with = PROT_EXEC | (modules ? PROT_WRITE : 0);

	REFUSE(r, mmap, MASKED(2, with, with));
	REFUSE(r, mmap2, MASKED(2, with, with));
	REFUSE(r, mprotect, MASKED(2, PROT_EXEC, PROT_EXEC));
	REFUSE(r, pkey_mprotect, MASKED(2, PROT_EXEC, PROT_EXEC));
	REFUSE(r, shmat, MASKED(2, SHM_EXEC, SHM_EXEC));
	REFUSE(r, personality, OTHER(0, 0xffffffff)); /* to read it is no harm */
	if (!modules)
		return;
	REFUSE(r, mmap, MASKED(2, PROT_EXEC, PROT_EXEC), MASKED(3, MAP_ANONYMOUS, MAP_ANONYMOUS));
	REFUSE(r, mmap2, MASKED(2, PROT_EXEC, PROT_EXEC), MASKED(3, MAP_ANONYMOUS, MAP_ANONYMOUS));
}

static void filter_rules(struct rule *r, const struct rd_filter *f)
{
	if (!f->calls) {
		filter_refuse_memory(r, f->modules);
		return;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		filter_whole(r, calls[i]);
	filter_sockets(r, f->connect);
	filter_parts(r);
	filter_allow_memory(r, f);
}

bool rd_filter_load(const struct rd_filter *f)
{
	struct rule r = { seccomp_init(f->calls ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW), false };
	int error;

	errno = ENOMEM;
	if (!r.to)
		return false;
	filter_rules(&r, f);
	error = r.failed ? -EINVAL : seccomp_attr_set(r.to, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!error)
		error = seccomp_attr_set(r.to, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
	if (!error)
		error = seccomp_load(r.to);
	seccomp_release(r.to);
	errno = -error;
	return !error;
}

const char *rd_filter_lacks(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
		return NULL;
	return errno == EPERM ? "seccomp is refused to this process" : "this kernel has no seccomp";
}

#else

#include <errno.h>

bool rd_filter_load(const struct rd_filter *f)
{
	(void)f;
	errno = ENOSYS;
	return false;
}

const char *rd_filter_lacks(void)
{
	return "it was built without libseccomp";
}

#endif

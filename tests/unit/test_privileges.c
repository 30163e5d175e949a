/*
 * test_privileges - who this process becomes, and that there is no way back. Each test is a process
 * of its own; what needs root is not there without.
 */
#include "guard/privileges.h"

#include <check.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STRANGER = 65534 };

static char why[256];

static struct rd_identity found(const char *user, const char *group)
{
	struct rd_identity who;

	ck_assert_msg(rd_privileges_find(user, group, &who, why, sizeof(why)), "%s", why);
	return who;
}

static void becomes(uid_t uid, gid_t gid, bool bind_low)
{
	struct rd_identity who = { .name = "someone", .uid = uid, .gid = gid };

	who.group[who.groups++] = gid;
	ck_assert_msg(rd_privileges_drop(&who, bind_low, why, sizeof(why)), "%s", why);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* LeakSanitizer looks at this process at its end */
}

static unsigned permitted(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	ck_assert_int_eq(syscall(SYS_capget, &header, data), 0);
	ck_assert_uint_eq(data[0].permitted, data[0].effective);
	ck_assert_uint_eq(data[0].inheritable | data[1].inheritable | data[1].permitted, 0);
	return data[0].permitted;
}

static void has_no_way_back(void)
{
	gid_t groups[4];

	ck_assert(!rd_privileges_root());
	ck_assert_int_eq(setresuid(0, 0, 0), -1);
	ck_assert_int_eq(setuid(0), -1);
	ck_assert_int_eq(setgid(0), -1);
	ck_assert_int_eq(setgroups(0, NULL), -1);
	ck_assert_int_eq(getgroups(4, groups), 1);
	ck_assert_int_eq(groups[0], STRANGER);
	ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}

START_TEST(gives_all_up)
{
	becomes(STRANGER, STRANGER, false);
	has_no_way_back();
	ck_assert_uint_eq(permitted(), 0);
	for (unsigned long i = 0; i < 40; i++)
		ck_assert_int_eq(prctl(PR_CAPBSET_READ, i, 0, 0, 0), 0);
}
END_TEST

START_TEST(binds_low_ports)
{
	becomes(STRANGER, STRANGER, true);
	has_no_way_back();
	ck_assert_uint_eq(permitted(), 1U << CAP_NET_BIND_SERVICE);
	ck_assert_int_eq(prctl(PR_CAPBSET_READ, CAP_NET_BIND_SERVICE, 0, 0, 0), 1);
	ck_assert_int_eq(prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_BIND_SERVICE, 0, 0),
			 0);
}
END_TEST

/* Who has given it up is no one who could become a third. */
START_TEST(once)
{
	struct rd_identity who;

	becomes(STRANGER, STRANGER, false);
	ck_assert(!rd_privileges_find("root", NULL, &who, why, sizeof(why)));
	ck_assert_str_eq(why, "root: only root can become another user");
	who = (struct rd_identity){ .uid = 1, .gid = 1 };
	ck_assert(!rd_privileges_drop(&who, false, why, sizeof(why)));
}
END_TEST

/* Only the saved user is root: that is a way back. */
START_TEST(half_root)
{
	ck_assert_int_eq(setresuid(STRANGER, STRANGER, 0), 0);
	ck_assert(rd_privileges_root());
	ck_assert_int_eq(setresuid(0, 0, 0), 0);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
END_TEST

START_TEST(root_stays)
{
	struct rd_identity who = found("root", NULL);

	ck_assert(rd_privileges_drop(&who, false, why, sizeof(why)));
	ck_assert(rd_privileges_root());
	ck_assert_int_eq(setresuid(0, 0, 0), 0);
}
END_TEST

START_TEST(as_it_is)
{
	struct rd_identity who = found(NULL, NULL);

	ck_assert_str_eq(who.name, "");
	ck_assert_int_eq(who.uid, geteuid());
	ck_assert_msg(rd_privileges_drop(&who, false, why, sizeof(why)), "%s", why);
	ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}
END_TEST

START_TEST(nobody_there)
{
	struct rd_identity who;

	ck_assert(!rd_privileges_find("no-such-user", NULL, &who, why, sizeof(why)));
	ck_assert_str_eq(why, "no-such-user: no such user");
	ck_assert(!rd_privileges_find("root", "no-such-group", &who, why, sizeof(why)));
	ck_assert_str_eq(why, "no-such-group: no such group");
	ck_assert(!rd_privileges_find(NULL, "root", &who, why, sizeof(why)));
	ck_assert_str_eq(why, "root: a group goes with a user");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("privileges");
	TCase *tcase = tcase_create("privileges");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, as_it_is);
	tcase_add_test(tcase, nobody_there);
	if (geteuid() == 0) {
		tcase_add_test(tcase, gives_all_up);
		tcase_add_test(tcase, binds_low_ports);
		tcase_add_test(tcase, once);
		tcase_add_test(tcase, half_root);
		tcase_add_test(tcase, root_stays);
	}
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

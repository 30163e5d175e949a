/*
 * configured - configuration files in a directory of their own, which is where the test is.
 */
#ifndef TESTS_UNIT_CONFIGURED_H
#define TESTS_UNIT_CONFIGURED_H

#include "config/config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROUTE(inside) "route \"/\" {\n" inside "\n}\n"

static char directory[] = "/tmp/test-config-XXXXXX";

static inline void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static inline struct rd_config *load(const char *text, char why[RD_CONFIG_WHY])
{
	write_file("t.conf", text);
	return rd_config_load("t.conf", why);
}

static inline void directory_enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	write_file("good.conf", "host \"a\" {\n route \"/\" { text = a }\n}\n");
}

static inline void directory_leave(void)
{
	unlink("good.conf");
	unlink("t.conf");
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}

#endif

/*
 * process - what the kernel says of this process.
 * Thread:  any.
 */
#include "observe/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Pages: of the address space, and of them in memory (proc_pid_statm(5)). */
static void process_memory(struct rd_process *p)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long all, resident, page = (unsigned long long)sysconf(_SC_PAGESIZE);

	if (!f)
		return;
	if (fscanf(f, "%llu %llu", &all, &resident) == 2) {
		p->address_space = all * page;
		p->resident = resident * page;
	}
	fclose(f);
}

/* The entries of a directory of /proc, but for "." and "..". */
static uint64_t process_entries(const char *path)
{
	DIR *directory = opendir(path);
	uint64_t entries = 0;

	if (!directory)
		return 0;
	for (struct dirent *d; (d = readdir(directory));)
		entries += d->d_name[0] != '.';
	closedir(directory);
	return entries;
}

/* Linux 6.2 gives their number as the directory's size; one before that has them counted. */
static uint64_t process_descriptors(void)
{
	struct stat st;

	if (stat("/proc/self/fd", &st) == 0 && st.st_size > 0)
		return (uint64_t)st.st_size;
	return process_entries("/proc/self/fd");
}

static uint64_t process_us(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

static uint64_t process_cpu_us(const struct rusage *usage)
{
	return process_us(&usage->ru_utime) + process_us(&usage->ru_stime);
}

void rd_process_spent(struct rd_process_spent *spent)
{
	struct rusage all, own;

	*spent = (struct rd_process_spent){ 0 };
	if (getrusage(RUSAGE_SELF, &all) != 0 || getrusage(RUSAGE_THREAD, &own) != 0)
		return;
	spent->cpu_us = process_cpu_us(&all);
	spent->waits = (uint64_t)(all.ru_nvcsw - own.ru_nvcsw);
}

void rd_process_look(struct rd_process *p)
{
	struct rlimit limit;
	struct rusage usage;

	*p = (struct rd_process){ 0 };
	process_memory(p);
	p->descriptors = process_descriptors();
	p->threads = process_entries("/proc/self/task");
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		p->descriptors_max = limit.rlim_cur;
	if (getrusage(RUSAGE_SELF, &usage) == 0)
		p->cpu_us = process_cpu_us(&usage);
}

/*
 * fastcgi_pool - connections to an application server.
 * Thread:  any.
 * Owns:    what is idle; a link is its request's until it is given back.
 * Never:   waits while it holds the lock.
 */
#include "handlers/fastcgi_pool.h"

#include "base/clock.h"
#include "base/lock.h"
#include "net/connect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IDLE_US = 30 * 1000 * 1000 }; /* after which what was not needed is closed */

struct rd_fastcgi_pool {
	char *name;
	struct rd_sockaddr to[RD_ADDRESS_MAX];
	int addresses;
	/* under lock */
	struct rd_fastcgi_pool *next;
	unsigned users;
	unsigned unheard; /* new connections whose peer has not answered */
	unsigned idle;
	struct {
		int fd;
		uint64_t since_us;
	} kept[RD_FASTCGI_KEPT]; /* the newest is last */
};

/* All pools of this process, and what is under lock in each. */
static struct rd_lock lock = { PTHREAD_MUTEX_INITIALIZER, RANK_FASTCGI };
static struct rd_fastcgi_pool *pools;

static bool pool_resolve(struct rd_fastcgi_pool *p, char *why, size_t size)
{
	struct rd_address address;
	const char *reason;

	if (rd_address_parse(p->name, &address, &reason)) {
		p->addresses = rd_address_resolve(&address, false, p->to, RD_ADDRESS_MAX, &reason);
		if (p->addresses > 0)
			return true;
	}
	snprintf(why, size, "%s: %s", p->name, reason);
	return false;
}

static struct rd_fastcgi_pool *pool_new(const char *address, char *why, size_t size)
{
	struct rd_fastcgi_pool *p = calloc(1, sizeof(*p));

	if (p && (p->name = strdup(address))) {
		if (pool_resolve(p, why, size))
			return p;
		free(p->name);
	} else {
		snprintf(why, size, "%s: no memory", address);
	}
	free(p);
	return NULL;
}

static struct rd_fastcgi_pool *pool_find(const char *address)
{
	struct rd_fastcgi_pool *p = pools;

	while (p && strcmp(p->name, address) != 0)
		p = p->next;
	return p;
}

struct rd_fastcgi_pool *rd_fastcgi_pool_get(const char *address, char *why, size_t size)
{
	struct rd_fastcgi_pool *made = pool_new(address, why, size), *p;

	if (!made)
		return NULL;
	rd_lock_take(&lock);
	p = pool_find(address);
	if (!p) {
		p = made;
		p->next = pools;
		pools = p;
		made = NULL;
	}
	p->users++;
	rd_lock_drop(&lock);
	if (made) {
		free(made->name);
		free(made);
	}
	return p;
}

void rd_fastcgi_pool_free(struct rd_fastcgi_pool *p)
{
	struct rd_fastcgi_pool **at = &pools;
	bool last;

	rd_lock_take(&lock);
	last = --p->users == 0;
	while (last && *at != p)
		at = &(*at)->next;
	if (last)
		*at = p->next;
	rd_lock_drop(&lock);
	if (!last)
		return;
	while (p->idle > 0)
		close(p->kept[--p->idle].fd);
	free(p->name);
	free(p);
}

/* The connection that has been idle for the longest, where that is since `until_us`; else -1. */
static int pool_oldest(struct rd_fastcgi_pool *p, uint64_t until_us)
{
	int fd;

	if (p->idle == 0 || p->kept[0].since_us > until_us)
		return -1;
	fd = p->kept[0].fd;
	p->idle--;
	memmove(&p->kept[0], &p->kept[1], p->idle * sizeof(p->kept[0]));
	return fd;
}

/* Nothing is to be read from it: no end, and no byte that nobody asked for. */
static bool pool_alive(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

bool rd_fastcgi_pool_take(struct rd_fastcgi_pool *p, struct rd_fastcgi_link *link)
{
	int fd;

	do {
		rd_lock_take(&lock);
		fd = p->idle > 0 ? p->kept[--p->idle].fd : -1;
		rd_lock_drop(&lock);
		*link = (struct rd_fastcgi_link){ .fd = fd, .kept = true };
		if (fd >= 0 && !pool_alive(fd)) {
			close(fd);
			link->fd = -1;
		}
	} while (fd >= 0 && link->fd < 0);
	return link->fd >= 0;
}

bool rd_fastcgi_pool_connect(struct rd_fastcgi_pool *p, uint64_t until_us, int cancel_fd,
			     struct rd_fastcgi_link *link)
{
	int oldest;

	*link = (struct rd_fastcgi_link){ .fd = -1, .counts = true };
	rd_lock_take(&lock);
	p->unheard++;
	oldest = pool_oldest(p, UINT64_MAX);
	rd_lock_drop(&lock);
	if (oldest >= 0)
		close(oldest);
	for (int i = 0; i < p->addresses && link->fd < 0; i++)
		link->fd = rd_connect(&p->to[i], until_us, cancel_fd);
	if (link->fd >= 0)
		return true;
	rd_fastcgi_pool_heard(p, link); /* errno stays */
	return false;
}

void rd_fastcgi_pool_heard(struct rd_fastcgi_pool *p, struct rd_fastcgi_link *link)
{
	if (!link->counts)
		return;
	rd_lock_take(&lock);
	p->unheard--;
	rd_lock_drop(&lock);
	link->counts = false;
}

void rd_fastcgi_pool_give(struct rd_fastcgi_pool *p, struct rd_fastcgi_link *link, unsigned keep)
{
	uint64_t now = rd_clock_us();
	int old;

	rd_fastcgi_pool_heard(p, link);
	rd_lock_take(&lock);
	if (keep > RD_FASTCGI_KEPT)
		keep = RD_FASTCGI_KEPT;
	if (p->idle < keep && p->unheard == 0) {
		p->kept[p->idle].fd = link->fd;
		p->kept[p->idle++].since_us = now;
		link->fd = -1;
	}
	old = pool_oldest(p, now > IDLE_US ? now - IDLE_US : 0);
	rd_lock_drop(&lock);
	if (old >= 0)
		close(old);
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

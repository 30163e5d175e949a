/*
 * limits - what one client may take of a listener.
 * Thread:  any.
 * Owns:    the table of clients.
 * Never:   refuses one that it does not know.
 */
#include "guard/limits.h"

#include "base/lock.h"
#include "base/log.h"
#include "base/must.h"
#include "guard/bucket.h"
#include "net/client.h"

#include <stdlib.h>

enum { COMPLAIN_US = 1000 * 1000 }; /* between two lines of the log that say the same */

enum limits_which {
	LIMITS_CONNECTIONS,
	LIMITS_RATE,
	LIMITS_COUNT,
};

struct limits_place {
	uint64_t client;  /* 0: nobody's */
	uint64_t full_ns; /* of its bucket */
	unsigned connections;
};

struct rd_limits {
	struct rd_lock lock; /* rank LIMITS; no lock is taken inside */
	/* fixed at birth */ uint64_t key[2];
	_Atomic unsigned rate; /* of config, to be seen without the lock */
	/* under lock */ struct rd_limits_config config;
	uint64_t complained_us[LIMITS_COUNT];
	struct limits_place place[RD_LIMITS_PLACES];
};

struct rd_limits *rd_limits_new(void)
{
	struct rd_limits *l = calloc(1, sizeof(*l)); /* pages that no client needs are not there */

	if (!l)
		return NULL;
	rd_lock_init(&l->lock, RANK_LIMITS);
	arc4random_buf(l->key, sizeof(l->key));
	return l;
}

void rd_limits_free(struct rd_limits *l)
{
	if (!l)
		return;
	rd_lock_fini(&l->lock);
	free(l);
}

void rd_limits_set(struct rd_limits *l, const struct rd_limits_config *config)
{
	rd_lock_take(&l->lock);
	l->config = *config;
	if (config->burst == 0)
		l->config.burst = config->rate;
	atomic_store_explicit(&l->rate, config->rate, memory_order_relaxed);
	rd_lock_drop(&l->lock);
}

/* The first of the places that a client may have. */
static struct limits_place *limits_places(struct rd_limits *l, uint64_t client)
{
	uint64_t hash = (client ^ l->key[0]) * (l->key[1] | 1);

	hash = (hash ^ hash >> 32) * (l->key[1] | 1);
	return &l->place[(hash >> 32) % (RD_LIMITS_PLACES / RD_LIMITS_WAYS) * RD_LIMITS_WAYS];
}

static struct limits_place *limits_find(struct rd_limits *l, uint64_t client)
{
	struct limits_place *place = limits_places(l, client);

	for (int i = 0; i < RD_LIMITS_WAYS; i++)
		if (place[i].client == client)
			return &place[i];
	return NULL;
}

/* How near a client is to a limit, in thousandths; 0: to forget it changes nothing. */
static unsigned limits_nearness(const struct rd_limits *l, const struct limits_place *p,
				uint64_t now_us)
{
	struct rd_bucket_config bucket = { l->config.rate, l->config.burst };
	unsigned most = l->config.connections ? l->config.connections : UINT32_MAX;
	uint64_t nearness = (uint64_t)p->connections * 1000 / most;
	unsigned taken = l->config.rate ? rd_bucket_taken(p->full_ns, &bucket, now_us) : 0;

	if (nearness == 0 && p->connections > 0)
		nearness = 1;
	if (nearness > 1000)
		nearness = 1000;
	return taken > nearness ? taken : (unsigned)nearness;
}

/* The client's place, which may have been another's. */
static struct limits_place *limits_have(struct rd_limits *l, uint64_t client, uint64_t now_us)
{
	struct limits_place *found = limits_find(l, client), *place;
	unsigned least = UINT32_MAX;

	MUST(client != 0);
	if (found)
		return found;
	place = limits_places(l, client);
	for (int i = 0; i < RD_LIMITS_WAYS; i++) {
		unsigned nearness = place[i].client ? limits_nearness(l, &place[i], now_us) + 1 : 0;

		if (nearness >= least)
			continue;
		least = nearness;
		found = &place[i];
	}
	*found = (struct limits_place){ .client = client };
	return found;
}

/* Whether to say so: not more often than once a second. Under the lock. */
static bool limits_complains(struct rd_limits *l, enum limits_which which, uint64_t now_us)
{
	if (l->complained_us[which] && now_us < l->complained_us[which] + COMPLAIN_US)
		return false;
	l->complained_us[which] = now_us;
	return true;
}

bool rd_limits_enter(struct rd_limits *l, uint64_t client, uint64_t now_us)
{
	struct limits_place *place;
	bool may, says = false;
	char text[RD_CLIENT_TEXT];
	unsigned most;

	rd_lock_take(&l->lock);
	place = limits_have(l, client, now_us);
	most = l->config.connections;
	may = most == 0 || place->connections < most;
	if (may)
		place->connections++;
	else
		says = limits_complains(l, LIMITS_CONNECTIONS, now_us);
	rd_lock_drop(&l->lock);
	if (says)
		rd_log("limits: %s has %u connections; more are refused",
		       rd_client_format(client, text), most);
	return may;
}

void rd_limits_leave(struct rd_limits *l, uint64_t client)
{
	struct limits_place *place;

	rd_lock_take(&l->lock);
	place = limits_find(l, client);
	if (place && place->connections > 0) /* else it was forgotten meanwhile */
		place->connections--;
	rd_lock_drop(&l->lock);
}

bool rd_limits_ask(struct rd_limits *l, uint64_t client, uint64_t now_us, uint64_t *wait_us)
{
	struct rd_bucket_config bucket;
	bool may = true, says = false;
	char text[RD_CLIENT_TEXT];

	if (atomic_load_explicit(&l->rate, memory_order_relaxed) == 0)
		return true;
	rd_lock_take(&l->lock);
	bucket = (struct rd_bucket_config){ l->config.rate, l->config.burst };
	if (bucket.rate > 0)
		may = rd_bucket_take(&limits_have(l, client, now_us)->full_ns, &bucket, now_us,
				     wait_us);
	if (!may)
		says = limits_complains(l, LIMITS_RATE, now_us);
	rd_lock_drop(&l->lock);
	if (says)
		rd_log("limits: %s asks more than %u times a second; what is more is refused",
		       rd_client_format(client, text), bucket.rate);
	return may;
}

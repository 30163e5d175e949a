/*
 * auth - who may ask: Basic authentication against a file of names and hashed passwords.
 *
 * A page comes with a dozen requests that all carry the same credentials, and a good hash takes a
 * quarter of a second. So those that were right lately are remembered, as their cheapest SHA-crypt
 * with a salt that is made at the start and told to nobody: what is remembered can be compared,
 * and gives nothing to who reads it. What is wrong is never remembered and always costs the hash.
 *
 * Thread:  made by one; checked by any worker, which is then inside something that blocks.
 * Owns:    the text of the file; what is remembered, under the lock.
 * Never:   leaves a password in memory that it gives back.
 */
#include "app/auth.h"

#include "app/exchange.h"
#include "base/lock.h"
#include "base/slurp.h"
#include "codec/basic.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_MAX = 4 * 1024 * 1024,
	RECENT = 64,	      /* credentials that are remembered, at most */
	RECENT_ROUNDS = 1000, /* the fewest that SHA-crypt has: half a millisecond */
	RECENT_TAG = 43,      /* what follows the salt in a SHA-256-crypt */
};

struct user {
	const char *name, *hash; /* in text */
};

struct rd_auth {
	char *text;
	size_t text_len;
	struct user *user; /* sorted by name; at least one */
	size_t users;
	char *challenge; /* Basic realm="...", charset="UTF-8" */
	char salt[CRYPT_GENSALT_OUTPUT_SIZE];
	struct rd_lock lock; /* rank AUTH */
	/* under lock */ char recent[RECENT][RECENT_TAG];
};

/* What a check holds of the client's secrets; wiped at its end. */
struct attempt {
	struct crypt_data crypt;
	char plain[RD_BASIC_MAX];
	struct rd_span name, password;
};

static int auth_compare(const void *a, const void *b)
{
	return strcmp(((const struct user *)a)->name, ((const struct user *)b)->name);
}

/* In a time that does not tell where they differ. */
static bool auth_same(const char *a, const char *b, size_t len)
{
	unsigned char differs = 0;

	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

/* A bcrypt has its cost after the prefix: "04$" to "31$". */
static bool auth_cost_ok(const char *at)
{
	return strspn(at, "0123456789") == 2 && at[2] == '$' && strncmp(at, "04", 2) >= 0 &&
	       strncmp(at, "31", 2) <= 0;
}

/* Of a kind that is meant for passwords, and whole. */
static bool auth_hash_ok(const char *hash)
{
	static const struct {
		const char *prefix;
		size_t tail; /* bytes after the last '$' */
	} kinds[] = {
		{ "$2a$", 53 }, { "$2b$", 53 }, { "$2y$", 53 },
		{ "$5$", 43 },	{ "$6$", 86 },	{ "$y$", 43 },
	};
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const char *last = strrchr(hash, '$');

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(hash, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return strlen(last + 1) == kinds[i].tail &&
			       last[1 + strspn(last + 1, digits)] == '\0' &&
			       strlen(hash) < CRYPT_OUTPUT_SIZE &&
			       (hash[1] != '2' || auth_cost_ok(hash + 4)) &&
			       crypt_checksalt(hash) != CRYPT_SALT_INVALID &&
			       crypt_checksalt(hash) != CRYPT_SALT_METHOD_DISABLED;
	return false;
}

/* Cuts a line in its parts; what is wrong with it, or NULL. */
static const char *auth_line(char *line, struct user *user)
{
	char *colon = strchr(line, ':'), *rest;

	if (!colon || colon == line)
		return "is not NAME:HASH";
	*colon = '\0';
	rest = strchr(colon + 1, ':');
	if (rest)
		*rest = '\0';
	*user = (struct user){ line, colon + 1 };
	if (!auth_hash_ok(user->hash))
		return "the hash is none of bcrypt, SHA-crypt or yescrypt (htpasswd -B makes "
		       "bcrypt)";
	return NULL;
}

/* Adds the users of the lines; false, and *number is the line that is wrong, 0: no memory. */
static bool auth_lines(struct rd_auth *auth, const char **what, unsigned *number)
{
	char *next = auth->text, *line;
	size_t room = 0;

	*number = 0;
	while ((line = strsep(&next, "\n"))) {
		size_t len = strlen(line);

		++*number;
		if (len > 0 && line[len - 1] == '\r')
			line[len - 1] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (auth->users == room) {
			struct user *more;

			room = room ? 2 * room : 16;
			more = reallocarray(auth->user, room, sizeof(*more));
			if (!more) {
				*number = 0;
				return false;
			}
			auth->user = more;
		}
		*what = auth_line(line, &auth->user[auth->users]);
		if (*what)
			return false;
		auth->users++;
	}
	return true;
}

/* The users of the text; false, and why says what is wrong. */
static bool auth_users(struct rd_auth *auth, const char *path, char *why, size_t size)
{
	const char *what = NULL;
	unsigned number;

	if (memchr(auth->text, '\0', auth->text_len)) {
		snprintf(why, size, "%s: has a NUL in it", path);
		return false;
	}
	if (!auth_lines(auth, &what, &number)) {
		if (number)
			snprintf(why, size, "%s:%u: %s", path, number, what);
		else
			snprintf(why, size, "%s: no memory", path);
		return false;
	}
	if (auth->users == 0) {
		snprintf(why, size, "%s: has no name in it", path);
		return false;
	}
	qsort(auth->user, auth->users, sizeof(*auth->user), auth_compare);
	for (size_t i = 1; i < auth->users; i++)
		if (strcmp(auth->user[i].name, auth->user[i - 1].name) == 0) {
			snprintf(why, size, "%s: \"%s\" is there twice", path, auth->user[i].name);
			return false;
		}
	return true;
}

/* The field's value, the realm as a quoted string (RFC 9110 §5.6.4); NULL when it cannot be one. */
static char *auth_challenge(const char *realm)
{
	static const char before[] = "Basic realm=\"", after[] = "\", charset=\"UTF-8\"";
	char *text = malloc(sizeof(before) + 2 * strlen(realm) + sizeof(after)), *to;

	if (!text)
		return NULL;
	to = stpcpy(text, before);
	for (; *realm; realm++) {
		if (*realm == '"' || *realm == '\\')
			*to++ = '\\';
		*to++ = *realm;
	}
	strcpy(to, after);
	return text;
}

static bool auth_realm_ok(const char *realm)
{
	for (; *realm; realm++)
		if ((unsigned char)*realm < ' ' || *realm == 127)
			return false;
	return true;
}

struct rd_auth *rd_auth_load(const char *realm, const char *path, char *why, size_t size)
{
	struct rd_auth *auth = calloc(1, sizeof(*auth));

	if (!auth) {
		snprintf(why, size, "%s: no memory", path);
		return NULL;
	}
	rd_lock_init(&auth->lock, RANK_AUTH);
	auth->text = rd_slurp(path, FILE_MAX, &auth->text_len, why, size);
	if (!auth->text || !auth_users(auth, path, why, size)) {
		rd_auth_free(auth);
		return NULL;
	}
	if (!auth_realm_ok(realm)) {
		snprintf(why, size, "%s: the realm has a control byte in it", path);
		rd_auth_free(auth);
		return NULL;
	}
	auth->challenge = auth_challenge(realm);
	if (!auth->challenge ||
	    !crypt_gensalt_rn("$5$", RECENT_ROUNDS, NULL, 0, auth->salt, sizeof(auth->salt))) {
		snprintf(why, size, "%s: no memory, or no random bytes", path);
		rd_auth_free(auth);
		return NULL;
	}
	return auth;
}

void rd_auth_free(struct rd_auth *auth)
{
	if (!auth)
		return;
	rd_lock_fini(&auth->lock);
	if (auth->text)
		explicit_bzero(auth->text, auth->text_len);
	free(auth->text);
	free(auth->user);
	free(auth->challenge);
	explicit_bzero(auth, sizeof(*auth));
	free(auth);
}

/* The user of that name. Of a name that is not there, one that always stands in for it. */
static const struct user *auth_find(const struct rd_auth *auth, const char *name, bool *known)
{
	const struct user wanted = { name, NULL };
	const struct user *user =
		bsearch(&wanted, auth->user, auth->users, sizeof(*user), auth_compare);
	size_t sum = 0;

	*known = user != NULL;
	if (user)
		return user;
	while (*name)
		sum = sum * 31 + (unsigned char)*name++;
	return &auth->user[sum % auth->users];
}

/* A name that is not there costs a hash too: the time does not tell which names there are. */
static bool auth_verify(const struct rd_auth *auth, struct attempt *a)
{
	bool known;
	const struct user *user = auth_find(auth, a->name.at, &known);
	const char *made = crypt_r(a->password.at, user->hash, &a->crypt);
	bool same = made && auth_same(made, user->hash, strlen(user->hash) + 1);

	return known && same;
}

/* What is remembered of the attempt, and in *place where; NULL when it cannot be. */
static const char *auth_tag(const struct rd_auth *auth, struct attempt *a, size_t *place)
{
	const char *made, *tag;

	a->plain[a->name.len] = ':';
	made = crypt_r(a->plain, auth->salt, &a->crypt);
	a->plain[a->name.len] = '\0';
	tag = made && *made == '$' ? strrchr(made, '$') + 1 : NULL;
	if (!tag || strlen(tag) != RECENT_TAG)
		return NULL;
	*place = (size_t)((unsigned char)tag[0] * 5 + (unsigned char)tag[1]) % RECENT;
	return tag;
}

static bool auth_allows(struct rd_auth *auth, struct attempt *a)
{
	size_t place = 0;
	const char *made = auth_tag(auth, a, &place);
	char tag[RECENT_TAG];
	bool recent = false;

	if (made) {
		memcpy(tag, made, sizeof(tag));
		rd_lock_take(&auth->lock);
		recent = auth_same(auth->recent[place], tag, sizeof(tag));
		rd_lock_drop(&auth->lock);
	}
	if (recent)
		return true;
	if (!auth_verify(auth, a))
		return false;
	if (made) {
		rd_lock_take(&auth->lock);
		memcpy(auth->recent[place], tag, sizeof(tag));
		rd_lock_drop(&auth->lock);
	}
	return true;
}

int rd_auth_check(struct rd_auth *auth, struct replyd_exchange *x)
{
	unsigned i = 0;
	const struct rd_field *field = rd_head_next(&x->head, FIELD_AUTHORIZATION, &i);
	bool once = field && !rd_head_next(&x->head, FIELD_AUTHORIZATION, &i);
	struct attempt *a;
	bool allowed = false;

	if (once) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return 503;
		allowed = rd_basic_parse(field->value, a->plain, &a->name, &a->password) &&
			  auth_allows(auth, a);
		explicit_bzero(a, sizeof(*a));
		free(a);
	}
	if (allowed)
		return 0;
	rd_reply_field(&x->reply, "WWW-Authenticate", auth->challenge);
	return 401;
}

/*
 * kv - a store of JSON values by key, in SQLite: GET, PUT and DELETE /kv/KEY; GET /kv?prefix=P
 * lists keys. Each write is a transaction, and on the disk when it is answered. The handlers block
 * in the database, and that is all there is to it: one connection, and a lock around each use.
 *
 *     kv FILE [ADDRESS]
 */
#include <replyd.h>

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>

#define JSON "application/json"

static struct {
	pthread_mutex_t lock;
	sqlite3 *db;
} store = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int failed(struct replyd_exchange *x)
{
	replyd_log(x, "sqlite: %s", sqlite3_errmsg(store.db));
	return replyd_format(x, 500, JSON, "{\"error\":\"the store failed\"}\n");
}

/* Prepares a statement with up to two texts. NULL when that fails. */
static sqlite3_stmt *statement(const char *sql, const char *first, const char *second, int len)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(store.db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_text(s, 1, first, -1, SQLITE_TRANSIENT);
	if (second)
		sqlite3_bind_text(s, 2, second, len, SQLITE_TRANSIENT);
	return s;
}

static int get(struct replyd_exchange *x, const char *key)
{
	sqlite3_stmt *s = statement("SELECT value FROM kv WHERE key = ?1", key, NULL, 0);
	int step = s ? sqlite3_step(s) : SQLITE_ERROR, status;

	if (step == SQLITE_ROW)
		status = replyd_format(x, 200, JSON, "%s\n", sqlite3_column_text(s, 0));
	else if (step == SQLITE_DONE)
		status = replyd_format(x, 404, JSON, "{\"error\":\"no such key\"}\n");
	else
		status = failed(x);
	sqlite3_finalize(s);
	return status;
}

static int is_json(const char *text, int len)
{
	sqlite3_stmt *s = statement("SELECT json_valid(?2), ?1", "", text, len);
	int valid = s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0);

	sqlite3_finalize(s);
	return valid;
}

static int put(struct replyd_exchange *x, const char *key)
{
	size_t len;
	const char *value = replyd_body(x, &len);
	sqlite3_stmt *s;
	int status;

	if (!value)
		return 503;
	if (!is_json(value, (int)len))
		return replyd_format(x, 400, JSON, "{\"error\":\"the value is no JSON\"}\n");
	s = statement("INSERT INTO kv VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
		      key, value, (int)len);
	if (s && sqlite3_step(s) == SQLITE_DONE)
		status = replyd_bytes(x, 204, NULL, "", 0);
	else
		status = failed(x);
	sqlite3_finalize(s);
	return status;
}

static int drop(struct replyd_exchange *x, const char *key)
{
	sqlite3_stmt *s = statement("DELETE FROM kv WHERE key = ?1", key, NULL, 0);
	int status;

	if (!s || sqlite3_step(s) != SQLITE_DONE)
		status = failed(x);
	else if (sqlite3_changes(store.db) == 0)
		status = replyd_format(x, 404, JSON, "{\"error\":\"no such key\"}\n");
	else
		status = replyd_bytes(x, 204, NULL, "", 0);
	sqlite3_finalize(s);
	return status;
}

struct work {
	int (*perform)(struct replyd_exchange *x, const char *key);
};

/* One at a time: the database would have it so for writes in any case. */
static int one(struct replyd_exchange *x, void *data)
{
	const struct work *work = data;
	int status;

	pthread_mutex_lock(&store.lock);
	status = work->perform(x, replyd_param(x, "key"));
	pthread_mutex_unlock(&store.lock);
	return status;
}

static int list(struct replyd_exchange *x, const char *unused)
{
	sqlite3_stmt *s = statement("SELECT json_group_array(key) FROM (SELECT key FROM kv "
				    "WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key)",
				    replyd_query(x, "prefix", ""), NULL, 0);
	int status;

	(void)unused;
	if (s && sqlite3_step(s) == SQLITE_ROW)
		status = replyd_format(x, 200, JSON, "%s\n", sqlite3_column_text(s, 0));
	else
		status = failed(x);
	sqlite3_finalize(s);
	return status;
}

int main(int argc, char **argv)
{
	static struct work gets = { get }, stores = { put }, drops = { drop }, lists = { list };
	struct replyd *server = replyd_new();
	int status;

	if (argc < 2) {
		fprintf(stderr, "kv FILE [ADDRESS]\n");
		return 2;
	}
	if (sqlite3_open(argv[1], &store.db) != SQLITE_OK ||
	    sqlite3_exec(store.db,
			 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			 "CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT)",
			 NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", argv[1], sqlite3_errmsg(store.db));
		return 1;
	}
	replyd_route(server, "GET /kv/{key}", one, &gets);
	replyd_route(server, "PUT /kv/{key}", one, &stores);
	replyd_route(server, "DELETE /kv/{key}", one, &drops);
	replyd_route(server, "GET /kv", one, &lists);
	status = replyd_run(server, argc > 2 ? argv[2] : "127.0.0.1:8080");
	replyd_free(server);
	sqlite3_close(store.db);
	return status;
}

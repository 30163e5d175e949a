/*
 * The numbers that can be set: for the program by options, by replyd_set in a program that embeds
 * it. Each with its default and its range.
 *
 *      name      word        default    least      most  text
 */
SETTING(WORKERS,  "workers",       64,       1,    10000, "worker threads, at most")
SETTING(WORKERS_MIN, "workers_min",  1,       1,    10000, "worker threads, at least")
SETTING(MAINS,    "mains",         1,       1,       64, "threads that accept and wait for clients, each with a queue and a part of the workers")
SETTING(STACK,    "stack",     262144,  131072, 1073741824, "bytes of a worker's stack")
SETTING(WORKER_IDLE_MS, "worker_idle_ms", 10000, 10, 86400000, "milliseconds without work, after which a worker above the least leaves")
SETTING(CONCURRENCY, "concurrency",  0,       0,    10000, "workers that run at once, unless they block; 0: as many as there are processors")
SETTING(QUEUE,    "queue",       8192,       1,  1000000, "connections that may wait for a worker")
SETTING(QUEUE_SHED, "queue_shed",    1,       0,        1, "1: refuse what has waited too long while more comes than can be served")
SETTING(QUEUE_TARGET_MS, "queue_target_ms", 5, 1,   60000, "milliseconds of waiting that are no sign of that")
SETTING(QUEUE_INTERVAL_MS, "queue_interval_ms", 100, 1, 3600000, "milliseconds with longer waits that are")
SETTING(QUEUE_LIMIT_MS, "queue_limit_ms", 50, 1,  3600000, "milliseconds of waiting that are too long then")
SETTING(HEAD_MS,  "head_ms",    10000,      10,  3600000, "milliseconds for a whole request head")
SETTING(IDLE_MS,  "idle_ms",    60000,      10, 86400000, "milliseconds between two requests")
SETTING(BODY_MS,  "body_ms",    30000,      10,  3600000, "milliseconds without a byte of a request body")
SETTING(WRITE_MS, "write_ms",   30000,      10,  3600000, "milliseconds in which a client takes some of a reply")
SETTING(DRAIN_MS, "drain_ms",   10000,       0,  3600000, "milliseconds for what is in flight at a stop")
SETTING(UPGRADE_MS, "upgrade_ms", 60000,    10,  3600000, "milliseconds for the new program of an upgrade to be ready")
SETTING(GRACE_MS, "grace_ms",   2000,       0,  3600000, "milliseconds after its time for a handler to return")
SETTING(STUCK,    "stuck",        64,       0,    10000, "workers that others are started for while their handlers are late")
SETTING(STACK_SIGNAL, "stack_signal", 0,      0,       64, "signal by which a late handler's stack is logged; 0: it is not")
SETTING(BODY_RATE,"body_rate",    500,       1, 1000000000, "bytes a second of a request body, at least")
SETTING(WRITE_RATE,"write_rate",  500,       1, 1000000000, "bytes a second of a reply, at least, that a client takes")
SETTING(SPOOL_MAX, "spool_max", 4294967296, 65536, 1000000000000000, "bytes of all temporary files together")
SETTING(LIMIT_CONNECTIONS, "limit_connections", 0, 0, 1000000, "connections at once from one address; 0: no limit")
SETTING(LIMIT_RATE, "limit_rate", 0,      0,  1000000, "requests a second from one address; 0: no limit")
SETTING(LIMIT_BURST, "limit_burst", 0,    0,  1000000, "requests at once from one address, after a rest; 0: those of a second")
SETTING(STAGES, "stages",            1,       0,        1, "1: the stages of each exchange are timed")

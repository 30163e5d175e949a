/*
 * Lock ranks. A thread that holds one lock takes another only if it stands further down here.
 *
 *        name   word     guards
 */
LOCK_RANK(STOP,  "stop",  "the thread that a started server runs in")
LOCK_RANK(RELOAD, "reload", "which configuration is the next")
LOCK_RANK(CONFIG, "config", "the parser of configuration files, which is for one at a time")
LOCK_RANK(CHANGE, "change", "which listeners main is to take")
LOCK_RANK(LOOK,  "look",  "a running server's parts, while a stranger looks at them")
LOCK_RANK(POOL,  "pool",  "the workers' threads: start and end")
LOCK_RANK(DETACH, "detach", "which connection a detached exchange still has")
LOCK_RANK(GENERATION, "generation", "which generation is the newest, and what is to be freed")
LOCK_RANK(LISTENING, "listening", "which descriptor a listener has, while a stranger looks at it")
LOCK_RANK(QUEUE, "queue", "the ring of waiting connections and the count of running workers")
LOCK_RANK(LEGACY, "legacy", "which clients are left to the next server")
LOCK_RANK(UPLOAD, "upload", "which version of a file is replaced")
LOCK_RANK(CACHE, "cache", "one shard of the file cache")
LOCK_RANK(AUTH,  "auth",  "who was let in lately")
LOCK_RANK(AGENT, "agent", "what a balancer was told last")
LOCK_RANK(LIMITS, "limits", "what each address takes of a listener")
LOCK_RANK(RECENT, "recent", "what exchanges took until a while ago")
LOCK_RANK(SERIES, "series", "the names of routes that are added up")
LOCK_RANK(FASTCGI, "fastcgi", "the idle connections to application servers")
LOCK_RANK(TRACE, "trace", "who begins and who ends to trace")
LOCK_RANK(SCRIBE, "scribe", "who tells the scribe, and whom the scribe tells")
LOCK_RANK(ACCESS_LOG, "access-log", "where the access log goes")
LOCK_RANK(FEED,  "feed",  "what those who trace have not read yet")

/*
 * The sections of replyd.conf. A section stands in those that it names; one with a title may stand
 * there any number of times, each with another title, and one without once.
 *
 *      name       word          stands in           title        text
 */
SECTION(PROCESS,   "process",    IN(ROOT),           NULL,        "whom the server works as")
SECTION(SANDBOX,   "sandbox",    IN(ROOT),           NULL,        "what the server may reach once it serves")
SECTION(ACCESS_LOG, "access_log", IN(ROOT),         NULL,        "a line for each request")
SECTION(WORKERS,   "workers",    IN(ROOT),           NULL,        "the threads that do the work")
SECTION(QUEUE,     "queue",      IN(ROOT),           NULL,        "where connections wait for a worker")
SECTION(CONTROL,   "control",    IN(ROOT),           NULL,        "where the server says how it is, and is told to stop")
SECTION(DRAIN,     "drain",      IN(ROOT),           NULL,        "what happens at a stop")
SECTION(BODY,      "body",       IN(ROOT),           NULL,        "bodies of requests")
SECTION(SPOOL,     "spool",      IN(ROOT),           NULL,        "what is kept in temporary files until it is used or taken")
SECTION(TYPES,     "types",      IN(ROOT),           NULL,        "media types of files")
SECTION(DEADLINES, "deadlines",  IN(ROOT)|IN(LISTEN), NULL,       "how long a client may take")
SECTION(LIMITS,    "limits",     IN(ROOT)|IN(LISTEN), NULL,       "how much a client may send, and how often")
SECTION(LISTEN,    "listen",     IN(ROOT),           "ADDRESS",   "where clients connect")
SECTION(HOST,      "host",       IN(ROOT),           "NAME",      "a name that is answered for")
SECTION(ROUTE,     "route",      IN(ROOT)|IN(HOST),  "PATH",      "what answers below a path")
SECTION(PAGE,      "error_page", IN(ROOT)|IN(HOST),  "STATUS",    "a page for an error")
SECTION(ACCESS,    "access",     IN(LISTEN)|IN(HOST)|IN(ROUTE), NULL, "from where one may ask")
SECTION(AUTH,      "auth",       IN(ROUTE),          NULL,        "who may ask")
SECTION(CORS,      "cors",       IN(ROUTE),          NULL,        "which other origins may read")

/*
 * What is counted. Each counter is written by one thread at a time and added up when read.
 *
 *      name        word                    text
 */
COUNTER(ACCEPTED,  "connections_accepted", "connections accepted")
COUNTER(CLOSED,    "connections_closed",   "connections closed")
COUNTER(SHED,      "connections_shed",     "connections refused because the queue was full")
COUNTER(SHED_WAIT, "exchanges_shed_wait",  "requests refused because they had waited too long")
COUNTER(SHED_FAIR, "connections_shed_fair", "connections refused for another client's, because the queue was full of their own")
COUNTER(SHED_DEADLINE, "exchanges_shed_deadline", "requests refused because their client's limit could not be kept")
COUNTER(LIMITED,   "connections_limited",  "connections refused because their address had as many as it may")
COUNTER(LIMITED_RATE, "exchanges_limited", "requests refused because their address asked too often")
COUNTER(GONE,      "exchanges_gone",       "requests dropped because their client left while they waited")
COUNTER(PARKED,    "connections_parked",   "times a connection was parked")
COUNTER(EXCHANGES, "exchanges",            "requests answered")
COUNTER(REFUSED,   "exchanges_refused",    "requests answered with a status of 400 or more")
COUNTER(RESCUED,   "entries_rescued",      "entries taken back from a worker that was stuck")
COUNTER(UNKEPT,    "exchanges_unkept",     "requests refused, or replies cut off, because temporary files held as much as they may")
COUNTER(LATE,      "exchanges_late",       "requests whose handler was not done in time: answered in its stead, or cut off")
COUNTER(UNLOGGED,  "records_dropped",      "requests that are missing in the access log or in a trace, which was too slow or failed")
COUNTER(CUT,       "connections_cut",      "connections closed in the middle of something because the server stopped")

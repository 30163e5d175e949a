/*
 * What is counted. Each counter is written by one thread at a time and added up when read.
 *
 *      name        word          text
 */
COUNTER(ACCEPTED,   "accepted",   "connections accepted")
COUNTER(CLOSED,     "closed",     "connections closed")
COUNTER(SHED,       "shed",       "connections refused because the queue was full")
COUNTER(PARKED,     "parked",     "times a connection was parked")
COUNTER(EXCHANGES,  "exchanges",  "requests answered")
COUNTER(REFUSED,    "refused",    "requests answered with a status of 400 or more")
COUNTER(RESCUED,    "rescued",    "entries taken back from a worker that was stuck")
COUNTER(CUT,        "cut",        "connections closed in the middle of something because the server stopped")

/*
 * What happens to a connection beside its exchanges: name, word, what that is.
 */
EVENT(ACCEPTED, "accepted", "its client came in")
EVENT(SHED,     "shed",     "its client is told that it is not served")
EVENT(PARKED,   "parked",   "it waits for its client, or for another thread's reply")
EVENT(WOKEN,    "woken",    "a worker took it up again")
EVENT(CLOSED,   "closed",   "it was closed")

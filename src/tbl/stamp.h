/*
 * The moments of an exchange, in their order: name, word, what happened then.
 */
STAMP(ARRIVED,   "arrived",   "its first bytes were in the kernel")
STAMP(QUEUED,    "queued",    "main put it into the queue")
STAMP(STARTED,   "started",   "a worker took it up")
STAMP(READ,      "read",      "all of it was there")
STAMP(PERFORMED, "performed", "its handler was done")
STAMP(SENT,      "sent",      "the last byte of its reply was with the kernel")

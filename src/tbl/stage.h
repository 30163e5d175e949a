/*
 * The stages of an exchange: name, word, the stamps (tbl/stamp.h) between which it lies, text.
 */
STAGE(KERNEL,  "kernel",  ARRIVED,   QUEUED,    "in the kernel, until main sees it")
STAGE(QUEUE,   "queue",   QUEUED,    STARTED,   "in the queue, until a worker takes it up")
STAGE(READ,    "read",    STARTED,   READ,      "until all of it is there")
STAGE(PERFORM, "perform", READ,      PERFORMED, "in its handler")
STAGE(SEND,    "send",    PERFORMED, SENT,      "until its reply is with the kernel")
STAGE(TOTAL,   "total",   ARRIVED,   SENT,      "all of these")

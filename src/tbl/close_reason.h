/*
 * Why a connection was closed. fault: 1 where the client lost something it could have had.
 *
 *           name          word             fault  text
 */
CLOSE_REASON(NONE,         "none",          0, "not closed")
CLOSE_REASON(PEER,         "peer",          0, "the client closed between two requests")
CLOSE_REASON(PEER_CUT,     "peer-cut",      0, "the client closed in the middle of a request")
CLOSE_REASON(PEER_RESET,   "peer-reset",    0, "the client reset the connection")
CLOSE_REASON(ANSWERED,     "answered",      0, "the reply was the last on this connection")
CLOSE_REASON(UNREAD_BODY,  "unread-body",   0, "the reply was the last: the request's body was not read")
CLOSE_REASON(BAD_REQUEST,  "bad-request",   0, "the request was refused and what follows cannot be trusted")
CLOSE_REASON(HEAD_TIMEOUT, "head-timeout",  1, "request head not complete in time")
CLOSE_REASON(BODY_TIMEOUT, "body-timeout",  1, "request body not complete in time")
CLOSE_REASON(IDLE,         "idle",          0, "nothing asked for the keep-alive time")
CLOSE_REASON(SILENT,       "silent",        0, "connected and never sent a byte")
CLOSE_REASON(WRITE_TIMEOUT,"write-timeout", 1, "the client took nothing of its reply in time")
CLOSE_REASON(OVERLOAD,     "overload",      1, "the queue was full")
CLOSE_REASON(LATE,         "late",          1, "the handler was not done in time")
CLOSE_REASON(LIMIT,        "limit",         1, "its address had as much as it may")
CLOSE_REASON(DENIED,       "denied",        0, "its address may not come in")
CLOSE_REASON(PROXY,        "proxy",         1, "its balancer did not say whose connection it is")
CLOSE_REASON(SPOOL,        "spool",         1, "temporary files held as much as they may")
CLOSE_REASON(DRAIN,        "drain",         0, "the server is stopping")
CLOSE_REASON(LEFT,         "left",          0, "the server is stopping, and the next one goes on with it")
CLOSE_REASON(CUT,          "cut",           1, "the server stopped before the reply was complete")
CLOSE_REASON(REPLY_FAILED, "reply-failed",  1, "the reply broke off: its source failed")
CLOSE_REASON(MEMORY,       "memory",        1, "no memory for the exchange")
CLOSE_REASON(SYSTEM,       "system",        1, "a system call failed")

/*
 * Why a request of replyc load had no reply.
 *
 *           name       word         text
 */
LOAD_FAILURE(REFUSED,   "refused",   "refused")
LOAD_FAILURE(RESET,     "reset",     "reset")
LOAD_FAILURE(CLOSED,    "closed",    "closed early")
LOAD_FAILURE(MALFORMED, "malformed", "no HTTP")
LOAD_FAILURE(TIMED_OUT, "timed_out", "timed out")
LOAD_FAILURE(GAVE_UP,   "gave_up",   "gave up")
LOAD_FAILURE(OTHER,     "other",     "other")

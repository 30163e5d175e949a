/*
 * Fields of a reply of which not everyone may say any number; all others are free.
 *
 *   FRAMES   says where the message ends, what the connection does, or when: replyd's alone
 *   ONCE     is no list: a reply has one of it (RFC 9110 §5.3)
 *   MADE     only what makes the reply can know it: the same for all of a route would be wrong
 *   CONTENT  is about the content, and goes with it where a page is sent in its place
 *
 *          name                                rules
 */
REPLY_FIELD("Access-Control-Allow-Credentials", ONCE)
REPLY_FIELD("Access-Control-Allow-Origin",      ONCE)
REPLY_FIELD("Access-Control-Max-Age",           ONCE)
REPLY_FIELD("Age",                              ONCE | MADE)
REPLY_FIELD("Connection",                       FRAMES)
REPLY_FIELD("Content-Disposition",              ONCE | CONTENT)
REPLY_FIELD("Content-Encoding",                 MADE | CONTENT)
REPLY_FIELD("Content-Language",                 CONTENT)
REPLY_FIELD("Content-Length",                   FRAMES)
REPLY_FIELD("Content-Location",                 ONCE | CONTENT)
REPLY_FIELD("Content-Range",                    ONCE | MADE)
REPLY_FIELD("Content-Type",                     ONCE | MADE | CONTENT)
REPLY_FIELD("Date",                             FRAMES)
REPLY_FIELD("ETag",                             ONCE | MADE)
REPLY_FIELD("Expires",                          ONCE)
REPLY_FIELD("Keep-Alive",                       FRAMES)
REPLY_FIELD("Last-Modified",                    ONCE | MADE)
REPLY_FIELD("Location",                         ONCE | MADE)
REPLY_FIELD("Retry-After",                      ONCE)
REPLY_FIELD("Server",                           FRAMES)
REPLY_FIELD("Strict-Transport-Security",        ONCE)
REPLY_FIELD("TE",                               FRAMES)
REPLY_FIELD("Trailer",                          FRAMES)
REPLY_FIELD("Transfer-Encoding",                FRAMES)
REPLY_FIELD("Upgrade",                          FRAMES)
REPLY_FIELD("X-Content-Type-Options",           ONCE)
REPLY_FIELD("X-Frame-Options",                  ONCE)

/*
 * Request fields that replyd itself asks for, found without a search. slot: where the name falls
 * in the table of codec/head.c, (length + 36 * first + 55 * last letter) % 64; no two share one.
 *
 *    name                            word                              slot
 */
FIELD(HOST,                          "host",                             16)
FIELD(CONNECTION,                    "connection",                       24)
FIELD(CONTENT_LENGTH,                "content-length",                   18)
FIELD(TRANSFER_ENCODING,             "transfer-encoding",                 2)
FIELD(EXPECT,                        "expect",                           38)
FIELD(IF_MATCH,                      "if-match",                         36)
FIELD(IF_NONE_MATCH,                 "if-none-match",                    41)
FIELD(IF_MODIFIED_SINCE,             "if-modified-since",                 8)
FIELD(IF_UNMODIFIED_SINCE,           "if-unmodified-since",              10)
FIELD(IF_RANGE,                      "if-range",                         63)
FIELD(RANGE,                         "range",                             0)
FIELD(ACCEPT_ENCODING,               "accept-encoding",                  20)
FIELD(CONTENT_TYPE,                  "content-type",                     43)
FIELD(CONTENT_ENCODING,              "content-encoding",                 29)
FIELD(AUTHORIZATION,                 "authorization",                    19)
FIELD(ORIGIN,                        "origin",                            4)
FIELD(ACCESS_CONTROL_REQUEST_METHOD, "access-control-request-method",    61)
FIELD(USER_AGENT,                    "user-agent",                       42)
FIELD(REFERER,                       "referer",                          13)
FIELD(REQUEST_TIMEOUT,               "request-timeout",                   3)
FIELD(X_REQUEST_ID,                  "x-request-id",                     40)

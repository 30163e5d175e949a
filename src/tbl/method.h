/*
 * Request methods that replyd knows; any other is answered 501.
 * safe: a request with it changes nothing (RFC 9110 §9.2.1).
 *
 *     name     safe
 */
METHOD(GET,     1)
METHOD(HEAD,    1)
METHOD(POST,    0)
METHOD(PUT,     0)
METHOD(DELETE,  0)
METHOD(OPTIONS, 1)
METHOD(PATCH,   0)
METHOD(TRACE,   1)
METHOD(CONNECT, 0)

/*
 * What a line of the access log can have, by name; beside these each stage of tbl/stage.h as
 * "NAME_us". all: 1 where logfmt and json have it.
 *
 *        name        all  text
 */
LOG_FIELD(time,       1, "when its first bytes came, in UTC, to the microsecond")
LOG_FIELD(local_time, 0, "the same as combined has it, by the local clock")
LOG_FIELD(client,     1, "the client's address")
LOG_FIELD(user,       1, "who it proved to be by a password")
LOG_FIELD(host,       1, "the host that was asked")
LOG_FIELD(request,    0, "method, target and version")
LOG_FIELD(method,     1, "its method")
LOG_FIELD(target,     1, "what was asked for, as it came")
LOG_FIELD(version,    1, "HTTP/1.1 or HTTP/1.0")
LOG_FIELD(status,     1, "the reply's status")
LOG_FIELD(route,      1, "the route that answered")
LOG_FIELD(received,   1, "bytes of the request, head and body")
LOG_FIELD(sent,       1, "bytes of the reply, head and body")
LOG_FIELD(body,       1, "bytes of the reply's body")
LOG_FIELD(referer,    1, "the page that led there, as the client says")
LOG_FIELD(agent,      1, "the client's program, as it says")
LOG_FIELD(id,         1, "the request's id")
LOG_FIELD(connection, 1, "the number of its connection")
LOG_FIELD(exchange,   1, "its number on that connection")
LOG_FIELD(close,      1, "why its connection ended with it")

/*
 * local - a request whose reply is that of another path of this server: a CGI program's local
 * redirect (RFC 3875 §6.2.2), of which the client sees nothing.
 */
#ifndef RD_SERVE_LOCAL_H
#define RD_SERVE_LOCAL_H

struct rd_http;

/*
 * h->x, whose handler said h->x.reply.local, becomes the request for that: GET, or HEAD where it
 * was HEAD, with the fields that came but those of its body. 0, and it has no route yet; or a
 * status for rd_app_end: 502, which is logged, that is no path, too long, or it was taken elsewhere
 * too often; 503 there is no memory.
 */
int rd_local_take(struct rd_http *h);

#endif

/*
 * Statuses that are nothing without a field, and the section of RFC 9110 that says so.
 *
 *         code  field
 */
STATUS_FIELD(206, "Content-Range")      /* §15.3.7; or the type is multipart/byteranges */
STATUS_FIELD(401, "WWW-Authenticate")   /* §15.5.2 */
STATUS_FIELD(405, "Allow")              /* §15.5.6; of a route it is known */
STATUS_FIELD(407, "Proxy-Authenticate") /* §15.5.8 */
STATUS_FIELD(426, "Upgrade")            /* §15.5.22 */

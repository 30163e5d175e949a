/*
 * The options of replyctl; those of commands are named in a command's row.
 *
 *         letter word       argument     text
 */
CTL_OPTION('s', "socket",  "ADDRESS",   "the server's control lane: the path of a socket, or HOST:PORT\n"
	   "                             (default: " RD_LANE_DEFAULT ")")
CTL_OPTION('t', "timeout", "TIME",      "give up when the answer takes longer, such as 500ms (default: 30s)")
CTL_OPTION('j', "json",    NULL,        "print what the server says as it stands, for programs")
CTL_OPTION('i', "interval", "TIME",     "look again after that time (default: 1s)")
CTL_OPTION('c', "client",  "ADDRESS",   "trace one client alone, such as 192.0.2.1, or unix")
CTL_OPTION('r', "route",   "ROUTE",     "trace exchanges of that route alone, as status --json calls it, such as 'GET /hello'")
CTL_OPTION('l', "slower-than", "TIME",  "trace exchanges alone that took so long, such as 10ms; each behind what is\n"
	   "                             known of its connection")
CTL_OPTION('h', "help",    NULL,        "print this and exit")
CTL_OPTION('V', "version", NULL,        "print the version and exit")

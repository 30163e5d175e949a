/*
 * What replyctl can be told to do.
 *
 *      word       argument  options  function          text
 */
COMMAND("status",  NULL,     "j",     command_status,   "show how the server is")
COMMAND("workers", NULL,     "j",     command_workers,  "show what each worker does")
COMMAND("top",     NULL,     "i",     command_top,      "show it live on the whole terminal; q ends that")
COMMAND("trace",   NULL,     "crlj",  command_trace,    "show what happens to connections, as it happens; Ctrl-C ends that")
COMMAND("metrics", NULL,     "",      command_read,     "print its numbers as a monitoring system reads them")
COMMAND("ready",   NULL,     "",      command_read,     "tell whether it takes clients: exit status 1 says that it does not")
COMMAND("health",  NULL,     "",      command_read,     "tell whether it answers")
COMMAND("log",     "LEVEL",  "",      command_log,      "have it write errors (error), warnings too (warning), or all messages (note)")
COMMAND("reload",  NULL,     "",      command_change,   "have it read its configuration anew; what is wrong there is said")
COMMAND("drain",   NULL,     "",      command_change,   "have it finish what is in flight, and end")
COMMAND("stop",    NULL,     "",      command_change,   "have it end at once")

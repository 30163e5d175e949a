/*
 * The options of replyd.
 *
 *     letter  word       argument   text
 */
OPTION('c', "config",  "FILE",    "serve what FILE says, see replyd.conf(5), in place of DIRECTORY")
OPTION('t', "test",    NULL,      "check the file that --config names, and exit")
OPTION('l', "listen",  "ADDRESS", "listen there; repeatable (default: localhost:8080)\n"
       "          as 127.0.0.1:8080, [::1]:80, :80 (every address), localhost:0 (a free port), unix:/PATH")
OPTION('C', "control", "ADDRESS", "answer there how it is: / for a browser, /health, /ready, /metrics, /status, /workers, /trace, /log,\n"
       "          /reload, /drain, /stop;\n"
       "          repeatable")
OPTION('w', "workers", "MAX",     "worker threads, at most (default: 64)")
OPTION('q', "queue",   "LENGTH",  "connections that may wait for a worker; more are refused with 503 (default: 8192)")
OPTION('L', "line",    NULL,      "the line protocol in place of HTTP: a line is answered with itself")
OPTION('I', "list",    NULL,      "show directories without an index.html as lists")
OPTION('u', "user",    "USER",    "once it listens, become that user for good; root: stay root")
OPTION('g', "group",   "GROUP",   "with that group in place of the user's own")
OPTION('d', "daemon",  NULL,      "serve in the background; this command ends when it serves, or cannot")
OPTION('p', "pid-file", "FILE",   "keep the process's id there, and FILE locked; only one at a time can have it")
OPTION('o', "log",     "FILE",    "once it serves, put messages at the end of FILE; SIGUSR1 opens it anew")
OPTION('v', "log-level", "LEVEL", "write no messages but errors (error), and warnings (warning), and the rest (note, the default)")
OPTION('a', "access-log", "FILE", "put a line for each request at the end of FILE, or of standard output for -;\n"
       "          SIGUSR1 opens FILE anew")
OPTION('T', "trace",   NULL,      "print on standard error what happens to each connection, from the socket on")
OPTION('h', "help",    NULL,      "print this and exit")
OPTION('V', "version", NULL,      "print the version and exit")

/*
 * options - what the command line of replyd asks for.
 */
#ifndef RD_DAEMON_OPTIONS_H
#define RD_DAEMON_OPTIONS_H

#include "replyd.h"

/*
 * Applies the command line to a server that was just made: settings, what is served, addresses.
 * -1 to go on; else the exit status, and all is said: 0 after --help and --version, 1 for what
 * cannot be had, 2 for wrong usage.
 */
int rd_options_apply(int argc, char **argv, struct replyd *server);

#endif

/*
 * load - the command `replyc load`: options, and the run.
 */
#ifndef RD_CLIENT_LOAD_H
#define RD_CLIENT_LOAD_H

/* argv[0] is "load". The exit status. */
int rd_load_main(int argc, char **argv);

#endif

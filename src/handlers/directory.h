/*
 * directory - the list of what a directory holds, as a page.
 */
#ifndef RD_HANDLERS_DIRECTORY_H
#define RD_HANDLERS_DIRECTORY_H

struct replyd_exchange;

/* Takes `fd`, the open directory that x asks for, below `root`. Fills the reply. 0, or a status. */
int rd_directory_reply(struct replyd_exchange *x, int root, int fd);

#endif

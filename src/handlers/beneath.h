/*
 * beneath - opens what lies below a directory, and nothing else: the kernel itself refuses every
 * way out, by "..", by a link, or by a name that changes meanwhile.
 */
#ifndef RD_HANDLERS_BENEATH_H
#define RD_HANDLERS_BENEATH_H

/*
 * `path` is relative to the directory `root`; "" is the directory itself. `flags` as for open(2);
 * it never waits for the other end of a pipe. -1 with errno: EXDEV for a way out.
 */
int rd_beneath_open(int root, const char *path, int flags);

#endif

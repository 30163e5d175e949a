/*
 * handlers - the test host's handlers that are written to replyd/handler.h; tests/dialogue/README
 * has what they do.
 */
#ifndef TESTS_DIALOGUE_HANDLERS_H
#define TESTS_DIALOGUE_HANDLERS_H

#include <replyd/handler.h>

int ask_perform(struct replyd_exchange *x, void *data);
int pieces_perform(struct replyd_exchange *x, void *data);
int endless_perform(struct replyd_exchange *x, void *data);
int count_perform(struct replyd_exchange *x, void *data);
int part_perform(struct replyd_exchange *x, void *data);
int watch_perform(struct replyd_exchange *x, void *data);
int later_perform(struct replyd_exchange *x, void *data);
int file_perform(struct replyd_exchange *x, void *data);
int status_perform(struct replyd_exchange *x, void *data);
int fault_perform(struct replyd_exchange *x, void *data);

/* Has the oldest detached exchange replied. False when there is none. */
bool handlers_complete(void);

unsigned handlers_detached(void); /* exchanges that are */
unsigned handlers_ended(void);	  /* /endless and /later that did */
unsigned handlers_left(void);	  /* clients that /watch saw leave */
unsigned handlers_inside(void);	  /* workers in /count and /watch */

#endif

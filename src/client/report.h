/*
 * report - what came of a load, for people and for programs, on standard output.
 */
#ifndef RD_CLIENT_REPORT_H
#define RD_CLIENT_REPORT_H

#include "client/loader.h"

/* `target` is what was asked, as its user wrote it. */
void rd_report_text(const char *target, const struct rd_loader *loader,
		    const struct rd_loaded *loaded);
void rd_report_json(const char *target, const struct rd_loader *loader,
		    const struct rd_loaded *loaded);

/* What the figures do not say by themselves, on standard error. */
void rd_report_notes(const struct rd_loaded *loaded);

#endif

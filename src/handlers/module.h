/*
 * module - a handler in a shared object, which describes itself by the symbol replyd_module
 * (replyd/handler.h).
 */
#ifndef RD_HANDLERS_MODULE_H
#define RD_HANDLERS_MODULE_H

#include "app/handler.h"

struct rd_module;
struct rd_module_file;

/* What is loaded, so that routes that name the same file share it. Empty: zeroed. */
struct rd_modules {
	struct rd_module_file *first;
};

/*
 * One use of a module: loads the file unless `loaded` has it, and has it begin with the settings,
 * a list with a NULL behind it. A name with a slash is a path; any other is looked for where
 * modules are installed. NULL, and why[0..size) says why: not there, no module, of another version,
 * or what the module itself says.
 */
struct rd_module *rd_module_new(struct rd_modules *loaded, const char *name,
				const char *const *settings, char *why, size_t size);

/* The path that a name stands for. */
void rd_module_path(const char *name, char *path, size_t size);

/* How it answers, with the module as data. Its release unloads the file after the last use. */
const struct rd_handler *rd_module_handler(const struct rd_module *module);

#endif

/*
 * module - a handler in a shared object.
 *
 * What is loaded is a copy of the file, in memory, under a name that no other has while it is
 * loaded. The dynamic loader knows an object by its name and by its inode, so it would take a file
 * that was replaced (the name stays) or written over (both stay) for the one that it has; and what
 * is written over a file changes the code that is running from it. A copy is new each time, with
 * variables of its own, and stays what it was.
 *
 * Thread:  the one that makes or frees a setup.
 * Owns:    the loaded objects and their copies' descriptors, whose numbers are their names.
 */
#include "handlers/module.h"

#include "app/exchange.h"
#include "app/route.h"
#include "app/settings.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct rd_module_file {
	struct rd_module_file *next;
	struct rd_modules *loaded;
	unsigned uses;
	dev_t device; /* of the file that it is a copy of */
	ino_t inode;
	int copy;
	void *handle;
	struct replyd_module module; /* what of it this version knows; the rest is 0 */
};

struct rd_module {
	struct rd_module_file *file;
	struct replyd_settings *settings;
	struct rd_handler handler;
	void *data; /* the module's own */
};

static void module_unload(struct rd_module_file *f)
{
	struct rd_module_file **place = &f->loaded->first;

	if (--f->uses > 0)
		return;
	while (*place != f)
		place = &(*place)->next;
	*place = f->next;
	if (f->handle)
		dlclose(f->handle);
	if (f->copy >= 0)
		close(f->copy);
	free(f);
}

/* 0 or an error number. */
static int module_copy(int from, int to, off_t size)
{
	off_t at = 0;

	while (at < size) {
		ssize_t n = sendfile(to, from, &at, (size_t)(size - at));

		if (n < 0 && errno != EINTR)
			return errno;
		if (n == 0)
			return EIO; /* it has become shorter */
	}
	return 0;
}

/* The loader's message without the name that only we know. */
static bool module_no(char *why, size_t size, const char *path)
{
	const char *text = dlerror(), *behind = text ? strstr(text, ": ") : NULL;

	if (text && strncmp(text, "/proc/self/fd/", 14) == 0 && behind)
		text = behind + 2;
	snprintf(why, size, "%s: %s", path, text ? text : "it cannot be loaded");
	return false;
}

/* Reads the description. False with why. */
static bool module_describes(struct rd_module_file *f, const char *path, char *why, size_t size)
{
	const struct replyd_module *module = dlsym(f->handle, "replyd_module");

	if (!module) {
		snprintf(why, size, "%s: it is no module: it has no symbol replyd_module", path);
		return false;
	}
	if (module->interface != REPLYD_INTERFACE) {
		snprintf(why, size, "%s: it is for version %u of replyd/handler.h, this is %u",
			 path, module->interface, REPLYD_INTERFACE);
		return false;
	}
	memcpy(&f->module, module,
	       module->size < sizeof(f->module) ? module->size : sizeof(f->module));
	if (f->module.name && f->module.perform)
		return true;
	snprintf(why, size, "%s: its description lacks a name, or what performs", path);
	return false;
}

static bool module_load(struct rd_module_file *f, const char *path, int fd, off_t length, char *why,
			size_t size)
{
	const char *slash = strrchr(path, '/');
	char name[32];
	int error;

	f->copy = memfd_create(slash ? slash + 1 : path, MFD_CLOEXEC);
	error = f->copy < 0 ? errno : module_copy(fd, f->copy, length);
	if (error) {
		snprintf(why, size, "%s: %s", path, strerror(error));
		return false;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", f->copy);
	f->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	return f->handle ? module_describes(f, path, why, size) : module_no(why, size, path);
}

/* The file that `fd` is, with one more use. NULL with why. */
static struct rd_module_file *module_file(struct rd_modules *loaded, const char *path, int fd,
					  char *why, size_t size)
{
	struct rd_module_file *f = loaded->first;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	while (f && (f->device != st.st_dev || f->inode != st.st_ino))
		f = f->next;
	if (f) {
		f->uses++;
		return f;
	}
	f = calloc(1, sizeof(*f));
	if (!f) {
		snprintf(why, size, "%s: no memory", path);
		return NULL;
	}
	*f = (struct rd_module_file){
		.next = loaded->first,
		.loaded = loaded,
		.uses = 1,
		.device = st.st_dev,
		.inode = st.st_ino,
		.copy = -1,
	};
	loaded->first = f;
	if (module_load(f, path, fd, st.st_size, why, size))
		return f;
	module_unload(f);
	return NULL;
}

static int module_perform(struct replyd_exchange *x, void *data)
{
	const struct rd_module *m = data;

	return m->file->module.perform(x, m->data);
}

static void module_free(struct rd_module *m)
{
	if (m->file)
		module_unload(m->file);
	rd_settings_free(m->settings);
	free(m);
}

static void module_release(void *data)
{
	struct rd_module *m = data;

	if (m->file->module.release)
		m->file->module.release(m->data);
	module_free(m);
}

/* Has it begin. False with why. */
static bool module_begin(struct rd_module *m, const char *path, char *why, size_t size)
{
	const struct replyd_module *module = &m->file->module;
	const char *methods = module->methods ? module->methods : "";
	char reason[256] = "";

	m->handler = (struct rd_handler){
		.name = module->name,
		.blocks = module->blocks,
		.settings = m->settings,
		.perform = module_perform,
		.release = module_release,
	};
	if (!rd_router_methods(methods, strlen(methods), &m->handler.methods)) {
		snprintf(why, size, "%s: its methods, \"%s\", are none", path, methods);
		return false;
	}
	if (!module->init || module->init(m->settings, &m->data, reason, sizeof(reason)) == 0)
		return true;
	reason[strcspn(reason, "\n")] = '\0';
	snprintf(why, size, "%s: %s", path,
		 *reason ? reason : "it does not begin, and says not why");
	return false;
}

void rd_module_path(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s%s", strchr(name, '/') ? "" : RD_MODULE_DIRECTORY "/", name);
}

struct rd_module *rd_module_new(struct rd_modules *loaded, const char *name,
				const char *const *settings, char *why, size_t size)
{
	struct rd_module *m = calloc(1, sizeof(*m));
	char path[4096];
	int fd;

	rd_module_path(name, path, sizeof(path));
	if (!m || !(m->settings = rd_settings_new(settings))) {
		free(m);
		snprintf(why, size, "%s: no memory", path);
		return NULL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	m->file = module_file(loaded, path, fd, why, size);
	if (fd >= 0)
		close(fd);
	if (m->file && module_begin(m, path, why, size))
		return m;
	module_free(m);
	return NULL;
}

const struct rd_handler *rd_module_handler(const struct rd_module *m)
{
	return &m->handler;
}

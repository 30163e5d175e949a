/*
 * fuzz_mime - whatever a mime.types file holds, each of its words as an extension gets a type that
 * can stand in a header field.
 */
#include "base/must.h"
#include "codec/mime.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sane(const char *type)
{
	const char *slash = strchr(type, '/');

	MUST(slash != NULL && slash != type && slash[1] != '\0');
	for (; *type != '\0'; type++)
		MUST(*type >= 0x20 && *type < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_mime *mime = rd_mime_new((const char *)data, size);
	char *name = malloc(size + 3), *at, *save;

	memcpy(name, "a.", 2);
	memcpy(name + 2, data, size);
	name[size + 2] = '\0';
	sane(rd_mime_of(mime, name));
	sane(rd_mime_of(NULL, name));
	for (at = strtok_r(name + 2, " \t\n\r", &save); at; at = strtok_r(NULL, " \t\n\r", &save)) {
		char *file = malloc(strlen(at) + 3);

		memcpy(file, "a.", 2);
		memcpy(file + 2, at, strlen(at) + 1);
		sane(rd_mime_of(mime, file));
		free(file);
	}
	free(name);
	rd_mime_free(mime);
	return 0;
}

/*
 * fuzz_view - whatever a control lane says, the screen has printable ASCII, and a table no control
 * characters. The input is the status, and behind a NUL the workers; without one it is both.
 */
#include "base/must.h"
#include "control/paint.h"
#include "control/show.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void paint(const struct rd_view *view, int rows, int cols, bool workers)
{
	struct rd_canvas canvas = { 0 };
	struct rd_scene scene = {
		.address = "s",
		.now = view,
		.before = view,
		.taste = { .workers = workers, .by = { ROUTE_STAGES, 0 }, .from = 1 },
	};

	MUST(rd_canvas_clear(&canvas, rows, cols));
	rd_paint(&canvas, &scene);
	for (int i = 0; i < rows * cols; i++)
		MUST(canvas.cell[i].text >= ' ' && canvas.cell[i].text <= '~' &&
		     canvas.cell[i].style < STYLE_COUNT);
	rd_canvas_free(&canvas);
}

static void show(const struct rd_view *view)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	rd_show_status(view, false, out);
	fclose(out);
	for (size_t i = 0; i < len; i++)
		MUST(((unsigned char)text[i] >= ' ' && text[i] != 127) || text[i] == '\n');
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *nul = size ? memchr(text, '\0', size) : NULL;
	struct rd_span status = { text, nul ? (size_t)(nul - text) : size }, workers = status;
	struct rd_view view;

	if (nul)
		workers = (struct rd_span){ nul + 1, size - status.len - 1 };
	if (!rd_view_read(&view, status))
		return 0;
	rd_view_read_workers(&view, workers);
	show(&view);
	paint(&view, 12, 50, false);
	paint(&view, 24, 160, true);
	rd_view_free(&view);
	return 0;
}

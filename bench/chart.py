"""Bars by test as SVG: text that can be selected, colours for light and dark."""

import textwrap
from xml.sax.saxutils import escape

COLUMNS, PANEL, MARGIN = 2, 460, 24	# panels in a row; their width
NAME, VALUE = 84, 62			# room for a server's name before its bar, and for a number behind it
ROW, BAR = 19, 12
HEAD, GAP = 26, 20			# a panel's title, and what is between panels
LINE = 120				# characters in a line

STYLE = """
	svg { font: 13px system-ui, sans-serif; fill: #1f2328; }
	.page { fill: #ffffff; } .peer { fill: #8c959f; } .bare { fill: #d0d7de; } .ours { fill: #0969da; }
	.title { font-size: 17px; font-weight: 600; } .test { font-weight: 600; } .note { fill: #59636e; }
	.name { text-anchor: end; }
	@media (prefers-color-scheme: dark) {
		svg { fill: #e6edf3; } .note { fill: #9198a1; }
		.page { fill: #0d1117; } .peer { fill: #6e7681; } .bare { fill: #3d444d; } .ours { fill: #4493f8; }
	}
"""


def text(x, y, what, kind=""):
    return f'<text x="{x}" y="{y}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(what)}</text>'


def panel(x, y, test, bars, groups):
    """One test: a bar for each server, the longest as wide as there is room."""
    most = max(bars.values(), default=1)
    lines = [text(x, y + 14, test, "test")]
    for i, (name, value) in enumerate(bars.items()):
        top = y + HEAD + i * ROW
        width = max(1, (PANEL - NAME - VALUE - MARGIN) * value / most)
        lines += [text(x + NAME - 8, top + 10, name, "name"),
                  f'<rect x="{x + NAME}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2"'
                  f' class="{groups.get(name, "peer")}"/>',
                  text(round(x + NAME + width + 6, 1), top + 10, f"{value:.{2 if value < 10 else 1}f}")]
    return lines


def draw(title, notes, tests, groups):
    """The picture: for each test, what it is called and the values by server, in order. `groups` are
    the colours of those servers that are no peers: ours, bare."""
    notes = [line for note in notes for line in textwrap.wrap(note, LINE)]
    lines = [text(MARGIN, 36, title, "title")]
    lines += [text(MARGIN, 60 + 18 * i, note, "note") for i, note in enumerate(notes)]
    y = 60 + 18 * len(notes) + GAP
    names = list(tests)
    for first in range(0, len(names), COLUMNS):
        row = names[first:first + COLUMNS]
        for i, test in enumerate(row):
            lines += panel(MARGIN + i * PANEL, y, test, tests[test], groups)
        y += HEAD + ROW * max(len(tests[test]) for test in row) + GAP
    width = 2 * MARGIN + COLUMNS * PANEL
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}">',
         f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>",
         f'<rect class="page" width="{width}" height="{y}"/>', *lines, "</svg>"]) + "\n"

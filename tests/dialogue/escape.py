"""escape - escapes: how a dialogue writes bytes, and how bytes are shown."""

import re

ESCAPE = re.compile(r"""\\(?:
	  x (?P<hex>[0-9a-fA-F]{2})
	| (?P<plain>[rnt0\\#])
	| \{ (?P<times>\d+) \* (?P<what>(?:[^}\\]|\\[^{])+) \}
	| \{ (?P<name>\w+) \}
	)""", re.VERBOSE)
PLAIN = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\", "#": b"#"}
SHOWN = {0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"}
SHOW_MOST = 600


class Wrong(Exception):
	"""The dialogue itself is wrong."""


def check(text):
	"""Refuse a text whose escapes are not understood."""
	rest = ESCAPE.sub("", text)
	if "\\" in rest:
		raise Wrong(f"unknown escape near: {rest[rest.index(chr(92)):][:12]}")
	for found in ESCAPE.finditer(text):
		if found["what"]:
			check(found["what"])


def expand(text, names):
	"""The bytes that a checked text stands for."""
	out, at = bytearray(), 0
	for found in ESCAPE.finditer(text):
		out += text[at:found.start()].encode()
		at = found.end()
		if found["hex"]:
			out.append(int(found["hex"], 16))
		elif found["plain"]:
			out += PLAIN[found["plain"]]
		elif found["times"]:
			out += int(found["times"]) * expand(found["what"], names)
		elif found["name"] in names:
			out += names[found["name"]]
		else:
			raise Wrong(f"nothing was saved as {found['name']}")
	return bytes(out + text[at:].encode())


def show(data):
	"""Bytes for a reader: escaped, a line per line, the middle of much left out."""
	if len(data) > SHOW_MOST:
		half = SHOW_MOST // 2
		cut = f"\n... {len(data) - SHOW_MOST} more bytes ...\n"
		return show(data[:half]) + cut + show(data[-half:])
	out = "".join(SHOWN.get(c) or (chr(c) if 32 <= c < 127 else f"\\x{c:02x}") for c in data)
	return out.replace("\\n", "\\n\n").rstrip("\n") or "(nothing)"

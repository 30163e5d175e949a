#!/usr/bin/env python3
"""drawn - replyc load draws what it measured: SVG that a parser takes, and text.

What is asserted of a drawing is that it is well-formed, stands on its own and within its bounds,
and shows the counts that the servers of this test have counted.
"""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from counting import OK, Counting, always, check, on_a_terminal
from served import WAIT_S, Failure, main

SVG = "{http://www.w3.org/2000/svg}"
BUSY = OK.replace(b"200", b"503")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def replyc(*arguments, status=0, **more):
	done = subprocess.run([os.environ["REPLYC"], "load", *arguments], stdin=subprocess.DEVNULL,
		capture_output=True, timeout=WAIT_S, check=False, **more)
	if done.returncode != status:
		raise Failure(f"load {arguments}: {done.returncode}: {done.stderr.decode()}")
	return done.stdout.decode()


def within(element, width, height):
	"""Every place that the element names is on the page."""
	for name, most in (("x", width), ("x1", width), ("x2", width), ("cx", width),
			("y", height), ("y1", height), ("y2", height), ("cy", height)):
		if name in element.attrib and not 0 <= float(element.get(name)) <= most:
			raise Failure(f"beyond the page: {element.attrib}")
	numbers = [float(number) for number in NUMBER.findall(element.get("d", ""))]
	if any(not 0 <= x <= width for x in numbers[::2]) or any(not 0 <= y <= height for y in numbers[1::2]):
		raise Failure(f"beyond the page: {element.attrib}")


def parsed(path):
	"""The drawing in the file; it needs nothing beside it and runs nothing."""
	root = xml.etree.ElementTree.parse(path).getroot()
	check("root", root.tag, SVG + "svg")
	width, height = (float(number) for number in root.get("viewBox").split()[2:])
	for element in root.iter():
		if element.tag in (SVG + "script", SVG + "image", SVG + "use", SVG + "a"):
			raise Failure(f"a drawing with {element.tag}")
		if any(name.startswith("on") or name.endswith("href") for name in element.attrib):
			raise Failure(f"a drawing with {element.attrib}")
		within(element, width, height)
	style = root.find(SVG + "style").text
	if "url(" in style or "@import" in style or "prefers-color-scheme: dark" not in style:
		raise Failure(f"style: {style}")
	if root.find(f".//{SVG}text[@class='title']") is None:
		raise Failure("no title")
	return root


def classes(root):
	return {element.get("class") for element in root.iter() if element.tag == SVG + "path"}


def figures(root):
	"""What the row of figures says, by name."""
	names = [element.text for element in root.iter(SVG + "text") if element.get("class") == "name"]
	values = [element.text for element in root.iter(SVG + "text")
		if element.get("class").startswith("figure")]
	return dict(zip(names[1:], values))


def hints(root):
	"""Sums of what is said for each second: replied, 400 and up, failed."""
	sums = [0, 0, 0]
	for group in root.iter(SVG + "g"):
		text = group.find(SVG + "title").text
		for i, pattern in enumerate((r"(\d+) replied", r"(\d+) of them", r"(\d+) failed")):
			found = re.search(pattern, text)
			sums[i] += int(found[1]) if found else 0
	return sums


def svg(folder):
	"""Half of the replies are 503, and JSON beside the drawing is clean."""
	path = os.path.join(folder, "plot.svg")
	with Counting(lambda number, client: (OK if number % 2 else BUSY, False)) as server:
		told = json.loads(replyc("--json", "--plot", path, "-r", "100", "-d", "2s", server.url + "?a&b"))
		root = parsed(path)
		replied = told["requests"]["replied"]
		check("title", root.find(SVG + "title").text, server.url + "?a&b")
		check("figures", [figures(root)[name] for name in ("replied", "400 and up", "failed")],
			[str(replied), str(replied // 2), "0"])
		in_time = round(told["rate"]["replied"] * told["seconds"])
		check("hints", hints(root)[0], in_time)
		check("hints of failures", hints(root)[2], 0)
		check("paths", {"good", "bad", "curve", "below", "line p50", "line p99", "line max"}, classes(root))
		check("mode", stat.S_IMODE(os.stat(path).st_mode) & 0o444, 0o444 & ~umask())
		check("files", os.listdir(folder), ["plot.svg"])


def umask():
	mask = os.umask(0)
	os.umask(mask)
	return mask


def faults(folder):
	"""What failed is drawn, and so is a load that nobody answered, or a line service."""
	path = os.path.join(folder, "plot.svg")
	with Counting(always(OK[:-1], True)) as server:
		replyc("--plot", path, "-r", "100", "-d", "300ms", server.url, status=1)
		root = parsed(path)
		check("paths", classes(root), {"failed"})
		check("failed", figures(root)["failed"], "30")
		check("p50", figures(root)["p50, ms"], "-")
	with Counting(always(BUSY)) as server:
		replyc("--plot", path, "-d", "100ms", server.url)
		check("paths", classes(parsed(path)), {"bad"})
	with socket.create_server(("127.0.0.1", 0)) as listener:
		name = f"127.0.0.1:{listener.getsockname()[1]}"
		replyc("--plot", path, "-r", "100", "-d", "100ms", "--give-up", "50ms", name, "x", status=1)
		check("failed", figures(parsed(path))["failed"], "10")


def refused(folder):
	"""A drawing that could not be kept is refused before anyone is asked."""
	with Counting(always(OK)) as server:
		for path in os.path.join(folder, "none", "plot.svg"), folder:
			replyc("--plot", path, "-r", "100", "-d", "100ms", server.url, status=1)
		replyc("--plot", "-", server.url, status=2)
		replyc("--draw", "--json", server.url, status=2)
		check("asked", server.count, 0)
		replyc("--plot", "/dev/full", "-r", "100", "-d", "100ms", server.url, status=1)
		check("asked", server.count, 10)


def text(_):
	"""In a pipe when it is asked for, and on a terminal."""
	with Counting(always(OK)) as server:
		arguments = ("-r", "50", "-d", "2s", server.url)
		if "percentile" in replyc(*arguments):
			raise Failure("drawn unasked")
		told = replyc("--draw", *arguments, env={**os.environ, "LC_ALL": "C.UTF-8"})
		for line in (r"^  50 % +\d+\.\d{3} █+$", r"^  99 % +\d+\.\d{3} █+$", r"^  max +\d+\.\d{3} █+$",
				r"^time, s +replied/s ", r"^      [01] +\d+\.\d +0\.0 +0\.0 +\d+\.\d{3} +\d+\.\d{3} █+░*$"):
			if not re.search(line, told, re.M):
				raise Failure(f"no {line} in\n{told}")
		if "99.5 %" in told or "\x1b" in told:
			raise Failure(f"of a hundred, in a pipe:\n{told}")
		plain = replyc("--draw", *arguments, env={**os.environ, "LC_ALL": "C"})
		if not plain.isascii() or not re.search(r"^  max +\d+\.\d{3} #+$", plain, re.M):
			raise Failure(f"in no UTF-8:\n{plain}")
		for columns in 60, 80, 130:
			shown = on_a_terminal("load", *arguments, columns=columns, LC_ALL="C.UTF-8", NO_COLOR="1").decode()
			rows = re.findall(r"^ .*█.*$", shown, re.M)
			if len(rows) < 5 or any(len(row.rstrip()) > columns for row in rows):
				raise Failure(f"in {columns} columns: {shown}")
			if re.search("\x1b\\[[0-9]+m", shown):
				raise Failure(f"colour in spite of NO_COLOR: {shown}")
		shown = on_a_terminal("load", *arguments, LC_ALL="C.UTF-8").decode()
		if not re.search("\x1b\\[36m█+\x1b\\[0m", shown):
			raise Failure(f"no colour: {shown}")


def test():
	for one in svg, faults, refused, text:
		print(f"{one.__name__} ...", flush=True)
		with tempfile.TemporaryDirectory(prefix="replyd-") as folder:
			one(folder)


sys.exit(main(test))

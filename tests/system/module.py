#!/usr/bin/env python3
"""module - what a module is told and asked, and what is said of one that is none."""

import os
import re
import shutil
import signal
import subprocess
import sys

from served import AS, WAIT_S, Client, Failure, Server, main, until

BUILT = os.path.join(os.environ["top_builddir"], "tests", "system", ".libs")
EXAMPLE = os.path.join(os.environ["top_builddir"], "examples", ".libs", "module.so")


def ask(client, method, path):
	client.send(f"{method} {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
	return client.take()


def expect(what, value, wanted):
	if value != wanted:
		raise Failure(f"{what}: {value!r}, expected {wanted!r}")


def conf(server, text):
	path = os.path.join(server.tmp, "conf")
	with open(path, "w", encoding="utf-8") as file:
		file.write('listen "127.0.0.1:0" { } queue { shed = no }\nlisten "unix:socket" { }\n' + text)
	return path


def refused(server, text, why):
	"""The configuration is wrong, for this reason."""
	done = subprocess.run([os.environ["REPLYD"], *AS, "--test", "--config", conf(server, text)],
		stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False, cwd=server.tmp)
	said = done.stderr.decode()
	if done.returncode != 1 or not re.search(r'conf:3: route "/x": module: ' + why, said):
		raise Failure(f"not {why}: {done.returncode} {said}")


def wrong(server):
	def built(kind, more=""):
		return f'route "/x" {{ module = "{BUILT}/module_{kind}.so" {more} }}\n'

	refused(server, built("wrong"), r".*module_wrong\.so: it is for version 2 of replyd/handler.h, this is 1\n")
	refused(server, built("nosymbol"), r".*: it is no module: it has no symbol replyd_module\n")
	refused(server, built("noname"), r".*: its description lacks a name, or what performs\n")
	refused(server, built("unresolved"), r".*module_unresolved\.so: undefined symbol: no_such_function\n")
	refused(server, built("one", 'settings = { "fail=not today" }'), r".*module_one\.so: not today\n")
	refused(server, built("one", 'settings = { "other=1" }'), r".*module_one\.so: other: no such setting\n")
	refused(server, 'route "/x" { module = "./none.so" }\n', r".*/\./none\.so: No such file or directory\n")
	refused(server, 'route "/x" { module = "none.so" }\n', r"/.*/replyd/none\.so: No such file or directory\n")
	with open(os.path.join(server.tmp, "text.so"), "w", encoding="utf-8") as file:
		file.write("this is no shared object, though it is long enough to look like one\n" * 100)
	refused(server, 'route "/x" { module = "./text.so" }\n', r".*text\.so: .*ELF")
	refused(server, f'route "/x" {{ module = "{server.tmp}" }}\n', r".*: (Is a directory|Invalid argument)")


def shared(server):
	"""Two routes, one load, two inits; each with its settings. A file that is written over changes nothing."""
	copy = os.path.join(server.tmp, "a.so")
	shutil.copy(os.path.join(BUILT, "module_one.so"), copy)
	server.start(config=conf(server, 'route "/a" { module = "./a.so" settings = { "word=x", } }\n'
		'route "/b" { module = "./a.so" }\n'))
	client = Client(server)
	expect("setting", ask(client, "GET", "/a").body, b"one 2 x\n")
	expect("no setting", ask(client, "POST", "/b/c").body, b"one 2 -\n")
	expect("method", ask(client, "PUT", "/a").status, 405)
	expect("later", ask(client, "GET", "/a/later?ms=1").body, b"later one /later\n")
	shutil.copyfile(os.path.join(BUILT, "module_two.so"), copy)	# the same inode
	expect("written over", ask(client, "GET", "/a").body, b"one 2 x\n")
	server.process.send_signal(signal.SIGHUP)
	until(lambda: "generation 2" in server.stderr(), "the reload")
	expect("then reloaded", ask(client, "GET", "/a").body, b"two 2 x\n")
	client.close()
	server.signal()
	expect("exit status", server.process.wait(WAIT_S), 0)


def example(server):
	links = os.path.join(server.tmp, "links")
	with open(links, "w", encoding="utf-8") as file:
		file.write("a https://example.org/a\nb /b?c=d\n")
	route = f'route "/go" {{ module = "{EXAMPLE}" settings = {{ "file={links}" }} }}\n'
	server.start(config=conf(server, route))
	client = Client(server)
	got = ask(client, "GET", "/go/b")
	expect("link", (got.status, got.field(b"Location")), (302, b"/b?c=d"))
	expect("another", ask(client, "GET", "/go/a").field(b"Location"), b"https://example.org/a")
	expect("none", [ask(client, "GET", path).status for path in ("/go", "/go/", "/go/c", "/go/a/b")], [404] * 4)
	with open(links, "w", encoding="utf-8") as file:
		file.write("c /c\nonly-a-name\n")
	server.process.send_signal(signal.SIGHUP)
	until(lambda: "not reloaded" in server.stderr(), "the reload")
	if not re.search(r'conf:3: route "/go": module: .*module\.so: .*links:2: not a name and a URL\n', server.stderr()):
		raise Failure(server.stderr())
	expect("as it was", ask(client, "GET", "/go/a").status, 302)
	client.close()
	server.signal()
	expect("exit status", server.process.wait(WAIT_S), 0)


def test():
	for part in (wrong, shared, example):
		with Server() as server:
			part(server)


if __name__ == "__main__":
	sys.exit(main(test))

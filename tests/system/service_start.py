#!/usr/bin/env python3
"""service_start - the units under a systemd of its own: by their sockets, one for each configuration,
and with a wrong one; and what the journal has of it.
"""

import json
import os
import socket
import urllib.request

from serviced import CONF, Failure, journal, main, shown, systemctl

WORDS = {"one": "http://127.0.0.1:8081/", "two": "http://127.0.0.1:8082/"}


def configure(name, text):
	with open(f"{CONF}{name}.conf", "w", encoding="utf-8") as file:
		file.write(text)


def asks(url):
	with urllib.request.urlopen(url, timeout=60) as reply:
		return reply.read().decode()


def wants(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got}, not {wanted}")


def by_its_socket():
	systemctl("start", "replyd.socket")
	wants("before it is asked", shown("ActiveState"), "inactive")
	if "<html" not in asks("http://127.0.0.1/"):
		raise Failure("no page")
	wants("asked", shown("ActiveState"), "active")
	systemctl("stop", "replyd.socket", "replyd.service")


def one_for_each():
	for name, url in WORDS.items():
		configure(name, f'listen "{url[7:-1]}" {{ }}\nroute "/" {{ text = "{name}" }}\n')
		systemctl("start", f"replyd@{name}")
	for name, url in WORDS.items():
		wants(url, asks(url), name)
	systemctl("stop", "replyd@one")
	wants("the other's", asks(WORDS["two"]), "two")
	if not os.path.exists("/run/replyd/two/control.sock"):
		raise Failure("one has taken away the other's control socket")
	systemctl("reload", "replyd@two")
	systemctl("stop", "replyd@two")


def entries(unit):
	lines = journal("--unit", unit, "--output", "json").splitlines()
	return [e for e in map(json.loads, lines) if e.get("SYSLOG_IDENTIFIER") == "replyd"]


def with_a_wrong_one():
	configure("wrong", 'listen "127.0.0.1:8083" { }\nlisten "127.0.0.1:8084" { backlok = 3 }\n')
	systemctl("start", "replyd@wrong", fails=True)
	systemctl("stop", "replyd@wrong")
	with socket.socket() as client:
		if client.connect_ex(("127.0.0.1", 8083)) == 0:
			raise Failure("it serves half of it")
	said = entries("replyd@wrong")[0]
	wanted = f"replyd: {CONF}wrong.conf:2: "
	if not said["MESSAGE"].startswith(wanted) or "backlok" not in said["MESSAGE"]:
		raise Failure(f"said {said['MESSAGE']}, not {wanted}")
	wants("its level", said["PRIORITY"], "3")


def the_journal():
	said = {e["MESSAGE"]: e for e in entries("replyd@two")}
	levels = {"ready on": "6", ": reloaded, generation": "5"}
	for part, level in levels.items():
		found = [e for text, e in said.items() if part in text]
		wants(f"lines with '{part}'", len(found), 1)
		wants(part, (found[0]["PRIORITY"], found[0]["_COMM"], found[0]["_SYSTEMD_UNIT"]),
			(level, "replyd", "replyd@two.service"))


main(by_its_socket, one_for_each, with_a_wrong_one, the_journal)

"""several - plays many dialogues, some of them at once, each in a process of its own: the
interpreter is started once. What one prints goes to its log, as make check has it.
"""

import os
import sys

WORDS = {0: "PASS", 1: "FAIL", 77: "SKIP"}	# others: ERROR
TOTALS = ("TOTAL", "PASS", "SKIP", "FAIL", "ERROR")


def log_of(path):
	return os.path.join(os.environ.get("top_builddir", "."), os.path.splitext(path)[0] + ".log")


def start(path, play):
	"""Plays it, in a child whose output is its log: the child's id."""
	child = os.fork()
	if child:
		return child
	log = os.open(log_of(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
	os.dup2(log, 1)
	os.dup2(log, 2)
	status = 1
	try:
		status = play(path)
	finally:
		sys.stdout.flush()
		os._exit(status)


def report(path, word):
	print(f"{word}: {path}", flush=True)
	if word in ("FAIL", "ERROR"):
		with open(log_of(path), encoding="utf-8", errors="replace") as log:
			print(log.read(), flush=True)


def play_all(paths, jobs, play):
	"""Whether none of them failed. play(path) is its exit status."""
	waiting, playing, count = list(paths), {}, dict.fromkeys(TOTALS, 0)
	while waiting or playing:
		while waiting and len(playing) < jobs:
			path = waiting.pop(0)
			playing[start(path, play)] = path
		child, status = os.wait()
		word = WORDS.get(os.waitstatus_to_exitcode(status), "ERROR")
		report(playing.pop(child), word)
		count[word] += 1
		count["TOTAL"] += 1
	print("\n".join(f"# {word}: {count[word]}" for word in TOTALS))
	return count["FAIL"] + count["ERROR"] == 0

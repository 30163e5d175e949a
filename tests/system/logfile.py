#!/usr/bin/env python3
"""logfile - messages in a file: with their time, opened anew by SIGUSR1 as logrotate has it, also by
the user that the server has become.
"""

import os
import re
import signal
import subprocess
import sys

from served import AS, WAIT_S, Failure, Server, main, until

CONF = 'listen "127.0.0.1:0" {{ }}\nroute "/" {{ text = "{}" }}\n'
RELOADED = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ replyd: \S+: reloaded, generation (\d+)$", re.M)


def generations(path):
	"""What the file says of reloads; none while it is not there."""
	try:
		with open(path, encoding="utf-8") as file:
			return [int(n) for n in RELOADED.findall(file.read())]
	except FileNotFoundError:
		return []


def rotates(who, directory, owner):
	with Server() as server:
		place = os.path.join(server.tmp, directory)
		log, old = os.path.join(place, "log"), os.path.join(place, "old")
		if directory:
			os.mkdir(place)
			os.chown(place, owner, owner)
			os.chmod(server.tmp, 0o755)
		conf = os.path.join(server.tmp, "replyd.conf")
		with open(conf, "w", encoding="utf-8") as file:
			file.write(CONF.format("hello\\n"))
		server.start("--log", log, config=conf, who=who)
		server.process.send_signal(signal.SIGHUP)
		until(lambda: generations(log) == [2], "the reload in the log")
		os.rename(log, old)
		server.process.send_signal(signal.SIGUSR1)
		until(lambda: os.path.exists(log), "a new log")
		server.process.send_signal(signal.SIGHUP)
		until(lambda: generations(log) == [3], "the next reload in the new log")
		if generations(old) != [2]:
			raise Failure(f"the old log has reloads {generations(old)}")
		if os.stat(log).st_uid != owner or os.stat(log).st_mode & 0o7777 & ~0o640:
			raise Failure(f"the log is {os.stat(log)}")
		if server.stderr():
			raise Failure(f"standard error has {server.stderr()}")
		server.stop()


def cannot_be_opened():
	argv = [os.environ["REPLYD"], *AS, "--log", "/nowhere/log", "--listen", "127.0.0.1:0"]
	done = subprocess.run(argv, capture_output=True, text=True, timeout=WAIT_S, check=False)
	if done.returncode != 1 or "replyd: --log /nowhere/log: No such file" not in done.stderr:
		raise Failure(f"{done.returncode}: {done.stderr}")


def test():
	rotates(AS, "", os.geteuid())
	if os.geteuid() == 0:
		rotates(["--user", "nobody"], "logs", 65534)
	cannot_be_opened()


sys.exit(main(test))

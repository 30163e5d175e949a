#!/usr/bin/env python3
"""service_watch - the service under a systemd of its own that watches it: what stands still is ended
and comes back, what is only slow is left alone.

  The whole process stands still: it is killed, and the next one serves.
  Main alone does: the status says so before.
  All workers are in handlers that do not return: the status says so, and it is killed.
  All workers are busy, and the queue moves: nothing happens, for longer than the watchdog waits.
"""

import ctypes
import os
import socket
import subprocess
import threading
import time

from serviced import CONF, WAIT_S, Failure, journal, main, shown, systemctl, until

ADDRESS = ("127.0.0.1", 80)
DROP_IN = "/run/systemd/system/replyd.service.d"
WATCHDOG_S = 4
PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
CONFIG = """
listen "127.0.0.1:80" { }
workers { max = 2 }
queue { shed = no }
route "/" { text = "hi\\n" }
route "/second" { program = { "/bin/sh", "-c", "sleep 1; printf 'Content-Type: text/plain\\n\\nhi\\n'" } }
route "/never" { program = { "/bin/sleep", "1000000" } time_limit = 0s }
"""


def asks(path="/"):
	client = socket.create_connection(ADDRESS, WAIT_S)
	client.sendall(b"GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" % path.encode())
	return client


def served(path="/"):
	with asks(path) as client:
		got = b""
		while piece := client.recv(4096):
			got += piece
	if not got.startswith(b"HTTP/1.1 200") or not got.endswith(b"hi\n"):
		raise Failure(f"{path}: {got}")


def starts():
	with open(CONF + "replyd.conf", "w", encoding="utf-8") as file:
		file.write(CONFIG)
	os.makedirs(DROP_IN)
	with open(f"{DROP_IN}/test.conf", "w", encoding="utf-8") as file:
		file.write(f"[Service]\nWatchdogSec={WATCHDOG_S}\nTimeoutAbortSec=1\n")
	systemctl("daemon-reload")
	systemctl("start", "replyd")
	served()


def comes_back(restarts):
	until(lambda: shown("NRestarts") == str(restarts), "a restart")
	until(lambda: shown("ActiveState") == "active", "it is back")
	served()
	if journal("--unit", "replyd").count("Watchdog timeout") != restarts:
		raise Failure("it was not the watchdog")


def all_stopped():
	systemctl("kill", "--signal", "STOP", "--kill-who", "main", "replyd")
	comes_back(1)


def main_stopped():
	"""By a debugger, which leaves the other threads alone."""
	libc = ctypes.CDLL(None, use_errno=True)
	pid = int(shown("MainPID"))
	if libc.ptrace(PTRACE_SEIZE, pid, None, None) or libc.ptrace(PTRACE_INTERRUPT, pid, None, None):
		raise Failure(f"ptrace: {os.strerror(ctypes.get_errno())}")
	until(lambda: shown("StatusText") == "Stalled: main", "the status")
	comes_back(2)


def workers_stuck():
	clients = [asks("/never") for _ in range(2)]
	until(lambda: shown("StatusText") == "Stalled: workers", "the status")
	comes_back(3)
	for client in clients:
		client.close()


def only_slow():
	"""There is always more to do than both workers do in a second."""
	end = time.monotonic() + 2 * WATCHDOG_S
	failures = []

	def client():
		try:
			while time.monotonic() < end:
				served("/second")
		except Exception as failure:	# whatever it is, the test has failed
			failures.append(failure)

	threads = [threading.Thread(target=client) for _ in range(12)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	if failures:
		raise Failure(f"{failures}")
	if shown("NRestarts") != "3":
		raise Failure("it was restarted, though it only had much to do")
	until(lambda: shown("StatusText").startswith("Ready on"), "the status")


main(starts, all_stopped, main_stopped, workers_stuck, only_slow)

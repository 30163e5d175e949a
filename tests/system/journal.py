#!/usr/bin/env python3
"""journal - where standard error is the journal's, each line begins with its level; nowhere else."""

import os
import subprocess
import sys

from served import Failure, main

WRONG = [os.environ["REPLYD"], "--listen", "nowhere"]


def said(names):
	"""What it says where standard error is the file that JOURNAL_STREAM names; or another."""
	with open(os.memfd_create("journal"), "r+", encoding="utf-8") as log:
		is_ = os.fstat(log.fileno())
		env = {**os.environ, "JOURNAL_STREAM": f"{is_.st_dev}:{is_.st_ino + (not names)}"}
		subprocess.run(WRONG, env=env, stderr=log, check=False)
		log.seek(0)
		return log.read()


def test():
	if not said(True).startswith("<3>replyd: --listen"):
		raise Failure(f"to the journal: {said(True)}")
	if not said(False).startswith("replyd: --listen"):
		raise Failure(f"elsewhere: {said(False)}")


sys.exit(main(test))

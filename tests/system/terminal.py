"""terminal - a program on a terminal of its own: what it writes is drawn as TERM=xterm would, as text.

The screen is `rows` strings of `cols` characters; looks (colours, bold) are not kept,
but what was asked for is in `output`. Whatever is no part of xterm that ncurses uses
is a Failure.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from served import WAIT_S, Failure

SEQUENCE = re.compile(rb"\x1b(?:\[([?>]?)([0-9;]*)([@A-Za-z])|\([0B]|[=>78M]|\][^\x07]*\x07)")
INCOMPLETE = re.compile(rb"\x1b(?:\[[?>]?[0-9;]*|\(|\][^\x07]*)?\Z")


class Terminal:
	def __init__(self, argv, rows=24, cols=80, env=None):
		self.output, self.rest, self.status = b"", b"", None
		self.rows, self.cols = rows, cols
		self.clear()
		looked, go = os.pipe()
		self.pid, self.fd = pty.fork()
		if self.pid == 0:
			os.read(looked, 1)	# only then may it change anything
			os.execve(argv[0], argv, {**os.environ, "TERM": "xterm", **(env or {})})
		self.sized()
		self.before = termios.tcgetattr(self.fd)
		os.write(go, b"1")
		os.close(looked)
		os.close(go)

	def __enter__(self):
		return self

	def __exit__(self, *_):
		if self.status is None:
			os.kill(self.pid, signal.SIGKILL)
			os.waitpid(self.pid, 0)
		os.close(self.fd)

	def clear(self):
		self.screen = [[" "] * self.cols for _ in range(self.rows)]
		self.row = self.col = 0
		self.top, self.bottom = 0, self.rows - 1	# of what is scrolled

	def sized(self):
		fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.cols, 0, 0))

	def resize(self, rows, cols):
		self.rows, self.cols = rows, cols
		self.clear()
		self.sized()

	def text(self):
		return "\n".join("".join(line).rstrip() for line in self.screen)

	def type(self, keys):
		os.write(self.fd, keys.encode())

	def read(self):
		"""Draw what has come. False: the program is gone."""
		try:
			got = os.read(self.fd, 65536)
		except OSError:			# EIO: nobody has the other side
			got = b""
		self.output += got
		self.rest = self.draw(self.rest + got)
		return got != b""

	def until(self, fact, what):
		"""Wait until fact(text of the screen) is true."""
		end = time.monotonic() + WAIT_S
		while not fact(self.text()):
			if time.monotonic() > end:
				raise Failure(f"not in time: {what}; the screen is\n{self.text()}")
			if select.select([self.fd], [], [], 0.1)[0] and not self.read():
				raise Failure(f"it ended: {what}; the screen is\n{self.text()}")

	def shows(self, pattern):
		self.until(lambda text: re.search(pattern, text, re.MULTILINE), pattern)

	def ended(self):
		"""Its exit status, or minus the signal, when it has ended."""
		while self.read():
			pass
		self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
		return self.status

	def draw(self, data):
		at = 0
		while at < len(data):
			found = SEQUENCE.match(data, at)
			if found:
				if found[3]:
					numbers = [int(n) if n else 0 for n in found[2].split(b";")]
					self.sequence(found[1].decode(), found[3].decode(), numbers)
				elif found[0] == b"\x1bM":
					self.up()
				at = found.end()
			elif INCOMPLETE.match(data, at):
				return data[at:]
			else:
				self.put(chr(data[at]))
				at += 1
		return b""

	def scroll(self, first, lines):
		"""Lines from the first on move up, or down where `lines` is negative, and blank ones follow."""
		for _ in range(abs(lines)):
			if lines > 0:
				del self.screen[first]
				self.screen.insert(self.bottom, [" "] * self.cols)
			else:
				del self.screen[self.bottom]
				self.screen.insert(first, [" "] * self.cols)

	def down(self):
		if self.row == self.bottom:
			self.scroll(self.top, 1)
		else:
			self.row = min(self.row + 1, self.rows - 1)

	def up(self):
		if self.row == self.top:
			self.scroll(self.top, -1)
		else:
			self.row = max(self.row - 1, 0)

	def put(self, char):
		if char == "\r":
			self.col = 0
		elif char == "\n":
			self.down()
		elif char == "\b":
			self.col = max(self.col - 1, 0)
		elif " " <= char <= "~":
			if self.col >= self.cols:	# the margin is behind the last column
				self.col = 0
				self.down()
			if self.row < self.rows:
				self.screen[self.row][self.col] = char
			self.col += 1
		elif char not in "\x07\x0f\x0e":
			raise Failure(f"an unknown character {char!r}")

	def sequence(self, private, kind, numbers):
		n = max(numbers[0], 1)
		line = self.screen[min(self.row, self.rows - 1)]
		if private or kind in "mhltn":
			if kind == "h" and numbers[0] == 1049:
				self.clear()
		elif kind in "Hf":
			self.row, self.col = n - 1, max((numbers + [0])[1], 1) - 1
		elif kind == "r":
			self.top, self.bottom = n - 1, (numbers + [0])[1] - 1 if len(numbers) > 1 else self.rows - 1
			self.row = self.col = 0
		elif kind in "ML":
			self.scroll(self.row, n if kind == "M" else -n)
		elif kind in "ST":
			self.scroll(self.top, n if kind == "S" else -n)
		elif kind == "d":
			self.row = n - 1
		elif kind == "G":
			self.col = n - 1
		elif kind in "AB":
			self.row += n if kind == "B" else -n
		elif kind in "CD":
			self.col += n if kind == "C" else -n
		elif kind == "X":
			line[self.col:self.col + n] = [" "] * len(line[self.col:self.col + n])
		elif kind == "b":
			for _ in range(n):
				self.put(line[self.col - 1])
		elif kind in "@P":
			more, less = ([" "] * n, 0) if kind == "@" else ([], n)
			line[self.col:] = (more + line[self.col + less:] + [" "] * less)[:self.cols - self.col]
		elif kind == "K":
			first, end = ((self.col, self.cols), (0, self.col + 1), (0, self.cols))[numbers[0]]
			line[first:end] = [" "] * (end - first)
		elif kind == "J":
			if numbers[0] == 2:
				self.screen = [[" "] * self.cols for _ in range(self.rows)]
			else:
				line[self.col:] = [" "] * (self.cols - self.col)
				for below in self.screen[self.row + 1:]:
					below[:] = [" "] * self.cols
		else:
			raise Failure(f"an unknown sequence {kind!r} {numbers}")

	def restored(self):
		"""Whether it left the terminal as it was: its modes, and the screen before it."""
		return (termios.tcgetattr(self.fd) == self.before
			and self.output.rfind(b"\x1b[?1049l") > self.output.rfind(b"\x1b[?1049h")
			and self.output.rfind(b"\x1b[?25h") + 5 > self.output.rfind(b"\x1b[?25l"))

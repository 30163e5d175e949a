"""client - one client of a dialogue: a socket, what came and was not yet asked for.

Every wait ends after wait_s seconds with Failure.
"""

import errno
import random
import select
import socket
import struct
import time

import reply
from escape import show

PIECES_PAUSED_MOST = 400
PIECE_PAUSE_S = 0.001


class Failure(Exception):
	"""What was expected did not come."""
	def __init__(self, expected, came):
		super().__init__(expected)
		self.expected, self.came = expected, came


class Cut:
	"""How a text is cut into pieces that are sent one by one."""
	def __init__(self, how):
		self.size, self.random = 0, None
		if how and how.startswith("random:"):
			self.random = random.Random(int(how[7:]))
		elif how:
			self.size = int(how)
			if self.size < 1:
				raise ValueError(how)

	def pieces(self, data):
		if not self.size and not self.random:
			return [data]
		out, at = [], 0
		while at < len(data):
			size = self.size or self.random.choice((1, 2, 3, 7, 16, 64, 500, 4000))
			out.append(data[at:at + size])
			at += size
		return out


class Client:
	def __init__(self, name, wait_s, cut):
		self.name, self.wait_s, self.cut = name, wait_s, cut
		self.sock, self.reply = None, None
		self.came, self.end = bytearray(), None

	def connect(self, address, rcvbuf=None):
		"""address: a path (Unix socket) or (host, port)."""
		self.close()
		self.came, self.end = bytearray(), None
		unix = isinstance(address, str)
		six = not unix and ":" in address[0]
		family = socket.AF_UNIX if unix else socket.AF_INET6 if six else socket.AF_INET
		self.sock = socket.socket(family, socket.SOCK_STREAM)
		if rcvbuf:
			self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
		if not unix:
			self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		self.sock.settimeout(self.wait_s)
		try:
			self.sock.connect(address)
		except OSError as error:
			self.sock = None
			raise Failure(f"a connection to {address}", str(error)) from None
		self.sock.setblocking(False)

	def expect_refused(self, address):
		"""A new connection is refused, now or soon."""
		until = time.monotonic() + self.wait_s
		came = ""
		while "refused" not in came:
			if time.monotonic() > until:
				raise Failure("a connection to be refused", came)
			try:
				self.connect(address)
				self.close()
				came = "it is accepted"
			except Failure as failure:
				came = failure.came
			time.sleep(0.003)

	def close(self):
		if self.sock:
			self.sock.close()
		self.sock = None

	def abort(self):
		self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		self.close()

	def shut(self):
		try:
			self.sock.shutdown(socket.SHUT_WR)
		except OSError as error:
			if error.errno != errno.ENOTCONN:	# a reset has ended both
				raise Failure("to end our side of the stream", self._so_far(str(error))) from None

	def send(self, data, must=True):
		"""Send all; must is False where the server may end the stream meanwhile."""
		pieces = self.cut.pieces(data)
		for piece in pieces:
			try:
				self._send_piece(piece)
			except OSError as error:
				if not must:
					return
				raise Failure(f"to send {len(data)} bytes", self._so_far(str(error))) from None
			if 1 < len(pieces) <= PIECES_PAUSED_MOST:
				time.sleep(PIECE_PAUSE_S)

	def drip(self, data, pause_s):
		"""Send byte by byte until all is sent or the server says something."""
		for at in range(len(data)):
			try:
				self._send_piece(data[at:at + 1])
			except OSError:
				return
			if self._wait(select.POLLIN, pause_s):
				return

	def expect_reply(self, statuses, no_body):
		until = time.monotonic() + self.wait_s
		expected = f"a reply {'|'.join(map(str, statuses))}"
		while True:
			try:
				got = reply.read(self.came, no_body, self.end == "end of stream")
			except reply.Malformed as error:
				raise Failure(expected, self._so_far(f"malformed: {error}")) from None
			if got and got[0].status == 102 and 102 not in statuses:
				del self.came[:got[1]]
				continue
			if got:
				break
			if self.end or not self._fill(until):
				raise Failure(expected, self._so_far(self.end or "no more in time"))
		if got[0].status not in statuses:
			raise Failure(expected, self._so_far())
		self.reply = got[0]
		del self.came[:got[1]]

	def expect_bytes(self, data):
		until = time.monotonic() + self.wait_s
		while len(self.came) < len(data) and data.startswith(bytes(self.came)):
			if self.end or not self._fill(until):
				break
		if not self.came.startswith(data):
			raise Failure(show(data), self._so_far(self.end))
		del self.came[:len(data)]

	def expect_end(self, ends):
		"""The stream ends in one of the given ways, and nothing comes before."""
		until = time.monotonic() + self.wait_s
		while not self.end and not self.came and self._fill(until):
			pass
		if self.came or self.end not in ends:
			raise Failure(" or ".join(ends), self._so_far(self.end or "no end in time"))
		self.close()

	def expect_gone(self, ends):
		"""The stream ends in one of the given ways; what comes before is thrown away."""
		until = time.monotonic() + self.wait_s
		while not self.end:
			self.came.clear()
			if not self._fill(until):
				raise Failure(" or ".join(ends), self._so_far("no end in time"))
		if self.end not in ends:
			raise Failure(" or ".join(ends), self.end)
		self.close()

	def expect_quiet(self):
		"""Nothing came that was not asked for, and the stream goes on."""
		self._fill(time.monotonic())
		if self.came or self.end:
			raise Failure("nothing", self._so_far(self.end))

	def expect_some(self):
		"""Something has come; it is not taken."""
		if not self.came and not self._fill(time.monotonic() + self.wait_s) or not self.came:
			raise Failure("some bytes", self._so_far(self.end or "nothing in time"))

	def finish(self):
		"""When the dialogue is over: end our side, and get the other's with nothing before it."""
		if not self.sock:
			return
		try:
			self.shut()
		except Failure:
			pass
		until = time.monotonic() + self.wait_s
		while not self.end and not self.came and self._fill(until):
			pass
		if self.came or not self.end:
			raise Failure(f"no more for {self.name}, and its end", self._so_far(self.end or "no end in time"))
		self.close()

	def _send_piece(self, piece):
		until = time.monotonic() + self.wait_s
		while piece:
			try:
				piece = piece[self.sock.send(piece, socket.MSG_NOSIGNAL):]
			except BlockingIOError:
				left = until - time.monotonic()
				events = self._wait(select.POLLOUT | select.POLLIN, left)
				if left <= 0 or not events:
					raise OSError("the server does not read") from None
				if events & select.POLLIN and not self.end:
					self._fill(until)

	def _wait(self, events, wait_s):
		poll = select.poll()
		poll.register(self.sock, events)
		ready = poll.poll(max(wait_s, 0) * 1000)
		return ready[0][1] if ready else 0

	def _fill(self, until):
		"""Read once, waiting until then at most; False when nothing happened."""
		if self.end or not self._wait(select.POLLIN, until - time.monotonic()):
			return False
		try:
			data = self.sock.recv(1 << 18)
		except ConnectionError:
			self.end = "reset"
			return True
		if not data:
			self.end = "end of stream"
		self.came += data
		return True

	def _so_far(self, note=None):
		return show(bytes(self.came)) + (f"\n({note})" if note else "")

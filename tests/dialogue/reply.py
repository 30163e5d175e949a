"""reply - reads one HTTP/1 reply from bytes, strictly (RFC 9112).

Knows no socket: a reply that is not yet whole is None, one that breaks a
rule every reply must keep raises Malformed.
"""

import email.utils
import re
import time

STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t\x20-\x7e]*)?")
HEAD_MOST = 65536
ONCE = (b"access-control-allow-credentials", b"access-control-allow-origin", b"access-control-max-age",
        b"age", b"content-length", b"content-location", b"content-range", b"content-type", b"date",
        b"etag", b"expires", b"last-modified", b"location", b"retry-after", b"server",
        b"transfer-encoding", b"x-content-type-options", b"x-frame-options")
NEEDED = {401: b"WWW-Authenticate", 405: b"Allow", 407: b"Proxy-Authenticate", 426: b"Upgrade"}
DATE_OFF_MOST_S = 300


class Malformed(Exception):
	"""The reply breaks a rule."""


class Reply:
	def __init__(self, head):
		self.head = head
		self.body = b""
		lines = head.split(b"\r\n")
		found = STATUS_LINE.fullmatch(lines[0])
		if not found:
			raise Malformed("status line")
		self.status = int(found[1])
		self.fields = []
		for line in lines[1:]:
			found = FIELD.fullmatch(line)
			if not found:
				raise Malformed(f"field line {line!r}")
			self.fields.append((found[1].lower(), found[2]))
		self._check()

	def field(self, name):
		"""The value of a field, its lines joined; None where there is none."""
		values = [v for n, v in self.fields if n == name.lower()]
		return b", ".join(values) if values else None

	def _check(self):
		for name in ONCE:
			if sum(n == name for n, _ in self.fields) > 1:
				raise Malformed(f"{name.decode()} given twice")
		length, coding = self.field(b"Content-Length"), self.field(b"Transfer-Encoding")
		if length is not None and not re.fullmatch(rb"[0-9]+", length):
			raise Malformed("Content-Length is not a number")
		if coding is not None and length is not None:
			raise Malformed("Content-Length beside Transfer-Encoding")
		if (length or coding) and (self.status < 200 or self.status == 204):
			raise Malformed("a body announced with a status that has none")
		needed = NEEDED.get(self.status)
		if needed and self.field(needed) is None:
			raise Malformed(f"{self.status} without {needed.decode()}")
		if self.status == 205 and length != b"0":
			raise Malformed("205 without Content-Length: 0")
		if self.status == 206:
			self._check_partial()
		if 200 <= self.status < 500:
			self._check_date()

	def _check_partial(self):
		several = (self.field(b"Content-Type") or b"").startswith(b"multipart/byteranges")
		if several == (self.field(b"Content-Range") is not None):
			raise Malformed("206 with neither Content-Range nor several parts, or with both")

	def _check_date(self):
		value = (self.field(b"Date") or b"").decode("latin-1")
		try:
			then = email.utils.parsedate_to_datetime(value).timestamp()
		except (TypeError, ValueError):
			raise Malformed("no Date, or not a date") from None
		if email.utils.formatdate(then, usegmt=True) != value:
			raise Malformed("Date is not an IMF-fixdate")
		if abs(then - time.time()) > DATE_OFF_MOST_S:
			raise Malformed("Date is not now")


def read(data, no_body, ended):
	"""(reply, bytes it took) from the start of data, or None when more is needed.
	no_body: the head announces a body that does not come (HEAD).
	ended: the stream ended after data."""
	end = data.find(b"\r\n\r\n")
	if end < 0:
		if len(data) > HEAD_MOST or not b"HTTP/1.".startswith(data[:7]):
			raise Malformed("head")
		return None
	reply = Reply(bytes(data[:end]))
	start = end + 4
	if no_body or reply.status < 200 or reply.status in (204, 304):
		return reply, start
	if reply.field(b"Transfer-Encoding") is not None:
		return _read_chunks(reply, data, start)
	length = reply.field(b"Content-Length")
	if length is None:
		reply.body = bytes(data[start:])
		return (reply, len(data)) if ended else None
	if len(data) < start + int(length):
		return None
	reply.body = bytes(data[start:start + int(length)])
	return reply, start + int(length)


def _read_chunks(reply, data, at):
	if reply.field(b"Transfer-Encoding").lower() != b"chunked":
		raise Malformed("unknown transfer coding")
	parts = []
	while True:
		end = data.find(b"\r\n", at)
		if end < 0:
			return None
		found = CHUNK.fullmatch(data, at, end)
		if not found:
			raise Malformed("chunk size")
		size, at = int(found[1], 16), end + 2
		if size == 0:
			break
		if len(data) < at + size + 2:
			return None
		if data[at + size:at + size + 2] != b"\r\n":
			raise Malformed("chunk end")
		parts.append(bytes(data[at:at + size]))
		at += size + 2
	reply.body = b"".join(parts)
	while True:
		end = data.find(b"\r\n", at)
		if end < 0:
			return None
		if end == at:
			return reply, end + 2
		if not FIELD.fullmatch(data, at, end):
			raise Malformed("trailer")
		at = end + 2

#!/usr/bin/env python3
"""fastcgi - replyd with PHP-FPM and with php-cgi, as they are installed.

A page, a form, an upload of 20 MB, an error that goes to the log, redirects and
cookies, a reply that comes in pieces. Connections are kept; with a single process that
they keep busy nobody waits for ever, and nobody sees that processes end after ten
requests. FPM is stopped and started under load: what is asked meanwhile is 502 or 504,
in time, and all is well again.
"""

import glob
import hashlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.parse

from served import AS, SKIPPED, WAIT_S, Failure, Server, main, pattern, until

CLIENTS = 8
UPLOAD = pattern(20_000_000)
FILES = {
	"index.php": b"<?php echo 'index of ', $_SERVER['SCRIPT_NAME'], \"\\n\";",
	"info.php": b"<?php foreach (['SCRIPT_NAME', 'PATH_INFO', 'SCRIPT_FILENAME', 'DOCUMENT_ROOT', 'QUERY_STRING',"
		b" 'REQUEST_URI', 'PHP_SELF', 'HTTP_PROXY', 'REMOTE_ADDR'] as $n)"
		b" echo $n, '=', $_SERVER[$n] ?? '(none)', \"\\n\";",
	"form.php": b"<?php header('X-Method: ' . $_SERVER['REQUEST_METHOD']); setcookie('a', 'b');"
		b" echo $_POST['name'], '|', $_POST['text'], '|', $_GET['q'];",
	"upload.php": b"<?php $f = $_FILES['file']; echo $f['error'], ' ', $f['size'], ' ',"
		b" $f['error'] ? '' : md5_file($f['tmp_name']);",
	"raw.php": b"<?php echo md5(file_get_contents('php://input'));",
	"error.php": b"<?php error_log('it is said'); no_such_function();",
	"moved.php": b"<?php header('Location: /index.php', true, 303);",
	"missing.php": b"<?php http_response_code(404); echo 'no such thing';",
	"sockets.php": b"<?php echo getmypid(); foreach (glob('/proc/self/fd/*') as $n)"
		b" if (str_starts_with((string)@readlink($n), 'socket:')) echo ' ', readlink($n);",
	"slow.php": b"<?php usleep(300000); echo 'slow';",
	"pieces.php": b"<?php echo str_repeat('a', 10); flush(); echo str_repeat('b', 300000);",
	"never.php": b"<?php sleep(1000);",
	"style.css": b"p { }\n",
}


def program(name, *more):
	found = next((path for path in map(shutil.which, [name, *more]) if path), None)
	if not found:
		print(f"skipped: there is no {name}")
		sys.exit(SKIPPED)
	return found


def listens(process, path):
	"""It does, or does soon."""
	until(lambda: os.path.exists(path) or process.poll() is not None, "PHP")
	if process.poll() is not None:
		raise Failure(f"PHP ended with status {process.returncode}")


class Cgi:
	"""php-cgi, whose processes end after ten requests."""

	def __init__(self, server):
		self.program, self.process = program("php-cgi"), None
		self.socket = os.path.join(server.tmp, "php-cgi.sock")
		self.options = [f"upload_tmp_dir={server.tmp}", "upload_max_filesize=64M", "post_max_size=64M"]

	def __enter__(self):
		env = dict(os.environ, PHP_FCGI_CHILDREN="2", PHP_FCGI_MAX_REQUESTS="10")
		self.process = subprocess.Popen([self.program, "-n", "-b", self.socket,
			*(word for option in self.options for word in ("-d", option))], env=env,
			stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		listens(self.process, self.socket)
		return self

	def __exit__(self, *_):
		self.process.terminate()
		self.process.wait(WAIT_S)


class Fpm:
	"""PHP-FPM with a configuration of its own, as a process of this test."""

	def __init__(self, server, children, more=""):
		self.program = program("php-fpm", *glob.glob("/usr/sbin/php-fpm[0-9]*"))
		self.process = None
		self.socket = os.path.join(server.tmp, "php.sock")
		self.conf = os.path.join(server.tmp, "fpm.conf")
		with open(self.conf, "w", encoding="utf-8") as file:
			file.write(f"[global]\nerror_log = {server.tmp}/fpm.log\ndaemonize = no\n"
				f"[www]\nlisten = {self.socket}\npm = static\npm.max_children = {children}\n"
				"pm.status_path = /fpm-status\ncatch_workers_output = yes\n"
				"php_admin_value[upload_max_filesize] = 64M\nphp_admin_value[post_max_size] = 64M\n"
				f"{more}\nphp_admin_value[upload_tmp_dir] = {server.tmp}\n"
				"php_admin_value[display_errors] = 0\nphp_admin_value[log_errors] = 1\n"
				+ ("user = root\ngroup = root\n" if os.geteuid() == 0 else ""))

	def start(self):
		options = ["-R"] if os.geteuid() == 0 else []
		self.process = subprocess.Popen([self.program, *options, "-n", "-F", "-y", self.conf],
			stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		listens(self.process, self.socket)
		return self

	def stop(self):
		"""At once, with its children; its socket goes as well."""
		if self.process and self.process.poll() is None:
			self.process.send_signal(signal.SIGTERM)
			self.process.wait(WAIT_S)

	def __enter__(self):
		return self.start()

	def __exit__(self, *_):
		self.stop()


class Php(Server):
	"""replyd with a route to PHP-FPM."""

	def configured(self, fpm, more=""):
		conf, out, err = (os.path.join(self.tmp, name) for name in ("replyd.conf", "out", "err"))
		with open(conf, "w", encoding="utf-8") as file:
			file.write('listen "127.0.0.1:0" { }\nworkers { max = 16 } queue { shed = no }\n'
				f'route "/" {{ fastcgi = "unix:{fpm.socket}" root = "{self.root}"\n'
				f'body_max = 64MiB {more} }}\n'
				f'route "/fpm-status" {{ fastcgi = "unix:{fpm.socket}" script = "/fpm-status"\n'
				'environment = { "SCRIPT_NAME=/fpm-status" } }\n'
				f'route "/plain" {{ text = "plain" }}\n')
		with open(out, "wb") as to, open(err, "wb") as errors:
			self.process = subprocess.Popen([os.environ["REPLYD"], *AS, "-c", conf],
				stdin=subprocess.DEVNULL, stdout=to, stderr=errors)

		def line():
			with open(out, encoding="utf-8") as file:
				return re.search(r"ready on \S*127\.0\.0\.1:(\d+)/? *\n", file.read())

		until(lambda: line() or self.process.poll() is not None, "the ready line")
		if not line():
			raise Failure(f"the server ended: {self.stderr()}")
		self.port = int(line()[1])

	def finish(self):
		self.signal()
		status = self.process.wait(WAIT_S)
		if status != 0 or re.search("Sanitizer|runtime error", self.stderr()):
			raise Failure(f"the server ended with status {status}: {self.stderr()}")

	def ask(self, path, method="GET", body=None, fields=None, client=None):
		"""A reply, with its body read."""
		c = client or http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
		c.request(method, path, body, fields or {})
		r = c.getresponse()
		r.body = r.read()
		if not client:
			c.close()
		return r

	def expect(self, status, body, path, *args, **options):
		r = self.ask(path, *args, **options)
		if r.status != status or (body is not None and r.body != body):
			raise Failure(f"{path}: {r.status} {r.body[:300]}, not {status} {body}: {self.stderr()}")
		return r

	def counted(self, name):
		"""A number of FPM's status."""
		found = re.search(rb"^%s: +(\d+)" % name.encode(), self.expect(200, None, "/fpm-status").body, re.M)
		if not found:
			raise Failure(f"FPM's status has no '{name}'")
		return int(found[1])


def multipart(data):
	edge = b"--edge-of-parts"
	body = edge + b'\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' + data \
		+ b"\r\n" + edge + b"--\r\n"
	return body, {"Content-Type": "multipart/form-data; boundary=edge-of-parts"}


def pages(php):
	php.expect(200, b"index of /index.php\n", "/")
	r = php.expect(200, None, "/info.php/a/b?q=1", fields={"Proxy": "evil"})
	for word in ("SCRIPT_NAME=/info.php", "PATH_INFO=/a/b", f"SCRIPT_FILENAME={php.root}/info.php",
			f"DOCUMENT_ROOT={php.root}", "QUERY_STRING=q=1", "REQUEST_URI=/info.php/a/b?q=1",
			"PHP_SELF=/info.php/a/b", "HTTP_PROXY=(none)", "REMOTE_ADDR=127.0.0.1"):
		if word.encode() + b"\n" not in r.body:
			raise Failure(f"no {word} in {r.body.decode()}")
	r = php.expect(200, b"p { }\n", "/style.css")
	if not r.getheader("Content-Type").startswith("text/css"):
		raise Failure("the type of a file that is no script")
	php.expect(404, None, "/style.css/x.php")
	php.expect(404, b"no such thing", "/missing.php")
	if php.expect(303, b"", "/moved.php").getheader("Location") != "/index.php":
		raise Failure("where it was moved to")
	php.expect(200, b"", "/info.php", "HEAD")
	php.expect(200, b"a" * 10 + b"b" * 300000, "/pieces.php")


def forms(php):
	values = {"name": "A & B", "text": "long " * 30000}
	r = php.expect(200, f"A & B|{values['text']}|1".encode(), "/form.php?q=1", "POST",
		urllib.parse.urlencode(values), {"Content-Type": "application/x-www-form-urlencoded"})
	if r.getheader("X-Method") != "POST" or not r.getheader("Set-Cookie").startswith("a=b"):
		raise Failure(f"the fields of a form's reply: {r.getheaders()}")


def uploads(php, md5):
	body, fields = multipart(UPLOAD)
	php.expect(200, f"0 {len(UPLOAD)} {md5}".encode(), "/upload.php", "POST", body, fields)
	php.expect(200, md5.encode(), "/raw.php", "PUT", UPLOAD)
	chunks = (UPLOAD[at:at + 1_000_000] for at in range(0, len(UPLOAD), 1_000_000))
	c = http.client.HTTPConnection("127.0.0.1", php.port, timeout=WAIT_S)
	c.request("POST", "/raw.php", chunks, encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
	if c.getresponse().read() != md5.encode():
		raise Failure("an upload in chunks")
	c.close()


def errors(php):
	php.expect(500, None, "/error.php", fields={"X-Request-Id": "the-id"})
	until(lambda: re.search(r"\[the-id\]: unix:.*it is said", php.stderr())
		and re.search(r"\[the-id\]: unix:.*no_such_function", php.stderr()), "the error in the log")


def kept(php):
	"""A script sees the sockets of its process: the same ones are the same connection."""
	before = php.counted("accepted conn")
	sockets = {php.expect(200, None, "/sockets.php").body for _ in range(20)}
	if len(sockets) != 1:
		raise Failure(f"20 requests by several connections: {sockets}")
	if php.counted("accepted conn") < before + 20:
		raise Failure("FPM has counted fewer requests")
	if php.expect(200, None, "/sockets.php", "POST", "").body in sockets:
		raise Failure("a POST by a connection that was kept")


def crowd(php, path, each, methods=("GET",)):
	"""Many at once: the replies of all."""
	replies, threads = [], []

	def run():
		for number in range(each):
			replies.append(php.ask(path, methods[number % len(methods)]))

	for _ in range(CLIENTS):
		threads.append(threading.Thread(target=run, daemon=True))
		threads[-1].start()
	for thread in threads:
		thread.join(WAIT_S)
	if len(replies) != CLIENTS * each:
		raise Failure(f"{len(replies)} replies of {CLIENTS * each}")
	return replies


def single(php):
	"""One process, which an idle connection would keep for itself."""
	for path, each in (("/slow.php", 1), ("/index.php", 50)):
		wrong = [r.status for r in crowd(php, path, each) if r.status != 200]
		if wrong:
			raise Failure(f"{path} with one process: {wrong}: {php.stderr()}")


def recycled(php):
	wrong = [r.status for r in crowd(php, "/index.php", 60, ("GET", "POST", "GET")) if r.status != 200]
	if wrong:
		raise Failure(f"processes that end after ten requests: {wrong}: {php.stderr()}")


class Load:
	"""Clients that ask on and on; what they read is counted."""

	def __init__(self, php):
		self.php, self.seen, self.failure, self.over = php, {}, None, False
		self.lock = threading.Lock()
		self.threads = [threading.Thread(target=self._run, args=[n], daemon=True) for n in range(CLIENTS)]
		for thread in self.threads:
			thread.start()

	def _run(self, number):
		path = ("/index.php", "/form.php", "/slow.php", "/pieces.php")[number % 4]
		method = "POST" if path == "/form.php" else "GET"
		client = http.client.HTTPConnection("127.0.0.1", self.php.port, timeout=WAIT_S)
		try:
			while not self.over:
				try:
					status = self.php.ask(path, method, client=client).status
				except (http.client.HTTPException, ConnectionError):
					status = "cut"	# in the middle of a reply
					client.close()
				with self.lock:
					self.seen[status] = self.seen.get(status, 0) + 1
		except Exception as failure:	# whatever it is, the test has failed
			self.failure = failure
		client.close()

	def more(self, status, number=20):
		start = self.seen.get(status, 0)
		until(lambda: self.failure or self.seen.get(status, 0) >= start + number,
			f"{number} times {status}")
		if self.failure:
			raise Failure(f"under load: {type(self.failure).__name__} {self.failure}")

	def end(self):
		self.over = True
		for thread in self.threads:
			thread.join(WAIT_S)
		wrong = set(self.seen) - {200, 502, 504, "cut"}
		if self.failure or wrong:
			raise Failure(f"under load: {self.seen} {self.failure}")


def stopped(php, fpm):
	load = Load(php)
	for _ in range(3):
		load.more(200)
		fpm.stop()
		load.more(502)
		php.expect(200, b"plain", "/plain")
		fpm.start()
	load.more(200)
	load.end()
	print(f"under load: {load.seen}")


def frozen(php, fpm):
	"""It is there and answers nobody: 504, and then well again."""
	with open(f"/proc/{fpm.process.pid}/task/{fpm.process.pid}/children", encoding="utf-8") as file:
		children = [int(pid) for pid in file.read().split()]
	for pid in children:
		os.kill(pid, signal.SIGSTOP)
	try:
		wrong = [r.status for r in crowd(php, "/index.php", 1) if r.status != 504]
		php.expect(200, b"plain", "/plain")
	finally:
		for pid in children:
			os.kill(pid, signal.SIGCONT)
	if wrong:
		raise Failure(f"of a frozen FPM: {wrong}")
	php.expect(504, None, "/never.php")
	if any(r.status != 200 for r in crowd(php, "/index.php", 5)):
		raise Failure("it is not well again")


def test():
	md5 = hashlib.md5(UPLOAD).hexdigest()
	with Php(FILES) as php, Fpm(php, 4) as fpm:
		php.configured(fpm)
		pages(php)
		forms(php)
		uploads(php, md5)
		errors(php)
		kept(php)
		stopped(php, fpm)
		php.finish()
	with Php(FILES) as php, Fpm(php, 1) as fpm:
		php.configured(fpm)
		single(php)
		php.finish()
	with Php(FILES) as php, Fpm(php, 2, "pm.max_requests = 10") as fpm:
		php.configured(fpm)
		recycled(php)
		php.finish()
	with Php(FILES) as php, Cgi(php) as cgi:
		php.configured(cgi)
		pages(php)
		uploads(php, md5)
		recycled(php)
		php.finish()
	with Php(FILES) as php, Fpm(php, 2) as fpm:
		php.configured(fpm, "time_limit = 2s")
		frozen(php, fpm)
		php.finish()


sys.exit(main(test))

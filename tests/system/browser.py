#!/usr/bin/env python3
"""browser - Chromium shows the installed site, all of it, without a complaint.

Nothing fails on the network or is said on the console; every link leads
somewhere; the page draws its own trace, and its buttons ask; what is asked a
second time is not sent again.
"""

import os
import shutil
import sys
import urllib.parse

from served import SKIPPED, Failure, Server, main, until
from browser_driver import Browser, missing

MANY = 100			# questions by one button

# What the page has, as its document says it.
NEEDED = """return [...document.querySelectorAll("link:not([rel=icon]), use, [src]")]
	.map((element) => element.getAttribute("src") || element.getAttribute("href"))
	.map((reference) => new URL(reference, document.baseURI))
	.map((url) => url.origin + url.pathname)"""
ICONS = """return [...document.querySelectorAll("link[rel=icon]")].map((link) => link.href)"""
LINKED = """return [...document.querySelectorAll("a[href]")].map((a) => a.href)"""
TRACED = """return [...document.querySelectorAll("#trace-here tbody")].map((body) =>
	[...body.rows].map((row) => row.cells[0].textContent))"""
SHOWN = """
	const sheets = [...document.styleSheets];
	return document.title !== ""
		&& sheets.length === document.querySelectorAll("link[rel=stylesheet]").length
		&& sheets.every((sheet) => sheet.cssRules.length > 0)
		&& [...document.querySelectorAll("use")].every((use) => use.getBBox().width > 0)
		&& [...document.images].every((image) => image.complete && image.naturalWidth > 0)"""
ANSWER = """
	return !document.querySelector(".buttons button:disabled")
		&& document.getElementById("answer").textContent"""
ASK_AGAIN = """return Promise.all(arguments[0].map(async (url) =>
	(await (await fetch(url, { cache: "no-cache" })).arrayBuffer()).byteLength))"""


class Visit:
	"""The browser at the site: what it asked since the last look, and what came."""

	def __init__(self, browser, server):
		self.browser, self.site = browser, server.url("")
		self.asked = {}

	def look(self):
		"""Reads on in the browser's log; true when no request is open."""
		for method, told in self.browser.events():
			seen = self.asked.setdefault(told.get("requestId"), {})
			if method == "Network.requestWillBeSent" and not self.is_icon(told):
				seen["url"] = told["request"]["url"]
			elif method == "Network.responseReceivedExtraInfo":
				seen["status"] = told["statusCode"]
			elif method == "Network.loadingFinished":
				seen["over"] = True
			elif method == "Network.loadingFailed":
				seen["failed"] = not told["canceled"] and told["errorText"]
		return all("over" in seen or "failed" in seen for seen in self.of_network())

	def is_icon(self, told):
		"""When it asks for that is the browser's affair; where it fails, the console says so."""
		return told["type"] == "Other" and told["initiator"]["type"] == "other"

	def of_network(self):
		return [seen for seen in self.asked.values() if seen.get("url", "").startswith("http")]

	def replies(self, urls):
		"""Waits for each of these; (url, status) of all that the server has answered since the last
		time."""
		def all_came():
			return self.look() and set(urls) <= {seen["url"] for seen in self.of_network()}

		until(all_came, f"the replies to {urls}")
		came, self.asked = self.of_network(), {}
		failed = [seen for seen in came
			if seen.get("failed") or not seen["url"].startswith(self.site)]
		said = [entry["message"] for entry in self.browser.log("browser")]
		if failed or said:
			raise Failure(f"failed: {failed}; on the console: {said}")
		return [(seen["url"], seen["status"]) for seen in came if "status" in seen]

	def load(self, url):
		"""The page and all that it needs are there, and shown; what the server answered."""
		self.browser.load(url)
		got = self.replies([url, *self.browser.run(NEEDED)])
		if not {status for _, status in got} <= {200, 304} or not self.browser.run(SHOWN):
			raise Failure(f"{url} is not shown; {got}")
		return got

	def crawl(self):
		"""Every page that links lead to, and every place in one."""
		found, seen = [self.site], set()
		while found:
			page, place = urllib.parse.urldefrag(found.pop())
			if page not in seen:
				self.load(page)
				seen.add(page)
				found += self.browser.run(LINKED)
			elif place:
				self.browser.load(f"{page}#{place}")
				self.replies([])
				if not self.browser.run("return document.querySelector(':target') !== null"):
					raise Failure(f"there is no {page}#{place}")
		return len(seen)

	def trace(self, replies):
		"""The trace has the steps of the page, and a row for each of these replies."""
		steps, files = until(lambda: self.browser.run(TRACED), "the trace")
		paths = {urllib.parse.urlsplit(url).path for url, _ in replies}
		if len(steps) != 4 or sorted(files) != sorted(paths):
			raise Failure(f"the trace is of {steps}, {files}; there is {paths}")

	def button(self, name, times, word):
		"""It asks so often, and the answer has the word."""
		self.browser.click("#" + name)
		answer = until(lambda: self.browser.run(ANSWER), f"the answer to {name}")
		got = self.replies([self.site])
		if got != [(self.site, 200)] * times or word not in answer:
			raise Failure(f"{name}: {answer}; {len(got)} replies: {set(got)}")

	def again(self):
		"""Asked for a second time, the page is unchanged; so is each file of it."""
		needed = sorted({self.site, *self.browser.run(NEEDED)})
		self.browser.reload()
		got = self.replies(needed)
		if (self.site, 304) not in got or {status for _, status in got} != {304}:
			raise Failure(f"loaded again: {got}")
		self.trace(got)
		needed = sorted({*needed, *self.browser.run(ICONS)})
		sizes = self.browser.run(ASK_AGAIN, needed)
		got = self.replies(needed)
		if sorted(got) != [(url, 304) for url in needed] or 0 in sizes:
			raise Failure(f"asked again: {got}, {sizes} bytes in the browser")


def test():
	if missing():
		print(f"skipped: there is no {missing()}")
		sys.exit(SKIPPED)
	with Server() as server:
		shutil.copytree(os.environ["SITE"], server.root, dirs_exist_ok=True)
		server.start()
		with Browser() as browser:
			browser.events()		# of its own first page
			visit = Visit(browser, server)
			visit.trace(visit.load(visit.site))
			visit.button("ask-once", 1, " 200 OK")
			visit.button("ask-many", MANY, "A hundred replies")
			visit.again()
			print(f"{visit.crawl()} pages")
		server.stop()


sys.exit(main(test))

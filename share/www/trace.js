/*
 * Draws what the browser noted of its own requests: PerformanceNavigationTiming
 * for this page, PerformanceResourceTiming for what the page needed, and the
 * same again for each question that a button asks. Times are milliseconds.
 */
"use strict";

const PARTS = [
	{ kind: "look", name: "look-up", from: "domainLookupStart", to: "domainLookupEnd",
		says: "The name becomes an address.",
		none: "Nothing to look up: it was an address already, or was known." },
	{ kind: "call", name: "connect", from: "connectStart", to: "connectEnd",
		says: "Your browser calls, the kernel at the other end answers.",
		none: "No call now: your browser had this line open already." },
	{ kind: "wait", name: "send, and wait", from: "requestStart", to: "responseStart",
		says: "The request goes out. replyd receives it, finds the file and sends. " +
			"Ends with the first byte." },
	{ kind: "take", name: "receive", from: "responseStart", to: "responseEnd",
		says: "From the first byte to the last, in your browser’s own time." },
];

function make(tag, properties, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(properties || {})) {
		if (name.includes("-") || name === "scope")
			node.setAttribute(name, value);
		else
			node[name] = value;
	}
	node.append(...children);
	return node;
}

function number(n) {
	return n.toLocaleString("en").replaceAll(",", "\u202f");
}

/* Browsers blur their clocks, to 0.1 ms at best: nothing finer is shown. */
function ms(time) {
	if (time < 0.05)
		return "≈\u00a00\u00a0ms";
	return (time < 10 ? time.toFixed(1) : number(Math.round(time))) + "\u00a0ms";
}

function duration(entry, part) {
	return Math.max(0, entry[part.to] - entry[part.from]);
}

/* A line is new when there was a call; otherwise it was kept from before. */
function isNew(entry) {
	return entry.connectEnd > entry.connectStart;
}

function beginning(entry) {
	return isNew(entry) ? entry.domainLookupStart : entry.requestStart;
}

function cameByNetwork(entry) {
	return entry.requestStart > 0 && entry.responseEnd > 0 && entry.transferSize > 0;
}

function protocol(entry) {
	return (entry.nextHopProtocol || "HTTP").toUpperCase();
}

/* A reply without the file says that the browser's copy of it is still good. */
function isUnchanged(entry) {
	return entry.encodedBodySize === 0 || entry.transferSize < entry.encodedBodySize;
}

function bytesCell(entry) {
	if (isUnchanged(entry))
		return make("td", { className: "number" }, "unchanged");
	return make("td", { className: "number", "data-label": "bytes" },
		number(entry.encodedBodySize));
}

function bar(entry, parts, start, end) {
	const box = make("div", { className: "bar", "aria-hidden": "true" });
	for (const part of parts) {
		if (duration(entry, part) === 0)
			continue;
		const piece = make("i", { className: part.kind });
		piece.style.left = 100 * (entry[part.from] - start) / (end - start) + "%";
		piece.style.width = 100 * duration(entry, part) / (end - start) + "%";
		box.append(piece);
	}
	return box;
}

function head(...columns) {
	const row = make("tr");
	for (const [text, className] of columns)
		row.append(make("th", { scope: "col", className: className || "" }, text));
	return make("thead", {}, row);
}

function pageTable(page) {
	const start = beginning(page), end = page.responseEnd;
	const body = make("tbody");
	for (const part of PARTS) {
		const took = duration(page, part);
		const idle = took === 0 && part.none;
		body.append(make("tr", {},
			make("th", { scope: "row" }, part.name),
			make("td", { className: "number" }, idle ? "–" : ms(took)),
			make("td", { className: "plain" }, make("small", {}, idle ? part.none : part.says)),
			make("td", { className: "chart" }, bar(page, [part], start, end))));
	}
	return make("table", { className: "trace" },
		make("caption", {}, "This page, step by step"),
		head(["Step"], ["Took", "number"], ["What happens"], ["When", "chart"]), body);
}

function resourceTable(page, resources) {
	const all = [page, ...resources];
	const start = beginning(page);
	const end = Math.max(...all.map((entry) => entry.responseEnd));
	const body = make("tbody");
	for (const entry of all) {
		const name = new URL(entry.name).pathname;
		body.append(make("tr", {},
			make("th", { scope: "row" }, name),
			bytesCell(entry),
			make("td", { "data-label": "line" }, isNew(entry) ? "new" : "kept"),
			make("td", { className: "number" }, ms(entry.responseEnd - beginning(entry))),
			make("td", { className: "chart" }, bar(entry, PARTS, start, end))));
	}
	return make("table", { className: "trace" },
		make("caption", {}, "And all that the page needed"),
		head(["What"], ["Bytes", "number"], ["Line"], ["Took", "number"], ["When", "chart"]), body);
}

function key() {
	const list = make("ul", { className: "key" });
	for (const part of PARTS)
		list.append(make("li", {}, make("i", { className: part.kind }), part.name));
	return list;
}

function drawTrace() {
	const place = document.getElementById("trace-here");
	const page = performance.getEntriesByType("navigation")[0];
	if (!page || !cameByNetwork(page)) {
		place.replaceChildren(make("p", { className: "quiet" },
			"This time the page came out of your browser’s own store, and not over a socket. " +
			"Load it again to see the trace."));
		return;
	}
	const resources = performance.getEntriesByType("resource").filter(cameByNetwork);
	const told = make("p", { className: "total" },
		make("strong", {}, ms(page.responseEnd - beginning(page))),
		` from ${isNew(page) ? "the first call" : "the request"} to the last byte: ` +
		(isUnchanged(page) ? "no change since your last visit" :
			`${number(page.encodedBodySize)} bytes`) +
		`, by ${protocol(page)} from ${location.host}.`);
	place.replaceChildren(told, pageTable(page), resourceTable(page, resources), key());
}

/* One question to the server, past every store: the reply and what it took. */
async function ask() {
	const began = performance.now();
	const reply = await fetch(location.pathname, { cache: "no-store" });
	const length = (await reply.arrayBuffer()).byteLength;
	return { reply, length, took: performance.now() - began };
}

/* The browser writes its entries a little after the reply is read. */
function entriesSince(time) {
	return new Promise((resolve) => setTimeout(() => resolve(
		performance.getEntriesByType("resource").filter((entry) => entry.startTime >= time)), 50));
}

function replyHead(reply, version) {
	const lines = [`${version} ${reply.status} ${reply.statusText}`];
	for (const [name, value] of reply.headers)
		lines.push(`${name}: ${value}`);
	return lines.join("\n");
}

async function askOnce() {
	const since = performance.now();
	const { reply, length, took } = await ask();
	const entry = (await entriesSince(since)).find(cameByNetwork);
	const version = entry ? protocol(entry) : "HTTP/1.1";
	const wait = entry ? `, ${ms(duration(entry, PARTS[2]))} of it until the first byte` : "";
	const line = entry ? (isNew(entry) ? " on a new line" : " on the line that was open") : "";
	return [
		make("pre", { className: "reply asked" }, `GET ${location.pathname} ${version}`),
		make("pre", { className: "reply" }, replyHead(reply, version)),
		make("p", {}, `and ${number(length)} bytes, in ${ms(took)}${wait}${line}.`),
	];
}

async function askMany() {
	performance.clearResourceTimings();
	const since = performance.now();
	const took = [];
	while (took.length < 100)
		took.push((await ask()).took);
	const whole = performance.now() - since;
	const entries = (await entriesSince(since)).filter(cameByNetwork);
	const calls = entries.filter(isNew).length;
	took.sort((a, b) => a - b);
	return [make("p", {}, `A hundred replies, one after the other, in ${ms(whole)}. ` +
		`The fastest took ${ms(took[0])}, the middle one ${ms(took[50])}, ` +
		`the slowest ${ms(took[99])}, your browser’s part in it included. ` +
		(calls === 0 ? "All on lines that were open." : `New lines for it: ${calls}.`))];
}

function offer(id, question) {
	const buttons = document.querySelectorAll(".buttons button");
	const button = document.getElementById(id);
	button.addEventListener("click", async () => {
		const answer = document.getElementById("answer");
		buttons.forEach((b) => { b.disabled = true; });
		try {
			answer.replaceChildren(...await question());
		} catch (error) {
			answer.replaceChildren(make("p", {}, "No reply. The server seems to have gone."));
		}
		buttons.forEach((b) => { b.disabled = false; });
		button.focus();
	});
}

if (location.protocol.startsWith("http")) {
	for (const place of document.querySelectorAll("[data-address]"))
		place.textContent = location.host;
	document.getElementById("ask").hidden = false;
	offer("ask-once", askOnce);
	offer("ask-many", askMany);
	addEventListener("load", () => setTimeout(drawTrace));
}

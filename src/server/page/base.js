"use strict";

/* Small things that the others use. What the server says goes into the page as text alone. */

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const NARROW = "\u202f", NBSP = "\u00a0", NONE = "–";

function give(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {}))
		node.setAttribute(name, value);
	node.append(...children);
	return node;
}

function make(tag, attributes, ...children) {
	return give(document.createElement(tag), attributes, children);
}

function draw(tag, attributes, ...children) {
	return give(document.createElementNS(SVG, tag), attributes, children);
}

function put(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

function set(node, name, value) {
	if (node.getAttribute(name) !== String(value))
		node.setAttribute(name, value);
}

/* What a stranger may have named, without what a reader would not see or would see elsewhere. */
function plain(text) {
	return text.replace(/[\p{Cc}\p{Cf}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

/* As many children as there are items: made where they are missing, then shown. */
function each(parent, items, made, show) {
	while (parent.children.length > items.length)
		parent.lastElementChild.remove();
	while (parent.children.length < items.length)
		parent.append(made());
	items.forEach((item, i) => show(parent.children[i], item, i));
}

function number(n) {
	return n === null ? NONE : String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, NARROW);
}

function rate(n) {
	if (n === null)
		return NONE;
	return n > 0 && n < 9.95 ? n.toFixed(1) : number(n);
}

/* Three digits, and no more than that. */
function digits(n) {
	return n >= 100 ? number(n) : n.toFixed(n >= 10 ? 1 : 2);
}

function span(us) {
	if (us === null || us === undefined)
		return NONE;
	if (us < 1000)
		return Math.round(us) + NBSP + "µs";
	if (us < 1e6)
		return digits(us / 1000) + NBSP + "ms";
	return us < 120e6 ? digits(us / 1e6) + NBSP + "s" : since(us / 1e6);
}

function since(s) {
	const parts = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
	const first = Math.max(0, parts.findIndex(([, size]) => s >= size));
	return parts.slice(first, first + 2)
		.map(([unit, size], i) => [Math.floor((i ? s % parts[first][1] : s) / size), unit])
		.filter(([n], i) => i === 0 || n > 0).map((part) => part.join(NBSP)).join(" ");
}

function bytes(n) {
	const power = Math.min(3, Math.floor(Math.log2(Math.max(n, 1)) / 10));
	return (power ? digits(n / 1024 ** power) : n) + NBSP + ["B", "KiB", "MiB", "GiB"][power];
}

function time(ms) {
	return new Date(ms).toLocaleTimeString([], { hour12: false });
}

/* The same for who reads rather than looks: a table, folded up below a section. */
function tableIn(section, title) {
	const node = make("table", {}, make("thead", {}, make("tr")), make("tbody"));
	$(section).append(make("details", {}, make("summary", {}, title),
		make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, node)));
	return node;
}

/* Titles, and rows whose first cell names them; only while it is unfolded. */
function table(node, titles, rows) {
	if (!node.closest("details").open)
		return;
	each(node.tHead.rows[0], titles, () => make("th", { scope: "col" }), put);
	each(node.tBodies[0], rows(), () => make("tr", {}, make("th", { scope: "row" }), ...titles.slice(1).map(() => make("td"))),
		(row, cells) => cells.forEach((cell, i) => put(row.children[i], cell)));
}

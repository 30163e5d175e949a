/* A cell for each worker: its stage by colour and letter, how long it is at it by the height. */

const KINDS = [
	["read", "r", "reads"], ["perform", "p", "performs"], ["send", "s", "sends"],
	["other", "o", "at work"], ["stuck", "!", "stuck"], ["asleep", "", "asleep"],
];
const LETTER = Object.fromEntries(KINDS.map(([kind, letter]) => [kind, letter]));
const workersTable = tableIn("workers", "Those at work, as a table");
let chosen = null; /* "group place" of the cell that is looked at */

function kindOf(worker) {
	if (worker.state === "stuck" || worker.state === "asleep")
		return worker.state;
	return worker.stage in LETTER ? worker.stage : "other";
}

/* 0 at a millisecond and less, 1 at ten seconds and more. */
function ageOf(worker) {
	const level = Math.log10(Math.max(1, (worker.age_us || 0) / 1000)) / 4;
	return kindOf(worker) === "asleep" ? 0 : Math.min(1, Math.max(0.06, level));
}

function keyOf(worker) {
	return worker.group + " " + worker.place;
}

function atWork(worker) {
	return kindOf(worker) !== "asleep";
}

function tell(worker) {
	const { state, stage, route, client, age_us, exchanges } = worker, busy = atWork(worker);
	return [`Worker ${worker.place}:`, busy && stage && state !== "stuck" ? stage : state, route && plain(route), client && `for ${plain(client)}`,
		busy && age_us !== undefined && `since ${span(age_us)}`,
		exchanges !== undefined && `(${number(exchanges)} exchanges so far)`].filter(Boolean).join(" ");
}

function shownWorker() {
	const all = model.workers.filter((worker) => worker.state !== "gone");
	return all.find((worker) => keyOf(worker) === chosen)
		|| all.filter((worker) => atWork(worker) && worker.group === "clients" && worker.age_us !== undefined)
			.sort((a, b) => b.age_us - a.age_us)[0];
}

function workerSay() {
	const worker = shownWorker();
	const first = worker && keyOf(worker) !== chosen ? "Longest at work: " : "";
	put($("worker"), worker ? first + tell(worker) : "");
}

function choose(cell) {
	chosen = cell ? cell.dataset.key : null;
	if (model.workers)
		workerSay();
}

function cellMake() {
	return make("button", { type: "button", tabindex: -1 });
}

function cellShow(cell, worker) {
	const kind = kindOf(worker);
	set(cell, "data-key", keyOf(worker));
	set(cell, "class", "cell " + kind);
	set(cell, "aria-label", `Worker ${worker.place}: ${worker.state}${worker.stage && atWork(worker) ? ", " + worker.stage : ""}`);
	cell.style.setProperty("--age", ageOf(worker).toFixed(2));
	cell.classList.toggle("old", ageOf(worker) > 0.62);
	put(cell, LETTER[kind]);
}

/* One cell of a grid can be reached by Tab; from it the arrows lead on. */
function gridFocusable(grid) {
	const cells = [...grid.children];
	if (!cells.some((cell) => cell.tabIndex === 0) && cells.length)
		cells[0].tabIndex = 0;
}

function gridKey(event) {
	const cells = [...event.currentTarget.children], at = cells.indexOf(document.activeElement);
	const first = cells[0].offsetTop, across = cells.filter((cell) => cell.offsetTop === first).length;
	const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across, Home: -at, End: cells.length - 1 - at };
	const to = at < 0 || !(event.key in steps) ? null : cells[at + steps[event.key]];
	if (event.key in steps)
		event.preventDefault();
	if (to) {
		cells[at].tabIndex = -1;
		to.tabIndex = 0;
		to.focus();
	}
}

function gridMake() {
	const cells = make("div", { class: "cells", role: "group" });
	cells.addEventListener("keydown", gridKey);
	for (const name of ["focusin", "pointerover", "click"])
		cells.addEventListener(name, (event) => choose(event.target.closest(".cell")));
	cells.addEventListener("focusout", () => choose(null));
	cells.addEventListener("pointerleave", () => choose(document.activeElement.closest(".cell")));
	return make("div", { class: "group" }, make("h3"), cells);
}

function gridShow(node, [group, workers]) {
	const [title, cells] = node.children;
	put(title, group === "clients" ? "For clients" : "On the control lane");
	set(cells, "aria-label", `Workers, ${group}; arrow keys lead from one to the next`);
	set(cells, "data-many", workers.length > 250 ? 2 : workers.length > 80 ? 1 : 0);
	each(cells, workers, cellMake, cellShow);
	gridFocusable(cells);
}

function workersKey(all) {
	const count = Object.fromEntries(KINDS.map(([kind]) => [kind, 0]));
	all.forEach((worker) => count[kindOf(worker)]++);
	const kinds = KINDS.filter(([kind]) => kind !== "other" || count.other);
	put($("workers-age"), all.some((worker) => worker.age_us !== undefined) ? "The bar: for how long, from 1 ms to 10 s" : "");
	each($("workers-key"), kinds, () => make("li", {}, make("i"), make("b"), " ", make("span")), (item, [kind, letter, word]) => {
		set(item.children[0], "class", "cell " + kind);
		put(item.children[0], letter);
		put(item.children[1], number(count[kind]));
		put(item.children[2], word);
	});
}

function workersShow() {
	const all = model.workers.filter((worker) => worker.state !== "gone");
	const groups = new Map([["clients", []]]);
	for (const worker of all)
		groups.set(worker.group, [...groups.get(worker.group) || [], worker]);
	workersKey(groups.get("clients"));
	each($("grids"), [...groups], gridMake, gridShow);
	$("grids").classList.toggle("several", groups.size > 1);
	workerSay();
	table(workersTable, ["worker", "state", "stage", "route", "client", "since", "exchanges"], () =>
		all.filter(atWork).sort((a, b) => (b.age_us || 0) - (a.age_us || 0)).map((worker) => [
			`${worker.group === "clients" ? "" : worker.group + " "}${worker.place}`, worker.state, worker.stage || NONE,
			plain(worker.route || NONE), plain(worker.client || NONE), span(worker.age_us),
			worker.exchanges === undefined ? NONE : number(worker.exchanges)]));
}

/* A cell for each worker: its stage by colour and letter, how long it is at it by the height. */

const KINDS = [
	["read", "r", "reads"], ["perform", "p", "performs"], ["send", "s", "sends"],
	["other", "o", "at work"], ["stuck", "!", "stuck"], ["asleep", "", "asleep"],
];
const LETTER = Object.fromEntries(KINDS.map(([kind, letter]) => [kind, letter]));
const workersTable = tableIn("workers", "Those at work, as a table");
let others = false; /* whether there was one */
let chosen = null; /* the place of the one that is looked at */

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

function atWork(worker) {
	return kindOf(worker) !== "asleep";
}

function tell(worker) {
	const { state, stage, route, client, age_us, exchanges } = worker, busy = atWork(worker);
	return [`Worker ${worker.place}:`, busy && stage ? (state === "stuck" ? "stuck, " : "") + stage : state, route && plain(route), client && `for ${plain(client)}`,
		busy && age_us !== undefined && `since ${span(age_us)}`,
		`(${number(exchanges)} exchanges so far)`].filter(Boolean).join(" ");
}

function workerSay() {
	const looked = model.workers.find((worker) => String(worker.place) === chosen);
	const longest = model.workers.filter((worker) => atWork(worker) && worker.age_us !== undefined)
		.sort((a, b) => b.age_us - a.age_us)[0];
	put($("worker"), looked ? tell(looked) : longest ? "Longest at work: " + tell(longest) : "");
}

function choose(cell) {
	chosen = cell ? cell.dataset.place : null;
	workerSay();
}

function cellMake() {
	return make("button", { type: "button", tabindex: -1 });
}

function cellShow(cell, worker) {
	const kind = kindOf(worker);
	set(cell, "data-place", worker.place);
	set(cell, "class", "cell " + kind);
	set(cell, "aria-label", `Worker ${worker.place}: ${worker.state}${worker.stage && atWork(worker) ? ", " + worker.stage : ""}`);
	cell.style.setProperty("--age", ageOf(worker).toFixed(2));
	cell.classList.toggle("old", ageOf(worker) > 0.62);
	put(cell, LETTER[kind]);
}

/* One cell can be reached by Tab; from it the arrows lead on. */
function cellsKey(event) {
	const cells = [...event.currentTarget.children], at = cells.indexOf(document.activeElement);
	const first = cells[0].offsetTop, across = cells.filter((cell) => cell.offsetTop === first).length;
	const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across, Home: -at, End: cells.length - 1 - at };
	if (at < 0 || !(event.key in steps))
		return;
	event.preventDefault();
	const to = cells[at + steps[event.key]];
	if (to) {
		cells[at].tabIndex = -1;
		to.tabIndex = 0;
		to.focus();
	}
}

function cellsShow(workers) {
	const cells = $("cells");
	set(cells, "data-many", workers.length > 250 ? 2 : workers.length > 80 ? 1 : 0);
	each(cells, workers, cellMake, cellShow);
	if (workers.length && !cells.querySelector("[tabindex='0']"))
		cells.firstChild.tabIndex = 0;
}

function workersKey(all) {
	const count = Object.fromEntries(KINDS.map(([kind]) => [kind, 0]));
	all.forEach((worker) => count[kindOf(worker)]++);
	others = others || count.other > 0;
	const kinds = KINDS.filter(([kind]) => kind !== "other" || others);
	each($("workers-key"), kinds, () => make("li", {}, make("i"), make("b"), " ", make("span")), (item, [kind, letter, word]) => {
		set(item.children[0], "class", "cell " + kind);
		put(item.children[0], letter);
		put(item.children[1], number(count[kind]));
		put(item.children[2], word);
	});
}

function workersShow() {
	const { workers } = model;
	workersKey(workers);
	cellsShow(workers);
	workerSay();
	table(workersTable, ["worker", "state", "stage", "route", "client", "since", "exchanges"], () =>
		workers.filter(atWork).sort((a, b) => (b.age_us || 0) - (a.age_us || 0)).map((worker) => [
			String(worker.place), worker.state, worker.stage || NONE, plain(worker.route || NONE), plain(worker.client || NONE),
			span(worker.age_us), number(worker.exchanges)]));
}

$("cells").addEventListener("keydown", cellsKey);
for (const name of ["focusin", "pointerover", "click"])
	$("cells").addEventListener(name, (event) => choose(event.target.closest(".cell")));
$("cells").addEventListener("focusout", () => choose(null));
$("cells").addEventListener("pointerleave", () => choose(document.activeElement.closest(".cell")));

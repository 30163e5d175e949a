/* Asks once a second, and has all of it drawn. */

const EVERY_MS = 1000, PATIENCE_MS = 4000;
let timer = 0, paused = false, asking = false;

const timeTable = tableIn("time", "Every ten seconds, as a table");
const countersTable = tableIn("counters", "Since the start, and a second");
const charts = [
	chart($("goodput"), "Answered a second", [
		{ of: "good", name: "below 400" },
		{ of: "bad", name: "400 and more" },
		{ of: "shed", name: "refused for load" },
	], 10, rate),
	chart($("wait"), "Wait in the queue", [
		{ of: "waited", name: "mean" },
		{ of: "oldest", name: "oldest now" },
	], 1000, span),
];

function tilesShow() {
	const { status } = model, now = latest();
	const p99 = Math.max(-1, ...recentRoutes(status).map((route) => route.stages.total.p99_us));
	each($("tiles"), [
		["answered", rate(now.answered), "a second"],
		["refused for load", rate(now.shed), "a second"],
		["mean time", span(now.total), "arrived to sent"],
		["worst p99", p99 < 0 ? NONE : span(p99), "of any route"],
		["processor", now.processor === null ? NONE : Math.round(now.processor * 100) + NBSP + "%", "of one"],
		["memory", bytes(status.process.resident_bytes), `${number(status.process.threads)} threads`],
	], () => make("div", {}, make("dt"), make("dd", { class: "value" }), make("dd", { class: "note" })), (tile, words) =>
		words.forEach((word, i) => put(tile.children[i], word)));
}

function headShow() {
	const { status } = model;
	set($("state"), "data-state", status.state);
	put($("state"), status.state);
	put($("facts"), `version ${status.version} · process ${status.pid} · up ${since(status.uptime_s)} · configuration ${status.generation}`);
	put($("where"), status.listeners.join("  "));
	document.title = `${status.state === "serving" ? rate(latest().answered) + "/s" : status.state} · replyd`;
}

function timeTell() {
	table(timeTable, ["time", "below 400/s", "400 and more/s", "refused for load/s", "mean wait", "oldest waited"], () =>
		model.samples.filter((one, i) => (model.samples.length - 1 - i) % 10 === 0).reverse().map((one) => [time(one.at), rate(one.good), rate(one.bad), rate(one.shed), span(one.waited), span(one.oldest)]));
}

function countersTell() {
	const { status, before } = model, passed = before ? status.uptime_s - before.uptime_s : 0;
	const rows = (from, prefix) => Object.entries(status[from]).map(([name, count]) => [prefix + name.replaceAll(/[-_]/g, " "),
		number(count), rate(passed ? (count - before[from][name]) / passed : null)]);
	table(countersTable, ["what", "since the start", "a second"], () => [...rows("counted", ""), ...rows("closed", "closed: ")]);
}

function show() {
	headShow();
	tilesShow();
	flowShow();
	workersShow();
	routesShow();
	charts.forEach(chartDraw);
	timeTell();
	countersTell();
}

async function ask(path) {
	const reply = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
	if (!reply.ok)
		throw new Error(`It answers /${path} with ${reply.status}.`);
	return reply.json();
}

function alarm(text) {
	put($("alarm"), text);
	document.body.classList.toggle("stale", text !== "");
}

function unanswered(error) {
	const last = latest();
	alarm((error.message.startsWith("It ") ? error.message : "The server does not answer.") +
		(last ? ` What you see is of ${time(last.at)}.` : "") + " It is asked again every second.");
	set($("state"), "data-state", "none");
	put($("state"), "no answer");
	document.title = "no answer · replyd";
}

async function answers() {
	try {
		return [await ask("status"), await ask("workers")];
	} catch (error) {
		unanswered(error);
		return null;
	}
}

async function turn() {
	asking = true;
	const got = await answers();
	asking = false;
	if (got) {
		remember(...got, Date.now());
		alarm("");
		show();
	}
	if (!paused)
		timer = setTimeout(turn, EVERY_MS);
}

$("pause").addEventListener("click", () => {
	paused = !paused;
	set($("pause"), "aria-pressed", paused);
	document.body.classList.toggle("paused", paused);
	put($("pause"), paused ? "Go on" : "Pause");
	clearTimeout(timer);
	if (!paused && !asking)
		turn();
});

flowBuild();
turn();

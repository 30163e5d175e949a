/* What the server said, and what follows from it: a sample for each answer, for some minutes. */

const KEPT_MS = 300e3, GAP_MS = 3500;
const model = { status: null, workers: [], samples: [] };

/* The mean of what came between the two; null: nothing did. */
function meanSince(was, now, stage) {
	const sum = (status, what) => status.routes.reduce((all, route) => all + route.stages[stage][what], 0);
	const count = sum(now, "count") - sum(was, "count");
	return count > 0 ? (sum(now, "sum_us") - sum(was, "sum_us")) / count : null;
}

function sumOf(counted, wanted) {
	return Object.keys(counted).filter((name) => wanted.test(name))
		.reduce((sum, name) => sum + counted[name], 0);
}

function sameProcess(was, now) {
	return was !== null && was.pid === now.pid && now.uptime_s > was.uptime_s;
}

function sample(was, now, at) {
	const known = sameProcess(was, now), passed = known ? now.uptime_s - was.uptime_s : 0;
	const change = (of) => known ? Math.max(0, of(now) - of(was)) / passed : null;
	const counted = (name) => change((status) => status.counted[name] || 0);
	const shedReplies = change((status) => sumOf(status.counted, /^exchanges_(shed|limited)/));
	const answered = counted("exchanges"), refused = counted("exchanges_refused");
	return {
		at, begins: was !== null && !known,
		answered, good: known ? Math.max(0, answered - refused) : null,
		bad: known ? Math.max(0, refused - shedReplies) : null,
		shed: change((status) => sumOf(status.counted, /_shed/)),
		accepted: counted("connections_accepted"), closed: counted("connections_closed"),
		parked: counted("connections_parked"),
		oldest: now.queue.wait_us,
		waited: known ? meanSince(was, now, "queue") : null,
		total: known ? meanSince(was, now, "total") : null,
		processor: change((status) => status.process.cpu_us / 1e6),
	};
}

function remember(status, workers, at) {
	model.samples.push(sample(model.status, status, at));
	while (model.samples[0].at < at - KEPT_MS)
		model.samples.shift();
	model.before = sameProcess(model.status, status) ? model.status : null;
	model.status = status;
	model.workers = workers.workers.filter((worker) => worker.group === "clients");
}

function latest() {
	return model.samples[model.samples.length - 1];
}

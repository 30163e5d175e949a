/* The stages of the last minute, a stacked bar for each route. */

const FEW = 12;
const routesTable = tableIn("routes", "Every stage as a table, mean and p99");
let allRoutes = false;

function stagesOf(status) {
	return status.stages.filter((stage) => stage !== "total");
}

function meanUs(route, stage) {
	return route.stages[stage].sum_us / Math.max(1, route.stages[stage].count);
}

/* The kernel is not asked each time: the others count as those of which it was. */
function sumUs(route, stage) {
	return stage === "kernel" ? meanUs(route, stage) * route.stages.queue.count : route.stages[stage].sum_us;
}

/* Those with something to show; where the most time went first. */
function recentRoutes(status) {
	return status.recent.filter((route) => route.exchanges > 0)
		.sort((a, b) => sumUs(b, "total") - sumUs(a, "total") || b.exchanges - a.exchanges);
}

/* What is not as it should be: "4xx 3". */
function failures(route) {
	const sums = {};
	for (const [status, count] of Object.entries(route.status))
		if (status >= "4")
			sums[status[0] + "xx"] = (sums[status[0] + "xx"] || 0) + count;
	return Object.entries(sums).map(([kind, count]) => kind + NBSP + number(count)).join(", ");
}

function nameOf(route) {
	return plain(route.route) || "(refused before there was a route)";
}

function routeMake() {
	return make("li", {}, make("span", { class: "name" }), make("span", { class: "failed" }), make("span", { class: "figures" }), make("div", { class: "bar", role: "img" }));
}

function barShow(bar, route, stages, longest, scale) {
	const of = scale === "sum" ? sumUs : meanUs, all = stages.reduce((sum, stage) => sum + of(route, stage), 0);
	const whole = scale === "share" ? all : longest;
	each(bar, stages, () => make("i", {}, make("span")), (part, stage) => {
		const share = whole > 0 ? of(route, stage) / whole : 0;
		set(part, "class", "stage " + stage);
		part.style.width = (share * 100).toFixed(3) + "%";
		part.hidden = share <= 0;
		put(part.firstChild, share * bar.clientWidth > 95 ? stage + " " + span(of(route, stage)) : "");
	});
	set(bar, "aria-label", stages.map((stage) => `${stage} ${span(of(route, stage))}`).join(", "));
}

/* Where exchanges are counted, and none of them by route, their times are not kept. */
function routesNone(status, shown) {
	if (shown.length)
		return "";
	if (status.counted.exchanges > 0 && !status.routes.length)
		return "No times are kept by stage and route (stages is off).";
	return `No exchange in the last minute. To see one: curl ${status.listeners[0] || ""}`;
}

function routesTell(routes, stages) {
	table(routesTable, ["route", "exchanges", "of these", ...[...stages, "total"].flatMap((stage) => [stage, "p99"])], () =>
		routes.map((route) => [nameOf(route), number(route.exchanges),
			Object.entries(route.status).map(([status, count]) => `${status}: ${number(count)}`).join(", "),
			...[...stages, "total"].flatMap((stage) => [span(meanUs(route, stage)), span(route.stages[stage].p99_us)])]));
}

function routesShow() {
	const { status } = model, stages = stagesOf(status), routes = recentRoutes(status);
	const shown = allRoutes ? routes : routes.slice(0, FEW);
	const scale = document.querySelector("#scale :checked").value, of = scale === "sum" ? sumUs : meanUs;
	const longest = Math.max(0, ...shown.map((route) => stages.reduce((sum, stage) => sum + of(route, stage), 0)));
	each($("routes-key"), stages, () => make("li", {}, make("i"), make("span")), (item, stage) => {
		set(item.children[0], "class", "stage " + stage);
		put(item.children[1], stage);
	});
	each($("bars"), shown, routeMake, (item, route) => {
		put(item.children[0], nameOf(route));
		put(item.children[1], failures(route));
		put(item.children[2], `${number(route.exchanges)} × ${span(meanUs(route, "total"))}, p99 ${span(route.stages.total.p99_us)}`);
		barShow(item.children[3], route, stages, longest, scale);
	});
	put($("routes-none"), routesNone(status, shown));
	put($("routes-span"), shown.length && status.span_s >= 1 ? `the last ${since(status.span_s)}` : "");
	$("scale").hidden = routesTable.closest("details").hidden = !shown.length;
	$("routes-more").hidden = routes.length <= FEW;
	put($("routes-more"), allRoutes ? `Show ${FEW} only` : `Show all ${number(routes.length)} routes`);
	routesTell(routes, stages);
}

$("scale").addEventListener("change", () => model.status && routesShow());
$("routes-more").addEventListener("click", () => {
	allRoutes = !allRoutes;
	routesShow();
});

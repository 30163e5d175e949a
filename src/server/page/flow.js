/* The design's picture with its numbers: across where there is room, downwards on a phone. */

const ACROSS = matchMedia("(min-width: 64rem)");
const SIZES = ["0 0 1074 296", "0 0 344 620"];

/* Place and size of each box: across, downwards. */
const BOXES = {
	listener: [[104, 40, 158, 104], [8, 40, 184, 100]],
	main: [[336, 40, 158, 104], [8, 184, 184, 100]],
	queue: [[568, 40, 158, 104], [8, 328, 184, 100]],
	workers: [[800, 40, 182, 104], [8, 472, 184, 100]],
	parking: [[568, 190, 158, 104], [240, 184, 104, 100]],
};

/* An arrow's way, and where its word stands: x, y, anchor. */
const ARROWS = {
	connect: [["M8 92H95", 53, 82, "middle"], ["M100 0V31", 112, 22, "start"]],
	accept: [["M262 92H327", 297, 82, "middle"], ["M100 140V175", 112, 164, "start"]],
	push: [["M494 92H559", 529, 82, "middle"], ["M100 284V319", 112, 308, "start"]],
	pop: [["M726 92H791", 761, 82, "middle"], ["M100 428V463", 112, 452, "start"]],
	shed: [["M647 40V14", 662, 24, "start"], ["M192 378H222", 200, 366, "start"]],
	"must wait": [["M891 144V242H735", 879, 232, "end"], ["M192 522H292V293", 198, 544, "start"]],
	ready: [["M568 242H415V153", 427, 232, "start"], ["M240 234H201", 216, 224, "middle"]],
	reply: [["M982 66H1057", 1024, 56, "middle"], ["M28 572V604", 40, 596, "start"]],
	close: [["M982 126H1057", 1024, 116, "middle"], ["M172 572V604", 184, 596, "start"]],
};
let flow = null;

function flowArrow(name, layout) {
	const [way, x, y, anchor] = ARROWS[name][layout], place = { x, y, "text-anchor": anchor };
	const word = draw("text", place, name), dots = draw("path", { class: "dots", d: way });
	const below = anchor === "middle" && layout === 0;
	const rated = below ? draw("text", { class: "rate", ...place, y: y + 28 }) : draw("tspan", { class: "rate", dx: 6 });
	const node = draw("g", { class: name }, draw("path", { class: "way", d: way, "marker-end": "url(#head)" }), dots, word);
	(below ? node : word).append(rated);
	return { node, rated };
}

function flowBox(name, layout) {
	const [x, y, w, h] = BOXES[name][layout], left = x + 13, meter = draw("g");
	const value = draw("text", { class: "value", x: left, y: y + 61 });
	const note = draw("text", { class: "note", x: left, y: y + 82 });
	const node = draw("g", { class: "box " + name }, draw("rect", { x, y, width: w, height: h, rx: 7 }),
		draw("text", { class: "title", x: left, y: y + 26 }, name), value, note, meter);
	return { node, value, note, meter, x: x + 1, y: y + h - 6, width: w - 2 };
}

function flowBuild() {
	const layout = ACROSS.matches ? 0 : 1;
	const build = (what, made) => Object.fromEntries(Object.keys(what).map((name) => [name, made(name, layout)]));
	flow = { arrows: build(ARROWS, flowArrow), boxes: build(BOXES, flowBox) };
	flow.picture = draw("svg", { viewBox: SIZES[layout], role: "img", class: layout ? "down" : "across" },
		draw("marker", { id: "head", orient: "auto", markerUnits: "userSpaceOnUse", markerWidth: 9, markerHeight: 10, refY: 5 },
			draw("path", { d: "M0 0L9 5L0 10Z" })),
		...Object.values({ ...flow.arrows, ...flow.boxes }).map((part) => part.node));
	$("picture").replaceChildren(flow.picture);
}

/* Parts of a whole, along the foot of a box. */
function flowMeter(box, parts) {
	let from = box.x;
	each(box.meter, parts, () => draw("rect", { y: box.y, height: 5 }), (rect, [kind, part]) => {
		const width = Math.min(box.x + box.width - from, part * box.width);
		set(rect, "class", kind);
		set(rect, "x", from.toFixed(1));
		set(rect, "width", width.toFixed(1));
		from += width;
	});
}

function flowSay(name, value, note, ...parts) {
	const box = flow.boxes[name];
	put(box.value, value);
	put(box.note, note);
	flowMeter(box, parts);
}

/* Dots run faster for ten times as many. */
function flowRate(name, perSecond, shown) {
	const arrow = flow.arrows[name];
	put(arrow.rated, shown && perSecond !== null ? rate(perSecond) + "/s" : "");
	set(arrow.node, "data-level", perSecond > 0 ? Math.max(0, Math.min(4, Math.floor(Math.log10(perSecond) + 1))) : "none");
}

function flowShow() {
	const { status } = model, { workers, connections, queue } = status, now = latest();
	const busy = workers.running + workers.blocked, passes = now.accepted === null ? null : now.accepted + now.parked;
	flowSay("listener", rate(now.accepted), "accepted a second");
	flowSay("main", number(connections.open), `open of ${number(connections.limit)}`, ["", connections.open / connections.limit]);
	flowSay("queue", number(queue.length), queue.length ? `oldest ${span(queue.wait_us)}` : `of ${number(queue.limit)}`,
		["", queue.length / queue.limit]);
	flowSay("workers", number(busy), workers.stuck ? `at work, ${number(workers.stuck)} stuck` : `at work of ${number(workers.limit)}`,
		["", workers.running / workers.limit], ["blocked", workers.blocked / workers.limit]);
	flowSay("parking", number(connections.parked), "parked");
	flowRate("connect", now.accepted);
	flowRate("accept", now.accepted, true);
	flowRate("push", passes);
	flowRate("pop", passes);
	flowRate("shed", now.shed, true);
	flowRate("must wait", now.parked, true);
	flowRate("ready", now.parked);
	flowRate("reply", now.answered, true);
	flowRate("close", now.closed, true);
	set(flow.boxes.workers.node, "data-stuck", workers.stuck > 0);
	set(flow.picture, "aria-label", [...flow.picture.querySelectorAll(".box, g:has(.rate:not(:empty))")]
		.map((part) => [...part.querySelectorAll("text")].map((text) => text.textContent).join(" ")).join(", "));
}

ACROSS.addEventListener("change", () => {
	flowBuild();
	if (model.status)
		flowShow();
});

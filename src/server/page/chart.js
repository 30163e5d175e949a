/* Lines against time. Each is drawn at the size that it has, so that its words stay as large. */

const EDGE = 4, TOP = 22, HEIGHT = 190, GROUND = HEIGHT - 20;

function niceTop(value, least) {
	const wanted = Math.max(value, least), power = 10 ** Math.floor(Math.log10(wanted));
	return power * [1, 2, 5, 10].find((step) => wanted <= step * power * 1.0001);
}

function chart(root, title, series, least, show) {
	const picture = draw("svg", { height: HEIGHT, role: "img", tabindex: 0 });
	const said = make("p", { class: "readout" }), key = make("ul", { class: "key" });
	const it = { picture, said, key, title, series, least, show, at: null };
	root.append(make("figcaption", {}, make("h3", {}, title), key), picture, said);
	each(key, series, () => make("li"), (item, line) => item.append(
		draw("svg", { width: 26, height: 10 }, draw("path", { class: "line " + line.of, d: "M1 5H25" })), line.name + " ", make("b")));
	picture.addEventListener("pointermove", (event) => chartPoint(it, event.offsetX));
	for (const name of ["pointerleave", "blur"])
		picture.addEventListener(name, () => chartAt(it, null));
	picture.addEventListener("keydown", (event) => chartKey(it, event));
	new ResizeObserver(() => chartDraw(it)).observe(picture);
	return it;
}

function chartFrame(it) {
	const end = latest().at, span = Math.max(60e3, Math.min(KEPT_MS, end - model.samples[0].at));
	const width = Math.max(200, it.picture.clientWidth), inner = width - 2 * EDGE;
	const top = niceTop(Math.max(...model.samples.flatMap((one) => it.series.map((line) => one[line.of] || 0))), it.least);
	return {
		width, span, top, end,
		x: (at) => EDGE + (1 - (end - at) / span) * inner,
		y: (value) => TOP + (1 - value / top) * (GROUND - TOP),
		at: (x) => end - (1 - (x - EDGE) / inner) * span,
	};
}

function isGap(before, one) {
	return before && one.at - before.at > GAP_MS;
}

/* Pieces of a line: it is broken where the server did not answer, and where there is no value. */
function chartPieces(frame, of) {
	const pieces = [[]];
	model.samples.forEach((one, i) => {
		if (one[of] === null || isGap(model.samples[i - 1], one))
			pieces.unshift([]);
		if (one[of] !== null)
			pieces[0].push(frame.x(one.at).toFixed(1) + " " + frame.y(one[of]).toFixed(1));
	});
	return pieces.filter((piece) => piece.length);
}

function chartLine(pieces, kind) {
	return draw("path", { class: "line " + kind, d: pieces.map((piece) => "M" + piece.join("L") + "h.1").join("") });
}

/* Down to the ground. */
function chartArea(pieces, kind) {
	return draw("path", { class: "area " + kind, d: pieces.map((piece) =>
		`M${parseFloat(piece[0])} ${GROUND}L${piece.join("L")}V${GROUND}Z`).join("") });
}

function chartGaps(frame) {
	const made = [];
	model.samples.forEach((one, i) => {
		const before = model.samples[i - 1], x = frame.x(one.at);
		if (isGap(before, one))
			made.push(draw("rect", { class: "gap", x: frame.x(before.at), y: TOP, width: x - frame.x(before.at), height: GROUND - TOP }));
		if (one.begins)
			made.push(draw("path", { class: "cursor", d: `M${x} ${TOP}V${GROUND}` }), draw("text", { x: x + 4, y: TOP + 12 }, "began anew"));
	});
	return made;
}

function chartGrid(it, frame) {
	const step = frame.span > 150e3 ? 60e3 : 15e3, made = [];
	const word = (text, x, y, anchor) => made.push(draw("text", { x, y, "text-anchor": anchor }, text));
	for (const part of [0, 0.5, 1]) {
		const y = Math.round(frame.y(frame.top * part)) + 0.5;
		made.push(draw("path", { class: "grid", d: `M0 ${y}H${frame.width}` }));
		word(part ? it.show(frame.top * part).replace(/\.0+\b/, "") : "", EDGE, y - 4, "start");
	}
	for (let ago = step; ago < frame.span - step / 4; ago += step)
		word("−" + (ago % 60e3 ? ago / 1000 + NBSP + "s" : ago / 60e3 + NBSP + "min"), frame.x(frame.end - ago), HEIGHT - 4, "middle");
	word("now", frame.width - EDGE, HEIGHT - 4, "end");
	return made;
}

function chartValues(it, one) {
	return it.series.map((line) => one[line.of] === null ? NONE : it.show(one[line.of]));
}

function chartWords(it, one) {
	return chartValues(it, one).map((value, i) => `${it.series[i].name} ${value}`).join(", ");
}

function chartCursor(it, frame) {
	const one = it.at === null ? null : model.samples.find((sample) => sample.at >= it.at);
	put(it.said, one ? `${time(one.at)}: ${chartWords(it, one)}` : "");
	return one ? [draw("path", { class: "cursor", d: `M${frame.x(one.at)} ${TOP}V${GROUND}` })] : [];
}

function chartDraw(it) {
	if (!model.samples.length)
		return;
	const frame = chartFrame(it), lines = it.series.map((line) => chartPieces(frame, line.of));
	set(it.picture, "viewBox", `0 0 ${frame.width} ${HEIGHT}`);
	it.picture.replaceChildren(...chartGrid(it, frame), ...chartGaps(frame), chartArea(lines[0], it.series[0].of),
		...lines.map((pieces, i) => chartLine(pieces, it.series[i].of)).reverse(), ...chartCursor(it, frame));
	chartValues(it, latest()).forEach((value, i) => put(it.key.children[i].lastChild, value));
	set(it.picture, "aria-label", `${it.title}, the last ${since(frame.span / 1000)}; now: ${chartWords(it, latest())}. Arrow keys read along it.`);
}

function chartAt(it, at) {
	it.at = at;
	chartDraw(it);
}

function chartPoint(it, x) {
	if (model.samples.length)
		chartAt(it, chartFrame(it).at(x));
}

function chartKey(it, event) {
	const { samples } = model, step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
	if (!step || !samples.length)
		return;
	event.preventDefault();
	const at = it.at === null ? samples.length : samples.findIndex((sample) => sample.at >= it.at);
	chartAt(it, samples[Math.max(0, Math.min(samples.length - 1, at + step))].at);
}

"""exposition - reads the text format of Prometheus, or OpenMetrics, and is strict about it."""

import re

from served import Failure

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf'([a-z_]+)(\{{{LABEL}(?:,{LABEL})*\}})? ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\Z')
BOUND = re.compile(r',?le="([0-9]+\.[0-9]+|\+Inf)"')
ENDS = {"histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def bounds(name, samples):
	"""Of one histogram's samples, by what their names end in: each bucket has what the one before it has."""
	found, below, n = samples["_bucket"], -1.0, 0.0
	for le, count in found:
		if float(le) <= below or count < n:
			raise Failure(f"{name}: {found}")
		below, n = float(le), count
	expect(f"{name}: the last bucket", found[-1], ("+Inf", samples["_count"]))
	if samples["_sum"] < 0 or (samples["_count"] == 0) != (samples["_sum"] == 0 and n == 0):
		raise Failure(f"{name}: {samples}")


def histograms(family, samples):
	"""All of a family: each is whole, and its samples are neighbours."""
	found, last = {}, None
	for name, labels, value in samples:
		end, le = name.removeprefix(family), BOUND.search(labels or "")
		expect(f"{name}{labels} has a bound", bool(le), end == "_bucket")
		rest = BOUND.sub("", labels) if le else labels
		expect(f"{name}{labels} is beside its own", rest == last or rest not in found, True)
		last = rest
		one = found.setdefault(rest, {"_bucket": []})
		if le:
			one["_bucket"].append((le[1], value))
		else:
			one[end] = value
	for labels, one in found.items():
		bounds(f"{family}{labels}", one)


def described(text, opened):
	"""Each family's type and samples. It has its HELP and TYPE, once and before its samples."""
	found, family, lines = {}, None, text.split("\n")
	expect("the last line", lines.pop(), "")
	if opened:
		expect("the end", lines.pop(), "# EOF")
	for line in lines:
		if line.startswith("# HELP "):
			family = line.split(" ", 3)[2]
			expect(f"{family} is described once", family in found, False)
		elif line.startswith("# TYPE "):
			_, _, name, kind = line.split(" ")
			expect("TYPE follows HELP", name, family)
			found[family] = (kind, [])
		else:
			sample = SAMPLE.match(line)
			if not sample:
				raise Failure(f"no sample: {line}")
			found[family][1].append((sample[1], sample[2], float(sample[3])))
	return found


def families(text, opened):
	"""Holds the text against its rules; its samples by name and labels, the names of its families."""
	samples, found = {}, described(text, opened)
	for family, (kind, own) in found.items():
		ends = ENDS.get(kind, ("_total" if opened else "",))
		for name, labels, value in own:
			expect(f"{name} is of {family}", name in [family + end for end in ends], True)
			expect(f"{name} is a counter", name.endswith("_total"), kind == "counter")
			expect(f"{name}{labels} stands once", (name, labels) in samples, False)
			samples[name, labels] = value
		if kind == "histogram":
			histograms(family, own)
	return samples, list(found)

-- What wrk counted, as one line for bench/compare to read.
function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format(
		"COUNT requests=%d us=%d bytes=%d connect=%d read=%d write=%d status=%d timeout=%d\n",
		summary.requests, summary.duration, summary.bytes,
		e.connect, e.read, e.write, e.status, e.timeout))
end

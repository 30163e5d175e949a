-- With an argument, so many requests go at once on a connection, time after time.
function init(args)
	local times = tonumber(args[1])
	if times then
		local all = string.rep(wrk.format(), times)
		request = function() return all end
	end
end

-- What wrk counted, as one line for bench/tests.py to read.
function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format(
		"COUNT requests=%d us=%d bytes=%d connect=%d read=%d write=%d status=%d timeout=%d\n",
		summary.requests, summary.duration, summary.bytes,
		e.connect, e.read, e.write, e.status, e.timeout))
end

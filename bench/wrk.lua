-- For wrk: asks PATHS (a file, one a line; a line that begins with '{' goes to POST_PATH as a body) in turn, with TOKEN, and
-- prints what was found as one JSON line. Times are in microseconds.
local paths, at = {}, 0
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local headers = { ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or ""), ["Content-Type"] = "application/json" }

function request()
  at = at % #paths + 1
  local line = paths[at]
  if line:sub(1, 1) == "{" then return wrk.format("POST", os.getenv("POST_PATH"), headers, line) end
  return wrk.format("GET", line, headers)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"bytes":%d,"p50":%d,"p95":%d,"p99":%d,"failed":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50), latency:percentile(95),
    latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end

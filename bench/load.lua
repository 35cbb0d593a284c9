-- Sends the request targets of the file named by LOAD_TARGETS one after the other, round and round.
local targets, position = {}, 0

function init()
  local authorization = os.getenv("LOAD_AUTHORIZATION")
  if authorization and authorization ~= "" then
    wrk.headers["Authorization"] = authorization
  end
  for line in io.lines(os.getenv("LOAD_TARGETS")) do
    targets[#targets + 1] = wrk.format("GET", line)
  end
end

function request()
  position = position % #targets + 1
  return targets[position]
end

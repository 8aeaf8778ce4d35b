-- One request, again and again: METHOD, KEY and BODY say which. NUMBER in the body is another one each time.
wrk.method = os.getenv("METHOD")
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
wrk.headers["Content-Type"] = "application/json"

local body, number = os.getenv("BODY"), 0

function request()
  if not body then return wrk.format() end
  number = number + 1
  return wrk.format(nil, nil, nil, (body:gsub("NUMBER", number)))
end

-- The question of Apache to the gateway, before a request goes to the application: LuaHookAccessChecker.

local http = require("socket.http")
local ltn12 = require("ltn12")
http.TIMEOUT = 15

local QUESTION = assert(os.getenv("GATEWAY_URL"), "GATEWAY_URL") .. "/auth/check?unauthenticated=redirect"
local SECRET = assert(os.getenv("GATEWAY_SECRET"), "GATEWAY_SECRET")

-- What the application believes. Whoever uses IDENTITY_HEADERS adds its names.
local SAID_BY_THE_GATEWAY = {
  "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Preferred-Username", "X-Forwarded-Name", "X-Forwarded-Roles",
  "X-Forwarded-Groups", "X-Forwarded-Org", "X-Forwarded-Actor", "X-Identity-Assertion", "X-Forwarded-Id-Token", "X-Request-Id",
  -- A bearer token was meant for the gateway. Leave this out if the application has a use for Authorization of its own.
  "Authorization",
}
-- Letters and digits that no visitor may send a name with, however it is spelled.
local NEVER_THE_VISITORS = {
  "xforward", "xoriginal", "xidentityassertion", "xgatewaysecret", "remote", "xremote", "xauthrequest",
  -- What else applications believe: another method, path, host or client.
  "xhttpmethod", "xmethodoverride", "xrewrite", "xrealip", "forwarded", "proxy",
}
local NOT_ASKED_WITH = {
  ["accept-encoding"] = true, ["connection"] = true, ["content-length"] = true, ["expect"] = true, ["host"] = true,
  ["keep-alive"] = true, ["te"] = true, ["transfer-encoding"] = true, ["upgrade"] = true,
}
local NOT_ANSWERED_WITH = {
  ["connection"] = true, ["content-length"] = true, ["content-type"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true,
}

local function is_of_the_gateway(path)
  return path:sub(1, 6) == "/auth/" or path == "/.well-known/oauth-protected-resource"
end

local function is_never_the_visitors(name)
  local canonical = name:lower():gsub("[^%a%d]", "")
  for _, beginning in ipairs(NEVER_THE_VISITORS) do
    if canonical:sub(1, #beginning) == beginning then return true end
  end
  return false
end

-- Apache removes what Connection names on its way on: it must not name what the gateway says.
local function connection_of(r)
  local words = {}
  for word in (r.headers_in["Connection"] or ""):lower():gmatch("[^,%s]+") do
    if word == "close" or word == "keep-alive" or word == "upgrade" then words[#words + 1] = word end
  end
  return words[1] and table.concat(words, ", ")
end

local function question_of(r)
  local question = {}
  for name, value in pairs(r:headers_in_table()) do
    if is_never_the_visitors(name) then
      r.headers_in[name] = nil
    elseif not NOT_ASKED_WITH[name:lower()] then
      question[name] = value
    end
  end
  question["x-gateway-secret"] = SECRET
  question["x-original-method"] = r.method
  question["x-original-uri"] = r.unparsed_uri
  question["x-forwarded-host"] = r.headers_in["Host"]
  return question
end

local function answer_with(r, status, headers, body)
  for name, value in pairs(headers) do
    if not NOT_ANSWERED_WITH[name] then r.err_headers_out[name] = value end
  end
  r.status = status
  r.content_type = headers["content-type"] or "text/plain"
  r:write(body)
  return apache2.DONE
end

local function pass(r, headers)
  for _, name in ipairs(SAID_BY_THE_GATEWAY) do r.headers_in[name] = headers[name:lower()] end
  r.headers_in["X-Gateway-Secret"] = SECRET
  r.headers_in["Connection"] = connection_of(r)
  local count = 0
  -- None of the gateway's cookies has a comma in it.
  for cookie in (headers["set-cookie"] or ""):gmatch("[^,]+") do
    count = count + 1
    r.subprocess_env["RENEWED_" .. count] = cookie:gsub("^%s+", "")
  end
  return apache2.DECLINED
end

function ask_the_gateway(r)
  if is_of_the_gateway(r.uri) then return apache2.DECLINED end
  local body = {}
  local answered, status, headers = http.request({
    url = QUESTION,
    headers = question_of(r),
    redirect = false,
    sink = ltn12.sink.table(body),
  })
  if not answered then return answer_with(r, 503, {}, "The gateway cannot be reached.\n") end
  if status >= 200 and status < 300 then return pass(r, headers) end
  return answer_with(r, status, headers, table.concat(body))
end

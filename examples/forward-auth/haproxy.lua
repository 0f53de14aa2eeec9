-- The question of HAProxy to the gateway, before a request goes to the application: `http-request lua.ask_the_gateway`.

local QUESTION = assert(os.getenv("GATEWAY_URL"), "GATEWAY_URL") .. "/auth/check?unauthenticated=redirect"
local SECRET = assert(os.getenv("GATEWAY_SECRET"), "GATEWAY_SECRET")

-- What the application believes. Whoever uses IDENTITY_HEADERS adds its names.
local SAID_BY_THE_GATEWAY = {
  "x-forwarded-user", "x-forwarded-email", "x-forwarded-preferred-username", "x-forwarded-name", "x-forwarded-roles",
  "x-forwarded-groups", "x-forwarded-org", "x-forwarded-actor", "x-identity-assertion", "x-forwarded-id-token", "x-request-id",
  -- A bearer token was meant for the gateway. Leave this out if the application has a use for Authorization of its own.
  "authorization",
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
local NOT_ANSWERED_WITH = { ["connection"] = true, ["content-length"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true }

local function is_never_the_visitors(name)
  local canonical = name:lower():gsub("[^%a%d]", "")
  for _, beginning in ipairs(NEVER_THE_VISITORS) do
    if canonical:sub(1, #beginning) == beginning then return true end
  end
  return false
end

local function question_of(txn)
  local question = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if is_never_the_visitors(name) then
      txn.http:req_del_header(name)
    elseif not NOT_ASKED_WITH[name] then
      question[name] = values
    end
  end
  question["x-gateway-secret"] = { SECRET }
  question["x-original-method"] = { txn.sf:method() }
  question["x-original-uri"] = { txn.sf:url() }
  question["x-forwarded-host"] = { txn.sf:req_hdr("host") }
  return question
end

local function answer_with(txn, status, headers, body)
  local reply = txn:reply({ status = status, body = body })
  for name, values in pairs(headers) do
    if not NOT_ANSWERED_WITH[name] then
      for _, value in pairs(values) do reply:add_header(name, value) end
    end
  end
  txn:done(reply)
end

local function pass(txn, headers)
  for _, name in ipairs(SAID_BY_THE_GATEWAY) do
    txn.http:req_del_header(name)
    for _, value in pairs(headers[name] or {}) do txn.http:req_add_header(name, value) end
  end
  local count = 0
  for _, cookie in pairs(headers["set-cookie"] or {}) do
    txn:set_var("txn.renewed_" .. count, cookie)
    count = count + 1
  end
  txn:set_var("txn.may_pass", true)
end

core.register_action("ask_the_gateway", { "http-req" }, function(txn)
  local answer = core.httpclient():get({ url = QUESTION, headers = question_of(txn), timeout = 15000 })
  local status = answer and answer.status or 0
  if status >= 200 and status < 300 then return pass(txn, answer.headers) end
  -- No answer at all is 0: nothing passes.
  if status < 300 then return answer_with(txn, 503, {}, "The gateway cannot be reached.\n") end
  answer_with(txn, status, answer.headers, answer.body)
end)

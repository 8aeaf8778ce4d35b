-- KEYS: lease, last token. ARGV: holder, lifetime in milliseconds. Answers the token, or nothing where somebody else has the lease.

local held = redis.call('HMGET', KEYS[1], 'holder', 'token')
local token = held[2]
if held[1] and held[1] ~= ARGV[1] then
  return false
end
if not token then
  token = string.format('%.0f', redis.call('INCR', KEYS[2]))
  redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'token', token)
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return token

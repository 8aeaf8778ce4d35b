-- KEYS: counter, remembered answer. ARGV: addition, lifetime in milliseconds or 0, how long the answer is remembered.

local before = redis.call('GET', KEYS[2])
if before then
  return before
end
local is_new = redis.call('EXISTS', KEYS[1]) == 0
redis.call('INCRBY', KEYS[1], ARGV[1])
if is_new and ARGV[2] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
-- As text: Lua's own numbers are exact up to 2^53 only.
local value = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[2], value, 'PX', ARGV[3])
return value

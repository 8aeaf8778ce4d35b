-- KEYS: upload. ARGV: index, chunk, lifetime in milliseconds. Answers whether the upload was still open.

local is_new = redis.call('EXISTS', KEYS[1]) == 0
if not is_new and redis.call('PTTL', KEYS[1]) == -1 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if is_new then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1

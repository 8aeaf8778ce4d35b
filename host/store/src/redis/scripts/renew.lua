-- KEYS: lease. ARGV: token, lifetime in milliseconds. Answers whether the lease is held.

if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1

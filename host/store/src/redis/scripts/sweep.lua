-- Ends documents of one owner that have expired, at most so many, and answers how many.
--
-- KEYS: expiries, sequence, feed, the keys of each kind. ARGV: what the notices say as JSON.

local batch = cjson.decode(ARGV[1])
local expiries, sequence, feed = unpack(KEYS, 1, 3)
local now = clock()

local kinds = {}
for number, kind in ipairs(batch.kinds) do
  kinds[kind] = keys_of(4, number, batch.listings)
end

local changes = {}
local due = redis.call('ZRANGE', expiries, '-inf', whole(now), 'BYSCORE', 'LIMIT', 0, batch.most)
for _, member in ipairs(due) do
  redis.call('ZREM', expiries, member)
  local nul = member:find('\0', 1, true)
  local kind, id = member:sub(1, nul - 1), member:sub(nul + 1)
  local keys = kinds[kind]
  local line = keys and line_of(keys, id)
  local header = line and read_line(line)
  if header and is_over(header, now) then
    redis.call('HDEL', keys.documents, id)
    redis.call('ZREM', keys.ids, id)
    unlist(keys, id, header.listed)
    changes[#changes + 1] = { kind, id, cjson.null }
  end
end
tell(batch, sequence, feed, changes)
return #due

-- One batch: everything is checked, then everything is written.
--
-- KEYS: the remembered answer, sequence, feed, expiries, lease, author's stream, names of streams, the keys of each kind, the
-- uploads to keep, those to discard.
-- ARGV: the batch as JSON, then six for each write: number of the kind, id, expectation (*: anything, -: absent, +: present,
-- =REVISION), revision (empty: it goes; 16 digits: it is counted on; =REVISION: as it stands), the rest of the record's line, body.

local batch = cjson.decode(ARGV[1])
local answer, sequence, feed, expiries, lease, audit, streams = unpack(KEYS, 1, 7)

-- A batch that was sent again, because its answer was lost.
local before = redis.call('GET', answer)
if before then
  return before
end
if batch.token and redis.call('HGET', lease, 'token') ~= batch.token then
  return 'fenced'
end

local now = clock()
local kinds = {}
for number in ipairs(batch.kinds) do
  kinds[number] = keys_of(8, number, batch.listings)
end
local uploads = 7 + #batch.kinds * (2 + #batch.listings)

local function holds(expectation, revision)
  if expectation == '*' then
    return true
  elseif expectation == '-' then
    return not revision
  elseif expectation == '+' then
    return revision
  end
  return revision and expectation == '=' .. revision
end

local function next_revision(wanted, old)
  if wanted:sub(1, 1) == '=' then
    return wanted:sub(2)
  end
  local count = old and tonumber(old:match('^(%d+)%-')) or 0
  return whole(count + 1) .. '-' .. wanted
end

local lines, writes = {}, {}
for number = 1, batch.writes do
  local at = 2 + (number - 1) * 6
  local kind, id, wanted = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 3]
  local place = kind .. ':' .. id
  local line = lines[place]
  if line == nil then
    line = line_of(kinds[kind], id)
  end
  local found = line and read_line(line)
  local old = found and not is_over(found, now) and found.revision
  if not holds(ARGV[at + 2], old) then
    return 'conflict ' .. number - 1
  end
  local write = { at = at, kind = kind, id = id, found = found, old = old }
  if wanted ~= '' then
    write.revision = next_revision(wanted, old)
    write.line = write.revision .. ' ' .. ARGV[at + 4]
    line = write.line
  elseif old then
    line = false
  end
  lines[place] = line
  writes[number] = write
end
for number = 1, batch.keep do
  if redis.call('EXISTS', KEYS[uploads + number]) == 0 then
    return 'upload ' .. number - 1
  end
end

local function put(write, keys, kind)
  local header = read_line(write.line)
  local found = write.found
  redis.call('HSET', keys.documents, write.id, write.line .. '\n' .. ARGV[write.at + 5])
  if not found then
    redis.call('ZADD', keys.ids, 0, write.id)
  end
  if not found or found.listed ~= header.listed then
    if found then
      unlist(keys, write.id, found.listed)
    end
    list(keys, write.id, header.listed)
  end
  if header.expiry ~= '0' then
    redis.call('ZADD', expiries, header.expiry, end_of(kind, write.id))
  elseif found and found.expiry ~= '0' then
    redis.call('ZREM', expiries, end_of(kind, write.id))
  end
end

local function remove(write, keys, kind)
  redis.call('HDEL', keys.documents, write.id)
  redis.call('ZREM', keys.ids, write.id)
  unlist(keys, write.id, write.found.listed)
  if write.found.expiry ~= '0' then
    redis.call('ZREM', expiries, end_of(kind, write.id))
  end
end

local changes, changed, counts = {}, {}, {}
for number, write in ipairs(writes) do
  local keys, kind = kinds[write.kind], batch.kinds[write.kind]
  counts[number] = write.revision and write.revision:match('^(%d*)') or '-'
  if write.line then
    put(write, keys, kind)
  elseif write.old then
    remove(write, keys, kind)
  end
  if write.line or write.old then
    changes[#changes + 1] = { kind, write.id, write.revision or cjson.null }
    changed[#changed + 1] = write
  end
end

local function note(entry)
  redis.call('XADD', audit, 'MAXLEN', '~', batch.audit_kept, '*', 'b', '{"by":' .. batch.by .. ',' .. entry .. '}')
end

local function quoted(text)
  return text and cjson.encode(text) or 'null'
end

if batch.by and #changed > batch.one_by_one then
  local totals = {}
  for _, write in ipairs(changed) do
    totals[write.kind] = (totals[write.kind] or 0) + 1
  end
  for number, kind in ipairs(batch.kinds) do
    if totals[number] then
      note('"kind":"' .. kind .. '","count":' .. whole(totals[number]))
    end
  end
elseif batch.by then
  for _, write in ipairs(changed) do
    note('"kind":"' .. batch.kinds[write.kind] .. '","id":' .. quoted(write.id)
      .. ',"old":' .. quoted(write.old) .. ',"new":' .. quoted(write.revision))
  end
end
if batch.by and #changed > 0 then
  redis.call('ZADD', streams, 0, batch.stream)
end
for number = 1, batch.keep do
  redis.call('PERSIST', KEYS[uploads + number])
end
for number = 1, batch.discard do
  redis.call('UNLINK', KEYS[uploads + batch.keep + number])
end

local done = 'done ' .. tell(batch, sequence, feed, changes) .. ' ' .. table.concat(counts, ' ')
redis.call('SET', answer, done, 'PX', batch.remembered)
return done

-- What the scripts that change documents share.
--
-- A record is one line, then the body: REVISION SP EXPIRY SP LISTED LF BODY. EXPIRY is in Unix milliseconds, 0 where there is none;
-- LISTED says under what it is listed: LISTING US SORT RS, for each.

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

-- The keys of a kind: its documents, its ids, and each listing.
local function keys_of(first, kind, listings)
  local at = first + (kind - 1) * (2 + #listings)
  local keys = { documents = KEYS[at], ids = KEYS[at + 1] }
  for number, listing in ipairs(listings) do
    keys[listing] = KEYS[at + 1 + number]
  end
  return keys
end

local function line_of(keys, id)
  local record = redis.call('HGET', keys.documents, id)
  return record and record:sub(1, record:find('\n', 1, true) - 1)
end

local function read_line(line)
  local revision, expiry, listed = line:match('^(%S+) (%d+) (.*)$')
  return { revision = revision, expiry = expiry, listed = listed }
end

local function is_over(header, now)
  return header.expiry ~= '0' and tonumber(header.expiry) <= now
end

local function each_listed(keys, id, listed, command)
  for listing, sort in listed:gmatch('([^\31]+)\31([^\30]*)\30') do
    command(keys[listing], sort .. '\0' .. id)
  end
end

local function unlist(keys, id, listed)
  each_listed(keys, id, listed, function(key, member) redis.call('ZREM', key, member) end)
end

local function list(keys, id, listed)
  each_listed(keys, id, listed, function(key, member) redis.call('ZADD', key, 0, member) end)
end

local function end_of(kind, id)
  return kind .. '\0' .. id
end

local function kinds_of(changes)
  local kinds, seen = {}, {}
  for _, change in ipairs(changes) do
    if not seen[change[1]] then
      seen[change[1]] = true
      kinds[#kinds + 1] = change[1]
    end
  end
  return kinds
end

-- Counts the changes on, keeps them in the feed and tells everybody; answers the position of the first one. Very many are one
-- change of which only the kinds are known.
local function tell(batch, sequence, feed, changes)
  if #changes == 0 then
    return '0'
  end
  local many = #changes > batch.one_by_one
  local count = many and 1 or #changes
  local first = redis.call('INCRBY', sequence, count) - count + 1
  local notice = { o = batch.owner, c = batch.commit, f = first }
  if many then
    notice.m = kinds_of(changes)
    redis.call('XADD', feed, 'MAXLEN', '~', batch.feed_kept, whole(first) .. '-0', 'm', table.concat(notice.m, ' '))
  else
    notice.k = changes
    for number, change in ipairs(changes) do
      local position = whole(first + number - 1) .. '-0'
      local revision = change[3] == cjson.null and '' or change[3]
      redis.call('XADD', feed, 'MAXLEN', '~', batch.feed_kept, position, 'k', change[1], 'i', change[2], 'r', revision)
    end
  end
  redis.call('PUBLISH', batch.channel, cjson.encode(notice))
  return whole(first)
end

-- KEYS: stream, names of streams. ARGV: the stream's name, then positions and entries by turns. What is not beyond the stream's end is
-- left out, so that the step may be sent again.

for number = 2, #ARGV, 2 do
  local added = redis.pcall('XADD', KEYS[1], ARGV[number], 'b', ARGV[number + 1])
  if type(added) == 'table' and added.err and not string.find(added.err, 'equal or smaller', 1, true) then
    return added
  end
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
end

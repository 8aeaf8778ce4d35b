-- KEYS: the channel's name, so that in a cluster one node passes on all messages of a mailbox, in their order. ARGV: message.

return redis.call('PUBLISH', KEYS[1], ARGV[1])

/// What a board has the server do, each in one step.
///
/// | script | keys | `ARGV` | answer |
/// | --- | --- | --- | --- |
/// | look | entry, flag | whether there may be a flag | µs, entry, flag, what is left of the flag in ms, and when it ends in ms of 1970, 0 where the server cannot say |
/// | swap | entry, flag, index | see ``swap`` | 1 when it was done, 0 when something else is recorded now |
/// | clear | entry, flag, index | see ``clear`` | what `look` would have answered |
/// | names | index | – | the names that have not ended |
///
/// What may become of a status is decided by `StatusSlot`, as on every board; the server only sees to it that nothing has changed
/// since it was looked at.
enum RedisStatusScripts {
  static let look = RedisScript(
    """
    local clock = redis.call('TIME')
    local micros = string.format('%.0f', clock[1] * 1000000 + clock[2])
    local flag, left, ends = false, -2, 0
    if ARGV[1] == '1' then
      flag = redis.call('GET', KEYS[2])
      left = redis.call('PTTL', KEYS[2])
      -- From Redis 7 on.
      local told = redis.pcall('PEXPIRETIME', KEYS[2])
      if type(told) == 'number' and told > 0 then ends = told end
    end
    return {micros, redis.call('GET', KEYS[1]), flag, left, string.format('%.0f', ends)}
    """)

  /// `ARGV`: the entry and flag that were found, empty for none; what was left of the flag; the new entry, empty for none, when it
  /// ends in ms of 1970, and the seconds of its flag, empty for no flag; its name in the index; its channel.
  static let swap = RedisScript(
    """
    local entry, flag, seconds = ARGV[4], ARGV[2], ARGV[6]
    if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
    if seconds ~= '' then
      if (redis.call('GET', KEYS[2]) or '') ~= flag then return 0 end
      -- It only gets less: what is more is a flag that was set again.
      if flag ~= '' and redis.call('PTTL', KEYS[2]) > tonumber(ARGV[3]) then return 0 end
    end
    local clock = redis.call('TIME')
    local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
    if entry == '' then
      if seconds ~= '' then redis.call('DEL', KEYS[2]) end
      redis.call('DEL', KEYS[1])
      redis.call('ZREM', KEYS[3], ARGV[7])
    else
      local left = math.max(1, tonumber(ARGV[5]) - now)
      redis.call('SET', KEYS[1], entry, 'PX', string.format('%.0f', left))
      redis.call('ZADD', KEYS[3], ARGV[5], ARGV[7])
      local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')[2]
      redis.call('PEXPIRE', KEYS[3], string.format('%.0f', math.max(1, last - now)))
      if seconds ~= '' then redis.call('SET', KEYS[2], '1', 'EX', seconds) end
    end
    redis.call('PUBLISH', ARGV[8], KEYS[3])
    return 1
    """)

  /// Removes whatever stands there, and answers what `look` would have.
  ///
  /// `ARGV`: whether there may be a flag; its name in the index; its channel.
  static let clear = RedisScript(
    """
    local clock = redis.call('TIME')
    local micros = string.format('%.0f', clock[1] * 1000000 + clock[2])
    local function text(key)
      local value = redis.pcall('GET', key)
      return type(value) == 'string' and value
    end
    local entry, flag, left, ends = text(KEYS[1]), false, -2, 0
    if ARGV[1] == '1' then
      flag = text(KEYS[2])
      left = redis.call('PTTL', KEYS[2])
      local told = redis.pcall('PEXPIRETIME', KEYS[2])
      if type(told) == 'number' and told > 0 then ends = told end
      redis.call('DEL', KEYS[2])
    end
    redis.call('DEL', KEYS[1])
    if redis.call('TYPE', KEYS[3]).ok == 'zset' then redis.call('ZREM', KEYS[3], ARGV[2]) end
    redis.call('PUBLISH', ARGV[3], KEYS[3])
    return {micros, entry, flag, left, string.format('%.0f', ends)}
    """)

  static let names = RedisScript(
    """
    local clock = redis.call('TIME')
    return redis.call('ZRANGEBYSCORE', KEYS[1], clock[1] * 1000 + math.floor(clock[2] / 1000), '+inf')
    """)
}

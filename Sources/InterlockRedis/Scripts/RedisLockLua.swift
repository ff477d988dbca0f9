/// The parts that the scripts of locks are put together of.
///
/// Every script is given the five keys of its lock and, first in `ARGV`, what messages call the lock. One server node runs
/// one script at a time, which is what makes each step of a lock one step.
///
/// | key | type | content |
/// | --- | --- | --- |
/// | 1 `K` | string | the token of the exclusive holder; `il1:shared` or `il1:permits` while such holders exist |
/// | 2 `…:q` | sorted set | token of a waiter → ticket |
/// | 3 `…:w` | hash | token → `mode weight lease channel since fence reason`; `#limit`, `#x`, `#turns`, `#rest` |
/// | 4 `…:s` | sorted set | token of a shared or permit holder → end of its lease, in the server's ms |
/// | 5 `…:f` | string | the last fence |
///
/// A refused script has changed nothing: what is read is checked before anything is written.
enum RedisLockLua {
  /// The server's time, in milliseconds and microseconds, and short names of the keys.
  static let times = """
    local K, Q, W, S, F = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
    local clock = redis.call('TIME')
    local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
    local micros = clock[1] * 1000000 + clock[2]

    """

  /// Refuses keys that hold something of another kind, and a register that is no fence.
  static let types = """
    local kinds = {'string', 'zset', 'hash', 'zset', 'string'}
    for i = 1, 5 do
      local found = redis.call('TYPE', KEYS[i]).ok
      if found ~= 'none' and found ~= kinds[i] then return {'type', KEYS[i], 'a ' .. found} end
    end
    local register = redis.call('GET', F)
    if register and not (string.match(register, '^%d+$') and tonumber(register) < 9007199254740991) then
      return {'type', F, 'no fence'}
    end

    """

  /// Reading and writing what is recorded of a token, the register, and who holds.
  static let state = """
    local SHARED, PERMITS = 'il1:shared', 'il1:permits'
    local function text(number) return string.format('%.0f', number) end
    local function mint(floor)
      local f = tonumber(redis.call('GET', F) or '0') + 1
      if micros > f then f = micros end
      if floor and floor + 1 > f then f = floor + 1 end
      f = text(f)
      redis.call('SET', F, f, 'PX', '2592000000')
      return f
    end
    local function record(token)
      local entry = redis.call('HGET', W, token)
      if not entry then return nil end
      local mode, weight, lease, channel, since, fence, reason =
        string.match(entry, '^([xsp]) (%d+) (%d+) (%S+) (%d+) (%d+) (.*)$')
      if not mode then return nil end
      return {mode = mode, weight = tonumber(weight), lease = tonumber(lease), channel = channel,
        since = since, fence = fence, reason = reason}
    end
    local function write(token, r)
      redis.call('HSET', W, token, table.concat(
        {r.mode, text(r.weight), text(r.lease), r.channel, r.since, r.fence, r.reason}, ' '))
    end
    local function first() return redis.call('ZRANGE', Q, 0, 0)[1] end
    local function left() return redis.call('PTTL', K) end
    local function ours(token)
      return string.sub(token, 1, 4) == 'il1:' or redis.call('HEXISTS', W, token) == 1
    end
    local function longest() return redis.call('ZRANGE', S, -1, -1, 'WITHSCORES') end
    -- The mode it is held in, and the token and value of an exclusive holder; nothing when it is free. Holders whose lease
    -- is over, or whose key somebody took away, are dropped.
    local function holders()
      local value = redis.call('GET', K)
      if value ~= SHARED and value ~= PERMITS then
        -- A write that changes nothing would count as one: it would let a server without memory go on.
        for _, token in ipairs(redis.call('ZRANGE', S, 0, -1)) do
          redis.call('ZREM', S, token)
          redis.call('HDEL', W, token)
        end
        if value then return 'x', tokenOf(value), value end
        return nil
      end
      for _, token in ipairs(redis.call('ZRANGEBYSCORE', S, '-inf', now)) do
        redis.call('ZREM', S, token)
        redis.call('HDEL', W, token)
      end
      for _, token in ipairs(redis.call('ZRANGE', S, 0, -1)) do
        if not record(token) then redis.call('ZREM', S, token) end
      end
      if not longest()[1] then
        redis.call('DEL', K)
        return nil
      end
      return value == SHARED and 's' or 'p'
    end
    -- The mode a token holds it in, and the value of `K`; nothing when it does not.
    local function isHolder(token)
      local value = redis.call('GET', K)
      if not value then return nil end
      if value == SHARED or value == PERMITS then
        local ends = redis.call('ZSCORE', S, token)
        if ends and tonumber(ends) > now then return value == SHARED and 's' or 'p' end
        return nil
      end
      if tokenOf(value) == token then return 'x', value end
      return nil
    end
    -- The fence of a holder, raised above a floor when it is not.
    local function fenceOf(token, mode, floor)
      local known = record(token)
      local fence = known and mode ~= 'x' and known.fence or redis.call('GET', F)
      if fence and not (floor and tonumber(fence) <= floor) then return fence end
      fence = mint(floor)
      if known then
        known.fence = fence
        write(token, known)
      end
      return fence
    end
    -- Who is in the way, for whoever asks: mode, token, record, and whether it is one of ours.
    local function inTheWay()
      local mode, token = holders()
      if not mode then return '', '', '', 'o' end
      if mode ~= 'x' then token = longest()[1] end
      return mode, token, redis.call('HGET', W, token) or '', ours(token) and 'o' or 'f'
    end

    """

  /// Changing who holds.
  static let changes = """
    local function weights()
      local sum = 0
      for _, token in ipairs(redis.call('ZRANGE', S, 0, -1)) do sum = sum + record(token).weight end
      return sum
    end
    local function fits(r, mode)
      if r.mode == 'x' or mode == nil then return mode == nil end
      if r.mode == 's' then return mode == 's' end
      return mode == 'p' and weights() + r.weight <= (tonumber(redis.call('HGET', W, '#limit')) or 0)
    end
    -- The key lives as long as the last of those who share it.
    local function stretch(mode)
      local ends = longest()[2]
      if ends then redis.call('SET', K, mode == 's' and SHARED or PERMITS, 'PX', math.max(1, ends - now)) end
    end
    local function enter(token, r, lease)
      if r.mode == 'x' then return hold(token, lease) end
      redis.call('ZADD', S, now + lease, token)
      redis.call('PEXPIRE', S, 86400000)
      redis.call('PEXPIRE', W, 86400000)
      stretch(r.mode)
    end
    -- What is recorded of a holder: of an exclusive one only what its token does not tell. One that died has left its
    -- record behind; the next one's takes its place.
    local function note(token, r)
      if r.mode == 'x' and r.reason == '' and string.sub(token, 1, 4) == 'il1:' then
        redis.call('HDEL', W, token)
        return
      end
      write(token, r)
      if r.mode ~= 'x' then return end
      local last = redis.call('HGET', W, '#x')
      if last and last ~= token then redis.call('HDEL', W, last) end
      redis.call('HSET', W, '#x', token)
    end
    local function prolong(token, mode, value, lease)
      if mode == 'x' then return extend(K, value, token, lease) end
      redis.call('ZADD', S, now + lease, token)
      stretch(mode)
    end
    local function leave(token, mode)
      redis.call('HDEL', W, token)
      if mode == 'x' then return drop(token) end
      redis.call('ZREM', S, token)
      if longest()[1] then stretch(mode) else redis.call('DEL', K) end
    end
    -- Tells whoever has become first in line that it is, and how long the lease of the holders lasts: it watches that.
    local function tellFirst(before, isOurs)
      local token = first()
      if not token or token == before then return end
      local r = record(token)
      if not r then return end
      local whose = 'o'
      if not isOurs then whose = select(4, inTheWay()) end
      redis.call('PUBLISH', r.channel, table.concat({'h', ARGV[1], token, left(), whose}, ' '))
    end
    -- Nothing is kept of a lock that nobody holds or waits for, but its register.
    local function tidy()
      if redis.call('EXISTS', Q, S) == 0 then
        local mode, holder = holders()
        if redis.call('EXISTS', W) == 0 then return end
        if mode ~= 'x' or redis.call('HEXISTS', W, holder) == 0 then
          redis.call('DEL', W)
          return
        end
        redis.call('HDEL', W, '#limit', '#turns', '#rest')
      end
    end
    -- They end a day after they were looked after last, should nobody ever come back.
    local function keep()
      redis.call('PEXPIRE', Q, 86400000)
      redis.call('PEXPIRE', W, 86400000)
      redis.call('PEXPIRE', S, 86400000)
    end
    local function isResting()
      if YIELD == 0 then return false end
      local ends = tonumber(redis.call('HGET', W, '#rest'))
      return ends ~= nil and ends > now and redis.call('EXISTS', K) == 0
    end
    -- Gives the lock to whoever is next in line, as far as it is free; `before` was first in line.
    local function promote(before)
      local mode, skipped, tries, hasEntered = holders(), 0, 0, false
      if isResting() then return tellFirst(before) end
      while mode ~= 'x' and tries < 64 do
        local token = redis.call('ZRANGE', Q, skipped, skipped)[1]
        if not token then break end
        local r = record(token)
        if r and not fits(r, mode) then break end
        tries = tries + 1
        if r then
          r.fence = mint()
          if redis.call('PUBLISH', r.channel, table.concat({'g', ARGV[1], token, r.fence, text(now)}, ' ')) > 0 then
            redis.call('ZREM', Q, token)
            note(token, r)
            enter(token, r, math.min(r.lease, 3000))
            mode, hasEntered = r.mode, true
            if YIELD > 0 then
              redis.call('HINCRBY', W, '#turns', 1)
              redis.call('HDEL', W, '#rest')
            end
          elseif token == ARGV[2] or redis.call('EXISTS', 'il:a:' .. string.sub(r.channel, 6)) == 1 then
            -- It is being connected again, or is what this very call is about: it keeps its place, and misses this once.
            skipped = skipped + 1
          else
            r = nil
          end
        end
        if not r then
          redis.call('ZREM', Q, token)
          redis.call('HDEL', W, token)
        end
      end
      tidy()
      tellFirst(before, hasEntered)
    end

    """

  /// Everything, for a format.
  static func all(_ format: RedisLockFormat) -> String {
    let lua = format.lua
    return times + types + "local YIELD = \(format.foreignYield)\n"
      + [lua.token, lua.hold, lua.extend, lua.drop].joined(separator: "\n") + "\n" + state + changes
  }
}

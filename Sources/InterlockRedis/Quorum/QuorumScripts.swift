internal import InterlockLocks

/// The keys of a lock on each of several servers.
struct QuorumKeys: Sendable, Hashable {
  /// In the order the scripts want them.
  let all: [String]

  init(_ name: LockName, _ format: RedisLockFormat) { self.init(key: format.key(name), format) }

  init(key: String, _ format: RedisLockFormat) {
    let side = format.sideKey(key)
    all = [key, "\(side):l", "\(side):n", "\(side):f"]
  }

  /// Where the vote of the server stands: the token it was given to.
  var key: String { all[0] }
  /// Where the last fence stands: the same key as with one server.
  var register: String { all[3] }
}

/// The scripts of a lock that several servers vote on.
///
/// On each server a vote is what redsync and pottery make of it: `SET key token NX PX`, given back and prolonged only by who
/// has it. What only we need stands in side keys: the line (token and time of the request), a note for each token, and the
/// fence register.
///
/// | script | `ARGV` | answer |
/// | --- | --- | --- |
/// | take | lock, token, lease, waits, ticket, time, channel, floor or empty, reason | `granted fence`; `busy left token note` |
/// | fence | lock, token, fence | `held register` or `gone` |
/// | join | lock, token, fence, lease | the same; votes for whoever holds elsewhere, if it has its vote to give |
/// | renew | token, lease, for each lock | `ok`, `gone`, `reset`, `type` or `by token`, for each |
/// | give back | as take; *waits* says whether it keeps its place | 1 when it had the vote, else 0 |
/// | force | lock, token, by, reason | `ended left note` or `other` |
/// | ask | lock, token, by, reason | 1 when it has the vote, else 0 |
/// | inspect | lock | now, value, left, register, line, notes, channels that are listened to |
///
/// `type key found` is what all but *renew* answer to a key that is something else. Each does the same again when it is sent
/// again.
struct QuorumScripts: Sendable {
  let take = RedisScript(takeAtOnce + common + takeInTurn)
  let fence = RedisScript(fenceText)
  let join = RedisScript(joinText + fenceText)
  let renew = RedisScript(renewText)
  let giveBack = RedisScript(giveBackAtOnce + common + giveBackText)
  let force = RedisScript(common + forceText)
  let ask = RedisScript(common + askText)
  let inspect = RedisScript(common + inspectText)

  /// All of them, to be given to a server.
  var all: [RedisScript] { [take, fence, join, renew, giveBack, force, ask, inspect] }

  /// Whoever is told that it is its turn comes within so many milliseconds, or loses its place.
  static let turn: Int64 = 3_000

  /// A line is forgotten so many milliseconds after the last of those in it has asked: each asks every ten seconds at least.
  ///
  /// So nobody stands in it for ever whose leaving a server did not hear of.
  static let place: Int64 = 30_000

  /// The fence that a server proposes: the time that the client proposes to all of them, so that they agree at once, unless
  /// its clock is more than a second from the server's; never one that was given before.
  private static let mint = """
    local function mint(register)
      local last = tonumber(register)
      if not last or last < 0 or last > 9007199254740990 then last = 0 end
      local clock = redis.call('TIME')
      local micros = clock[1] * 1000000 + clock[2]
      local base = tonumber(ARGV[6])
      if math.abs(base - micros) > 1000000 then base = micros end
      local fence = string.format('%.0f', math.max(base, last + 1, (tonumber(ARGV[8]) or 0) + 1))
      redis.call('SET', KEYS[4], fence, 'PX', '2592000000')
      return fence
    end

    """

  /// Nobody holds or waits, and nothing is to be noted.
  private static let takeAtOnce =
    mint + """
      if ARGV[9] == '' and redis.call('EXISTS', KEYS[2], KEYS[3]) == 0 then
        local register = redis.pcall('GET', KEYS[4])
        if type(register) ~= 'table' and redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then
          return {'granted', mint(register)}
        end
      end

      """

  private static let common = """
    local K, L, N, F = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
    for i, kind in ipairs({'string', 'zset', 'hash', 'string'}) do
      local found = redis.call('TYPE', KEYS[i]).ok
      if found ~= 'none' and found ~= kind then return {'type', KEYS[i], found} end
    end
    local token = ARGV[2]
    local clock = redis.call('TIME')
    local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
    local function text(number) return string.format('%.0f', number) end
    local function noteOf(who) return redis.call('HGET', N, who) or '' end
    local function channelOf(who)
      local client = string.match(who, '^il1:[^:]*:[^:]*:[^:]*:(%x+):')
      return string.match(noteOf(who), '^x 1 %d+ (%S+) ') or client and 'il:c:' .. client
    end
    local function drop(who)
      redis.call('ZREM', L, who)
      redis.call('HDEL', N, who)
    end
    local function stand()
      redis.call('ZADD', L, 'NX', ARGV[5], token)
      redis.call('HSETNX', N, token, table.concat({'x', '1', ARGV[3], ARGV[7], text(now), '0', ARGV[9]}, ' '))
      redis.call('PEXPIRE', L, \(place))
      redis.call('PEXPIRE', N, 86400000)
    end
    local function tidy()
      if redis.call('EXISTS', K, L) == 0 then redis.call('DEL', N) end
    end
    -- Tells whoever waits after how many ms something may change; with -2, that it is its turn. Returns how many heard it.
    local function tell(who, left)
      local channel = who and channelOf(who)
      return channel and redis.call('PUBLISH', channel, table.concat({'h', ARGV[1], who, left, 'o'}, ' ')) or 0
    end
    -- Tells the first in line that nobody has the vote, unless that is who asks. Whoever is not there any more, or was told
    -- and did not come in time, loses its place. Returns who is first, and how long it has.
    local function callFirst(asker)
      while true do
        local first = redis.call('ZRANGE', L, 0, 0)[1]
        if not first or first == asker then return first, 0 end
        local since, whose = string.match(noteOf('#turn'), '^(%d+) (.*)$')
        if whose ~= first then since = now end
        local left = tonumber(since) + \(turn) - now
        if left > 0 and tell(first, '-2') > 0 then
          redis.call('HSET', N, '#turn', text(since) .. ' ' .. first)
          tell(redis.call('ZRANGE', L, 1, 1)[1], text(left))
          return first, left
        end
        drop(first)
      end
    end

    """

  private static let takeInTurn = """
    local function grant()
      redis.call('SET', K, token, 'PX', ARGV[3])
      drop(token)
      redis.call('HDEL', N, '#turn')
      if redis.call('EXISTS', L) == 0 then redis.call('DEL', N) end
      if ARGV[9] ~= '' then
        -- For others to read; it does not wait any more.
        stand()
        redis.call('ZREM', L, token)
      end
      -- Whoever is next looks when this lease ends: nobody else would notice a crash.
      tell(redis.call('ZRANGE', L, 0, 0)[1], ARGV[3])
      return {'granted', mint(redis.call('GET', F))}
    end
    local holder = redis.call('GET', K)
    if holder == token then return grant() end
    if ARGV[4] == '1' then
      stand()
      if string.match(noteOf('#turn'), ' (.*)$') == token then redis.call('HDEL', N, '#turn') end
    end
    local left = holder and redis.call('PTTL', K)
    if not holder then
      holder, left = callFirst(token)
      if not holder or holder == token then return grant() end
    end
    return {'busy', left, holder, noteOf(holder)}
    """

  private static let joinText = """
    local holder = redis.pcall('GET', KEYS[1])
    if holder == false then
      local first = redis.pcall('ZRANGE', KEYS[2], 0, 0)[1]
      if not first or first == ARGV[2] then
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
        redis.call('ZREM', KEYS[2], ARGV[2])
      end
    elseif holder == ARGV[2] then
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
    end

    """

  private static let fenceText = """
    if redis.pcall('GET', KEYS[1]) ~= ARGV[2] then return {'gone'} end
    if type(redis.pcall('GET', KEYS[4])) == 'table' then return {'type', KEYS[4], redis.call('TYPE', KEYS[4]).ok} end
    local number = tonumber(redis.call('GET', KEYS[4]))
    if not number or number < tonumber(ARGV[3]) or number > 9007199254740990 then
      redis.call('SET', KEYS[4], ARGV[3], 'PX', '2592000000')
    end
    return {'held', redis.call('GET', KEYS[4])}
    """

  private static let renewText = """
    local answers = {}
    for i = 1, #KEYS / 2 do
      local key, token = KEYS[i * 2 - 1], ARGV[i * 2 - 1]
      local value = redis.pcall('GET', key)
      if value == token then
        -- What is gone is not put back: the vote may be another's by now.
        redis.call('PEXPIRE', key, ARGV[i * 2])
        answers[i] = 'ok'
      elseif value == false then
        answers[i] = redis.call('EXISTS', KEYS[i * 2]) == 0 and 'reset' or 'gone'
      else
        answers[i] = type(value) == 'table' and 'type' or 'by ' .. value
      end
    end
    return answers
    """

  private static let giveBackAtOnce = """
    if ARGV[4] == '0' and redis.pcall('GET', KEYS[1]) == ARGV[2] and redis.call('EXISTS', KEYS[2], KEYS[3]) == 0 then
      redis.call('DEL', KEYS[1])
      return 1
    end

    """

  private static let giveBackText = """
    local holder = redis.call('GET', K)
    if holder == token then redis.call('DEL', K) end
    if ARGV[4] == '1' then stand() else drop(token) end
    if holder == token or not holder then callFirst(ARGV[4] == '1' and token or nil) end
    tidy()
    return holder == token and 1 or 0
    """

  private static let forceText = """
    if redis.call('GET', K) ~= token then return {'other'} end
    local left, entry, channel = redis.call('PTTL', K), noteOf(token), channelOf(token)
    redis.call('DEL', K)
    drop(token)
    if channel then
      redis.call('PUBLISH', channel, table.concat({'r', ARGV[1], token, ARGV[3], ARGV[4]}, ' '))
    end
    callFirst()
    tidy()
    return {'ended', left, entry}
    """

  private static let askText = """
    if redis.call('GET', K) ~= token then return 0 end
    local channel = channelOf(token)
    if channel then
      redis.call('PUBLISH', channel, table.concat({'y', ARGV[1], token, ARGV[3], ARGV[4]}, ' '))
    end
    return 1
    """

  private static let inspectText = """
    local value = redis.call('GET', K) or ''
    local line = redis.call('ZRANGE', L, 0, -1, 'WITHSCORES')
    local living = {}
    local function look(who)
      local channel = channelOf(who)
      if channel and redis.call('PUBSUB', 'NUMSUB', channel)[2] > 0 then living[#living + 1] = who end
    end
    look(value)
    for i = 1, #line, 2 do look(line[i]) end
    return {now, value, redis.call('PTTL', K), redis.call('GET', F) or '', line, redis.call('HGETALL', N), living}
    """
}

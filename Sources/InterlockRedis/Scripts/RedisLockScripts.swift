/// The scripts of one format of locks.
///
/// | script | `ARGV` | answer |
/// | --- | --- | --- |
/// | take | lock, token, lease, floor or empty, request | `granted fence`, or the fence alone; `busy left mode token record`; `queued rank left ours ticket mode token record`; `mixed recorded`; `type key found` |
/// | claim | lock, token, lease, floor or empty | `held fence now`, or the fence alone; `gone` |
/// | renew | token, lease, for each lock | `ok`, `gone`, `reset`, `type` or `by token`, for each lock; then the time |
/// | release | lock, token | 1 when it was held, else 0 |
/// | cancel | lock, token | 1 left the line, 2 gave a grant back, 0 neither |
/// | poke | lock, token | left, mode, token, record, ours, rank of the token or −1 |
/// | force | lock, token, by, reason, `one` or `any` | `ended`, then token, mode, fence, left, record for each; `other token` |
/// | ask | lock, token, by, reason | 1 when it was held, else 0 |
/// | raise | lock, token, floor | `held fence` or `gone` |
/// | convert | lock, token, mode | `held fence`, `shared` (others are inside) or `gone` |
/// | guard | lock, token, fence | what is left of the lease in ms; 0 when a write under that fence must not be done |
/// | inspect | lock | now, value, left, fence, and everything in the side keys; which clients are alive; what else does not agree |
///
/// A request is `- mode weight limit waits ticket channel reason` in one text, with 0 for no limit or ticket; the `-` is a `+`
/// where it has a reason or does not ask to be alone. Few arguments are quickly read.
///
/// Each does the same again when it is sent again: what became of a lost request is found out by repeating it.
package struct RedisLockScripts: Sendable {
  package let take: RedisScript
  package let claim: RedisScript
  package let renew: RedisScript
  package let release: RedisScript
  package let cancel: RedisScript
  package let poke: RedisScript
  package let force: RedisScript
  package let ask: RedisScript
  package let raise: RedisScript
  package let convert: RedisScript
  package let `guard`: RedisScript
  package let inspect: RedisScript

  /// All of them, to be given to a server.
  package var all: [RedisScript] {
    [take, claim, renew, release, cancel, poke, force, ask, raise, convert, `guard`, inspect]
  }

  /// The scripts for locks of this format.
  package init(_ format: RedisLockFormat) {
    let all = RedisLockLua.all(format)
    take = RedisScript(
      (format.isPlain ? Self.takeAtOnce + Self.waitAtOnce : "") + all + Self.takeInTurn)
    claim = RedisScript((format.isPlain ? Self.claimAtOnce : "") + all + Self.claimText)
    renew = RedisScript(
      [format.lua.token, format.lua.extend, Self.renewText].joined(separator: "\n"))
    release = RedisScript(
      (format.isPlain ? Self.releaseAtOnce : "")
        + (format.isPlain && format.foreignYield == 0 ? Self.handOverAtOnce : "") + all
        + Self.releaseText)
    cancel = RedisScript(all + Self.cancelText)
    poke = RedisScript(all + Self.pokeText)
    force = RedisScript(all + Self.forceText)
    ask = RedisScript(all + Self.askText)
    raise = RedisScript(all + Self.raiseText)
    convert = RedisScript(all + Self.convertText)
    `guard` = RedisScript(all + Self.guardText)
    inspect = RedisScript(all + format.lua.oddity + "\n" + Self.inspectText)
  }

  /// What `take` is told of a request.
  package static func request(
    _ letter: String, weight: Int, limit: Int?, waits: Bool, ticket: String, _ channel: String,
    _ reason: String
  ) -> String {
    let sign = letter == "x" && reason.isEmpty ? "-" : "+"
    return
      "\(sign) \(letter) \(weight) \(limit ?? 0) \(waits ? "1" : "0") \(ticket) \(channel) \(reason)"
  }

  /// Nobody holds or waits, and nothing is to be noted: as cheap as a lock that does nothing else.
  ///
  /// The register is written before it is known: who finds there what is no fence of our time puts it back, and looks closely.
  private static let takeAtOnce = """
    local isPlain = string.byte(ARGV[5]) == 45
    if isPlain and redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4]) == 0
      and redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3])
    then
      local clock = redis.call('TIME')
      local fence = clock[1] * 1000000 + clock[2]
      if ARGV[4] ~= '' then fence = math.max(fence, ARGV[4] + 1) end
      local text = string.format('%.0f', fence)
      local last = redis.pcall('SET', KEYS[5], text, 'PX', '2592000000', 'GET')
      -- One text is answered with less ado than a list.
      if last == false then return text end
      local number = type(last) == 'string' and #last == 16 and tonumber(last)
      if number and number < fence then return text end
      if number and number < 9007199254740991 then
        text = string.format('%.0f', number + 1)
        redis.call('SET', KEYS[5], text, 'PX', '2592000000')
        return text
      end
      redis.call('DEL', KEYS[1])
      if type(last) == 'string' then redis.call('SET', KEYS[5], last) end
    end

    """

  /// It is held by one who is alone, so that there is nothing to do for a new request but to wait.
  private static let waitAtOnce = """
    local channel = isPlain and string.match(ARGV[5], '^%- x 1 0 1 0 (%S+) $')
    if channel then
      local holder = redis.pcall('GET', KEYS[1])
      if type(holder) == 'string' and holder ~= ARGV[2] and holder ~= 'il1:shared' and holder ~= 'il1:permits'
        and redis.pcall('ZSCORE', KEYS[2], ARGV[2]) == false and redis.call('EXISTS', KEYS[4]) == 0
      then
        local entry = redis.pcall('HGET', KEYS[3], holder)
        local register = redis.pcall('GET', KEYS[5])
        if type(entry) ~= 'table' and type(register) == 'string' and string.match(register, '^%d+$') then
          local clock = redis.call('TIME')
          local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
          local ticket = math.max(clock[1] * 1000000 + clock[2], last and tonumber(last) + 1 or 0)
          ticket = string.format('%.0f', ticket)
          redis.call('ZADD', KEYS[2], ticket, ARGV[2])
          redis.call('HSET', KEYS[3], ARGV[2], table.concat({'x', '1', ARGV[3], channel,
            string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000)), '0', ''}, ' '))
          if not last then
            redis.call('PEXPIRE', KEYS[2], 86400000)
            redis.call('PEXPIRE', KEYS[3], 86400000)
          end
          return {'queued', redis.call('ZCARD', KEYS[2]) - 1, redis.call('PTTL', KEYS[1]),
            (string.sub(holder, 1, 4) == 'il1:' or entry) and 'o' or 'f', ticket, 'x', holder, entry or ''}
        end
      end
    end

    """

  /// It is the turn of whoever says so: all that is to be done is to give it its lease.
  private static let claimAtOnce = """
    if redis.pcall('GET', KEYS[1]) == ARGV[2] then
      local fence = redis.pcall('GET', KEYS[5])
      if type(fence) == 'string' and string.match(fence, '^%d+$') and tonumber(fence) > (tonumber(ARGV[4]) or -1) then
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return fence
      end
    end

    """

  private static let takeInTurn = """
    local token, lease, floor = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
    local letter, weight, limit, waits, hint, listens, reason =
      string.match(ARGV[5], '^[-+] ([xsp]) (%d+) (%d+) ([01]) (%d+) (%S+) (.*)$')
    local r = {mode = letter, weight = tonumber(weight), lease = lease, channel = listens,
      since = text(now), fence = '0', reason = reason}
    local kind = r.mode == 's' and 'shared' or r.mode == 'p' and limit
    local function granted()
      local mode, value = isHolder(token)
      if not mode then return nil end
      prolong(token, mode, value, lease)
      return {'granted', fenceOf(token, mode, floor)}
    end
    local again = granted()
    if again then return again end
    if redis.call('ZSCORE', Q, token) then
      -- It asks again; when it began to wait is not forgotten.
      local known = record(token)
      if known then r.since = known.since end
      write(token, r)
    else
      holders()
      tidy()
      if kind then
        local recorded = redis.call('HGET', W, '#limit')
        if recorded and recorded ~= kind then return {'mixed', recorded} end
      end
    end
    promote(first())
    again = granted()
    if again then return again end
    local mode = holders()
    local isNew = not redis.call('ZSCORE', Q, token)
    if isNew and not isResting() and (mode == nil or redis.call('EXISTS', Q) == 0) and fits(r, mode) then
      r.fence = mint(floor)
      if kind then redis.call('HSET', W, '#limit', kind) end
      note(token, r)
      enter(token, r, lease)
      tidy()
      return {'granted', r.fence}
    end
    if waits == '0' and isNew then
      tidy()
      local way, holder, entry = inTheWay()
      return {'busy', left(), way, holder, entry}
    end
    if isNew then
      local last = redis.call('ZRANGE', Q, -1, -1, 'WITHSCORES')[2]
      local ticket = tonumber(hint)
      if ticket == 0 then ticket = math.max(micros, last and tonumber(last) + 1 or 0) end
      redis.call('ZADD', Q, text(ticket), token)
      if kind then redis.call('HSET', W, '#limit', kind) end
      write(token, r)
      -- With its old place it may be the one whose turn it is.
      if mode ~= 'x' and not isResting() then
        promote(first())
        again = granted()
        if again then return again end
      end
      tidy()
      keep()
    end
    local way, holder, entry, whose = inTheWay()
    return {'queued', redis.call('ZRANK', Q, token), left(), whose,
      text(redis.call('ZSCORE', Q, token)), way, holder, entry}
    """

  private static let claimText = """
    local mode, value = isHolder(ARGV[2])
    if not mode then return {'gone'} end
    prolong(ARGV[2], mode, value, tonumber(ARGV[3]))
    return {'held', fenceOf(ARGV[2], mode, tonumber(ARGV[4])), text(now)}
    """

  private static let renewText = """
    local clock = redis.call('TIME')
    local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
    local answers = {}
    for i = 1, #KEYS / 4 do
      local K, W, S, F = KEYS[i * 4 - 3], KEYS[i * 4 - 2], KEYS[i * 4 - 1], KEYS[i * 4]
      local token, lease = ARGV[i * 2 - 1], tonumber(ARGV[i * 2])
      local value = redis.pcall('GET', K)
      local answer
      if value == false then
        answer = redis.call('EXISTS', F) == 0 and 'reset' or 'gone'
      elseif type(value) == 'table' then
        answer = 'type'
      elseif value == 'il1:shared' or value == 'il1:permits' then
        local ends = redis.pcall('ZSCORE', S, token)
        answer = 'gone'
        if type(ends) == 'string' and tonumber(ends) > now then
          redis.call('ZADD', S, now + lease, token)
          local last = redis.call('ZRANGE', S, -1, -1, 'WITHSCORES')[2]
          redis.call('PEXPIRE', K, math.max(1, last - now))
          redis.call('PEXPIRE', S, 86400000)
          redis.call('PEXPIRE', W, 86400000)
          answer = 'ok'
        end
      elseif tokenOf(value) == token then
        extend(K, value, token, lease)
        answer = 'ok'
      else
        answer = 'by ' .. tokenOf(value)
      end
      answers[i] = answer
    end
    answers[#answers + 1] = string.format('%.0f', clock[1] * 1000000 + clock[2])
    return answers
    """

  private static let releaseAtOnce = """
    if redis.pcall('GET', KEYS[1]) == ARGV[2] and redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4]) == 0 then
      redis.call('DEL', KEYS[1])
      return 1
    end

    """

  /// The next in line wants to be alone too, and nothing is to be noted of it: what promoting it comes to then, and no more.
  ///
  /// A client that nothing reaches is left to the long way.
  private static let handOverAtOnce = """
    if redis.pcall('GET', KEYS[1]) == ARGV[2] and redis.call('EXISTS', KEYS[4]) == 0 then
      local line = redis.pcall('ZRANGE', KEYS[2], 0, 1)
      local entry = line[1] and string.sub(line[1], 1, 4) == 'il1:' and redis.pcall('HGET', KEYS[3], line[1])
      local lease, channel
      if type(entry) == 'string' then lease, channel = string.match(entry, '^x 1 (%d+) (%S+) %d+ %d+ $') end
      local register = lease and redis.pcall('GET', KEYS[5])
      local last = type(register) == 'string' and #register == 16 and tonumber(register)
      if last and last < 9007199254740991 then
        local clock = redis.call('TIME')
        local fence = string.format('%.0f', math.max(clock[1] * 1000000 + clock[2], last + 1))
        local now = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))
        -- A server without memory refuses to begin with this, and not with giving back.
        if redis.pcall('SET', KEYS[5], fence, 'PX', '2592000000').ok
          and redis.call('PUBLISH', channel, table.concat({'g', ARGV[1], line[1], fence, now}, ' ')) > 0
        then
          local claimed = math.min(lease, 3000)
          redis.call('SET', KEYS[1], line[1], 'PX', claimed)
          redis.call('ZREM', KEYS[2], line[1])
          if line[2] then
            redis.call('HDEL', KEYS[3], ARGV[2], line[1])
            local listens = string.match(redis.call('HGET', KEYS[3], line[2]) or '', '^[xsp] %d+ %d+ (%S+) %d+ %d+ ')
            if listens then
              redis.call('PUBLISH', listens, table.concat({'h', ARGV[1], line[2], claimed, 'o'}, ' '))
            end
          else
            redis.call('DEL', KEYS[3])
          end
          return 1
        end
      end
    end

    """

  private static let releaseText = """
    local mode = isHolder(ARGV[2])
    if not mode then return 0 end
    leave(ARGV[2], mode)
    local before = first()
    if YIELD > 0 and before and (tonumber(redis.call('HGET', W, '#turns')) or 0) >= YIELD and not holders() then
      -- Those who poll would never find it free: for as long as one of them waits between two looks, it is.
      redis.call('HSET', W, '#turns', 0, '#rest', text(now + 120))
      local r = record(before)
      if r then redis.call('PUBLISH', r.channel, table.concat({'h', ARGV[1], before, 120, 'o'}, ' ')) end
      return 1
    end
    promote(before)
    return 1
    """

  private static let cancelText = """
    local before = first()
    if redis.call('ZREM', Q, ARGV[2]) == 1 then
      redis.call('HDEL', W, ARGV[2])
      promote(before)
      return 1
    end
    local mode = isHolder(ARGV[2])
    if not mode then return 0 end
    leave(ARGV[2], mode)
    promote(before)
    return 2
    """

  private static let pokeText = """
    promote(first())
    keep()
    local mode, token, entry, whose = inTheWay()
    local wait = left()
    if isResting() then wait = tonumber(redis.call('HGET', W, '#rest')) - now end
    return {wait, mode, token, entry, whose, redis.call('ZRANK', Q, ARGV[2]) or -1}
    """
}

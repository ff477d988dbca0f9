/// What is asked and done about grants that stand, most of it by others than their holders.
extension RedisLockScripts {
  static let forceText = """
    local mode, holder = holders()
    local tokens = mode == 'x' and {holder} or redis.call('ZRANGE', S, 0, -1)
    if ARGV[5] ~= 'any' then
      local found = false
      for _, token in ipairs(tokens) do found = found or token == ARGV[2] end
      if not found then return {'other', tokens[1] or ''} end
      tokens = {ARGV[2]}
    end
    local answer, before, remaining = {'ended'}, first(), left()
    for _, token in ipairs(tokens) do
      local known = record(token)
      local fence = known and mode ~= 'x' and known.fence or redis.call('GET', F) or '0'
      local client = string.match(token, '^il1:[^:]*:[^:]*:[^:]*:(%x+):')
      local channel = known and known.channel or client and 'il:c:' .. client
      for _, part in ipairs({token, mode, fence, text(remaining), redis.call('HGET', W, token) or ''}) do
        answer[#answer + 1] = part
      end
      leave(token, mode)
      if channel then
        redis.call('PUBLISH', channel, table.concat({'r', ARGV[1], token, ARGV[3], ARGV[4]}, ' '))
      end
    end
    if tokens[1] then mint() end
    promote(before)
    return answer
    """

  static let askText = """
    if not isHolder(ARGV[2]) then return 0 end
    local known = record(ARGV[2])
    local client = string.match(ARGV[2], '^il1:[^:]*:[^:]*:[^:]*:(%x+):')
    local channel = known and known.channel or client and 'il:c:' .. client
    if channel then
      redis.call('PUBLISH', channel, table.concat({'y', ARGV[1], ARGV[2], ARGV[3], ARGV[4]}, ' '))
    end
    return 1
    """

  static let raiseText = """
    if not isHolder(ARGV[2]) then return {'gone'} end
    local fence = mint(tonumber(ARGV[3]))
    local known = record(ARGV[2])
    if known then
      known.fence = fence
      write(ARGV[2], known)
    end
    return {'held', fence}
    """

  static let convertText = """
    local token = ARGV[2]
    local mode, value = isHolder(token)
    if not mode then return {'gone'} end
    local known = record(token)
    if mode == ARGV[3] then
      return {'held', fenceOf(token, mode)}
    end
    local before, remaining = first(), left()
    if mode == 'x' and ARGV[3] == 's' then
      local client = string.match(token, '^il1:[^:]*:[^:]*:[^:]*:(%x+):')
      local r = known or {weight = 1, lease = math.max(remaining, 1), since = text(now), reason = '',
        channel = client and 'il:c:' .. client or '-'}
      r.mode, r.fence = 's', redis.call('GET', F) or mint()
      drop(token)
      redis.call('HSETNX', W, '#limit', 'shared')
      write(token, r)
      enter(token, r, math.max(remaining, 1))
      promote(before)
      return {'held', r.fence}
    end
    holders()
    if redis.call('ZCARD', S) > 1 then return {'shared'} end
    remaining = math.max(1, (redis.call('ZSCORE', S, token) or now) - now)
    redis.call('ZREM', S, token)
    local fence = mint()
    if known then
      known.mode, known.fence = 'x', fence
      write(token, known)
    end
    hold(token, remaining)
    tidy()
    return {'held', fence}
    """

  static let guardText = """
    local mode = isHolder(ARGV[2])
    if mode ~= 'x' or redis.call('GET', F) ~= ARGV[3] then return 0 end
    local remaining = left()
    return remaining < 0 and 9007199254740991 or math.max(1, remaining)
    """

  static let inspectText = """
    local entries = redis.call('HGETALL', W)
    local seen, living = {}, {}
    for i = 2, #entries, 2 do
      local channel = string.match(entries[i], '^[xsp] %d+ %d+ (il:c:%S+) ')
      if channel and not seen[channel] then
        seen[channel] = true
        if redis.call('EXISTS', 'il:a:' .. string.sub(channel, 6)) == 1 then living[#living + 1] = channel end
      end
    end
    local value = redis.call('GET', K) or ''
    local client = string.match(value ~= '' and tokenOf(value) or '', '^il1:[^:]*:[^:]*:[^:]*:(%x+):')
    if client and not seen['il:c:' .. client] and redis.call('EXISTS', 'il:a:' .. client) == 1 then
      living[#living + 1] = 'il:c:' .. client
    end
    return {text(micros), value, value ~= '' and tokenOf(value) or '', left(), redis.call('GET', F) or '',
      redis.call('ZRANGE', Q, 0, -1, 'WITHSCORES'), entries, redis.call('ZRANGE', S, 0, -1, 'WITHSCORES'), living, oddity(value ~= '')}
    """
}

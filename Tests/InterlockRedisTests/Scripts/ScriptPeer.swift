import InterlockLocks
import InterlockRedis
import Testing

/// The scripts on a server, called as a test likes.
final class ScriptPeer {
  /// What can be seen of a lock.
  struct State: Equatable {
    var holders: [String]
    var line: [String]
    var limit: String?

    init(holders: [String], line: [String], limit: String?) {
      (self.holders, self.line, self.limit) = (holders, line, limit)
    }

    init(_ model: ScriptModel) {
      holders = model.holders.filter { $0.end > model.now }.map(\.token).sorted()
      line = model.line.map(\.token)
      limit = model.limit
    }
  }

  private let raw: RawRedis
  private var listeners: [RawRedis]
  private let scripts = RedisLockScripts(.native)
  private var keys = RedisLockKeys("x", .native)
  private var fences: [UInt64] = []

  init(_ server: LocalRedis) throws {
    raw = try RawRedis(server)
    listeners = try (0..<ScriptModelTests.clients).map { _ in try RawRedis(server) }
    for script in scripts.all { try raw("SCRIPT", "LOAD", script.text) }
  }

  func begin(name: LockName) throws {
    keys = RedisLockKeys(name, .native)
    fences = []
  }

  func listen(_ client: Int, _ does: Bool) throws {
    let word = does ? "SUBSCRIBE" : "UNSUBSCRIBE"
    var value = try listeners[client](word, "il:c:000000000000000\(client)")
    // Messages that came before.
    while value.elements?.first?.string != word.lowercased() {
      value = try listeners[client].next()
    }
  }

  func live(_ client: Int, _ does: Bool) throws {
    let key = "il:a:000000000000000\(client)"
    if does { try raw("SET", key, "1") } else { try raw("DEL", key) }
  }

  func apply(_ step: ScriptModelTests.Step) throws -> ScriptModel.Answer? {
    switch step {
    case .take(let token, let request, let waits, let hint):
      let value = try call(
        scripts.take, token, "\(request.lease)", "",
        RedisLockScripts.request(
          "\(request.letter)", weight: request.weight, limit: request.limit, waits: waits,
          ticket: "\(hint)", "il:c:000000000000000\(request.client)", ""))
      return try Self.answer(value, fence: .granted)
    case .claim(let token):
      return try Self.answer(call(scripts.claim, token, "60000", ""), fence: .held)
    case .renew(let token):
      let all = keys.all
      let value = try raw(
        ["EVALSHA", scripts.renew.digest, "4", all[0], all[2], all[3], all[4], token, "60000"])
      return value.elements?.first?.string == "ok" ? .held : .gone
    case .release(let token): return try Self.answer(call(scripts.release, token))
    case .cancel(let token): return try Self.answer(call(scripts.cancel, token))
    case .poke:
      _ = try call(scripts.poke, "nobody")
      return nil
    case .force(let token):
      let value = try call(scripts.force, token ?? "", "me.", ".", token == nil ? "any" : "one")
      let parts = try #require(value.elements?.map { $0.string ?? "" })
      guard parts[0] == "ended" else { return .other }
      return .ended(stride(from: 1, to: parts.count, by: 5).map { parts[$0] }.sorted())
    case .convert(let token, let letter):
      return try Self.answer(call(scripts.convert, token, "\(letter)"))
    case .expire(let token):
      try expire(token)
      return nil
    case .listen(let client, let does):
      try listen(client, does)
      return nil
    case .live(let client, let does):
      try live(client, does)
      return nil
    }
  }

  func state() throws -> State {
    let parts = try #require(try call(scripts.inspect).elements)
    let value = parts[1].string ?? ""
    let now = (parts[0].integer ?? 0) / 1000
    let sharers = parts[7].elements?.map { $0.string ?? "" } ?? []
    let shared = stride(from: 0, to: sharers.count, by: 2)
      .filter { (Double(sharers[$0 + 1]) ?? 0) > Double(now) }.map { sharers[$0] }
    let isShared = value == "il1:shared" || value == "il1:permits"
    let line = parts[5].elements?.map { $0.string ?? "" } ?? []
    let records = parts[6].elements?.map { $0.string ?? "" } ?? []
    let limit = records.firstIndex(of: "#limit").map { records[$0 + 1] }
    if let fence = parts[4].string.flatMap({ UInt64($0) }) { fences.append(fence) }
    return State(
      holders: isShared ? shared.sorted() : value.isEmpty ? [] : [value],
      line: stride(from: 0, to: line.count, by: 2).map { line[$0] }, limit: limit)
  }

  func fencesGrow() throws -> Bool { zip(fences, fences.dropFirst()).allSatisfy { $0 <= $1 } }

  /// As if its lease had ended just now.
  private func expire(_ token: String) throws {
    let key = keys.key
    if try raw("GET", key).string == token { try raw("DEL", key) }
    guard try raw("ZSCORE", keys.shared, token) != .null else { return }
    try raw("ZADD", keys.shared, "1", token)
    // The key lives as long as the last of them.
    let last = try raw("ZRANGE", keys.shared, "-1", "-1", "WITHSCORES").elements ?? []
    if last.count == 2, last[1].string == "1" { try raw("DEL", key) }
  }

  private func call(_ script: RedisScript, _ arguments: String...) throws -> RedisValue {
    let value = try raw(["EVALSHA", script.digest, "5"] + keys.all + ["word"] + arguments)
    if case .error(let text) = value { Issue.record("\(text)") }
    return value
  }

  /// A text is the fence of what was granted, or is held.
  private static func answer(
    _ value: RedisValue, fence: ScriptModel.Answer? = nil
  ) throws -> ScriptModel.Answer {
    if let fence, case .text = value { return fence }
    if case .integer(let number) = value { return .number(Int(number)) }
    let parts = try #require(value.elements)
    switch parts.first?.string {
    case "granted": return .granted
    case "queued": return .queued(Int(parts[1].integer ?? -1))
    case "busy": return .busy
    case "mixed": return .mixed
    case "held": return .held
    case "gone": return .gone
    case "shared": return .shared
    default: throw ScriptFailure(value: value)
    }
  }

  struct ScriptFailure: Error { let value: RedisValue }
}

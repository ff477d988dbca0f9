package import Interlock
package import InterlockLocks

/// What a slot tells about a ticket: whose it is, what for, since when.
package struct SlotRecord: Sendable, Hashable {
  /// Whose it is.
  package var owner: LockOwner
  /// The secret of the session, and the number of its request: they make the token.
  package var secret: UInt64
  package var number: UInt64
  package var mode: LockMode
  /// Whether it is held, or waited for.
  package var isHeld: Bool
  package var fence: UInt64
  /// When it was asked for, or granted.
  package var since: Instant
  package var reason: String

  /// How the grant is named.
  var token: String { "\(LockSession(owner: owner, secret: secret).prefix)\(number)" }

  /// The words of a slot behind its first two.
  package static let wordCount = Layout.slotSize / 8 - 2

  private static let longestHost = 40
  private static let longestCommand = 64
  private static let (hostAt, commandAt, reasonAt) = (8, 13, 21)

  /// What is the same in all slots of one process; the rest is for `words(_:…)`.
  package struct Common: Sendable {
    fileprivate var words: [UInt64]
    fileprivate var lengths: UInt64

    package init(_ session: LockSession) {
      words = [UInt64](repeating: 0, count: SlotRecord.reasonAt)
      let owner = session.owner
      words[0] = UInt64(UInt32(bitPattern: owner.process))
      words[1] = owner.processStart
      words[2] = session.secret
      let host = Words.encode(owner.host, limit: longestHost)
      let command = Words.encode(owner.command, limit: longestCommand)
      words.replaceSubrange(hostAt..<(hostAt + host.words.count), with: host.words)
      words.replaceSubrange(commandAt..<(commandAt + command.words.count), with: command.words)
      lengths = UInt64(host.length) | UInt64(command.length) << 8
    }
  }

  /// What is written into a slot; shorter than it when the reason is.
  package static func words(
    _ common: Common, number: UInt64, mode: LockMode, isHeld: Bool, fence: UInt64, since: Instant,
    reason: String
  ) -> [UInt64] {
    var words = common.words
    words[3] = number
    words[4] = code(mode) | (isHeld ? 1 << 2 : 0)
    words[5] = fence
    words[6] = UInt64(bitPattern: since.nanoseconds)
    words[7] = common.lengths
    guard !reason.isEmpty else { return words }
    let text = Words.encode(reason, limit: Layout.longestReason)
    words[7] |= UInt64(text.length) << 16
    return words + text.words
  }

  /// Reads a slot; nil when it is none.
  package init?(_ words: [UInt64]) {
    guard words.count == Self.wordCount, let mode = Self.mode(words[4]) else { return nil }
    let lengths = words[7]
    func text(_ range: Range<Int>, _ shift: UInt64) -> String {
      Words.decode(words[range], length: Int(lengths >> shift & 0xff))
    }
    owner = LockOwner(
      host: text(Self.hostAt..<Self.commandAt, 0),
      process: Int32(truncatingIfNeeded: words[0]), processStart: words[1],
      command: text(Self.commandAt..<Self.reasonAt, 8))
    secret = words[2]
    number = words[3]
    self.mode = mode
    isHeld = Self.isHeld(words[4])
    fence = words[5]
    since = Instant(nanoseconds: Int64(bitPattern: words[6]))
    reason = text(Self.reasonAt..<Self.wordCount, 16)
  }

  /// Whether the fifth word says that it is held.
  static func isHeld(_ word: UInt64) -> Bool { word & (1 << 2) != 0 }

  private static func code(_ mode: LockMode) -> UInt64 {
    switch mode {
    case .exclusive: 0
    case .shared: 1
    case .permits(let count, let limit): 2 | UInt64(count) << 8 | UInt64(limit) << 32
    }
  }

  private static func mode(_ code: UInt64) -> LockMode? {
    switch code & 3 {
    case 0: return .exclusive
    case 1: return .shared
    case 2:
      let (count, limit) = (Int(code >> 8 & 0xff_ffff), Int(code >> 32))
      guard 1...LockMode.mostPermits ~= limit, 1...limit ~= count else { return nil }
      return .permits(count, of: limit)
    default: return nil
    }
  }
}

internal import Interlock
internal import InterlockLocks

/// One question to all servers, and what they say.
///
/// Decides whether enough of them agree: pure.
///
/// A lock is held by whom a majority votes for, so that any two holders have a server in common, and the fence of a grant is
/// in the registers of a majority, each written while that server's vote stood. The vote of that common server went to the
/// second holder after the first had lost it, so the second read what the first wrote, or more: fences grow.
///
/// *Source:* S. Sanfilippo, "Distributed locks with Redis", for the votes; M. Kleppmann, "How to do distributed locking", 2016,
/// for why they need a fence.
struct QuorumRound: Sendable {
  /// What came of it.
  enum Verdict: Sendable, Hashable {
    /// More answers are needed.
    case open
    /// A majority votes for it and has the same fence in its registers.
    case won(Fence)
    /// A majority votes for it; its registers differ, and this is the greatest.
    case unequal(Fence)
    /// No majority can come together any more.
    case lost
  }

  /// Tells it from those before and after.
  let number: UInt64
  /// The instant before it was asked.
  let sent: Instant
  /// How many servers there are.
  let servers: Int
  /// Those whose votes count: not those that have just started, and may have forgotten a vote.
  let counting: Set<Int>
  /// What each said.
  private(set) var votes: [Int: QuorumVote] = [:]

  init(number: UInt64, sent: Instant, servers: Int, counting: Set<Int>) {
    (self.number, self.sent, self.servers, self.counting) = (number, sent, servers, counting)
  }

  /// So many have to agree.
  static func majority(of servers: Int) -> Int { servers / 2 + 1 }

  private var majority: Int { Self.majority(of: servers) }

  /// Takes what a server says.
  mutating func take(_ vote: QuorumVote, of server: Int) { votes[server] = vote }

  /// What comes of what was said so far.
  var verdict: Verdict {
    var fences: [Fence] = []
    var open = 0
    for server in counting {
      switch votes[server] {
      case .granted(let fence)?: fences.append(fence)
      case nil: open += 1
      case .refused?, .failed?: break
      }
    }
    guard fences.count >= majority, let greatest = fences.max() else {
      return fences.count + open >= majority ? .open : .lost
    }
    return fences.count { $0 == greatest } >= majority ? .won(greatest) : .unequal(greatest)
  }

  /// Servers that voted for it, and count.
  var voters: Set<Int> {
    counting.filter { if case .granted? = votes[$0] { true } else { false } }
  }

  /// Servers that may hold a vote for it.
  var mayHaveVoted: Set<Int> {
    Set((0..<servers).filter { votes[$0]?.mayHaveVoted ?? true })
  }

  /// How many said yes or no.
  var answers: Int {
    votes.values.count {
      switch $0 {
      case .granted, .refused: true
      case .failed: false
      }
    }
  }

  /// Why those that failed did.
  var failures: [RedisError] {
    (0..<servers).compactMap {
      if case .failed(let error, _)? = votes[$0] { error } else { nil }
    }
  }

  /// Who has most of the votes, of others.
  var obstacle: RemoteLockObstacle? {
    var counts: [String: Int] = [:]
    for case .refused(let obstacle) in votes.values { counts[obstacle.token, default: 0] += 1 }
    guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
    for server in 0..<servers {
      guard case .refused(let obstacle)? = votes[server], obstacle.token == most.key else {
        continue
      }
      return obstacle
    }
    return nil
  }

  /// Whether a majority votes for one other, so that it will last.
  var isDecided: Bool {
    var counts: [String: Int] = [:]
    for case .refused(let obstacle) in votes.values { counts[obstacle.token, default: 0] += 1 }
    return counts.values.contains { $0 >= majority }
  }

  /// After how long a majority may be free, as far as the servers said; nil when that cannot be told.
  var patience: Duration? {
    var waits: [Duration] = []
    for server in 0..<servers {
      switch votes[server] {
      case .granted?: waits.append(.zero)
      case .refused(let obstacle)? where obstacle.left >= 0:
        waits.append(.milliseconds(obstacle.left))
      case .refused?, .failed?, nil: break
      }
    }
    waits.sort()
    return waits.count >= majority ? waits[majority - 1] : nil
  }
}

internal import Interlock
internal import InterlockLocks

extension LockConformance {
  /// Names.
  static let names: [Check] = [
    Check(
      "locks.N1 names that differ in a byte are different locks, and odd ones are names like others"
    ) { world in
      let (one, other) = (try await world.client(), try await world.client())
      let texts = [
        "a", "A", "a ", " a", "a\n", "a/b", "a%2Fb", "a:b", "a*", "a?", "[ab]", "{x}", "}{", "..",
        ".", "../x", "~", "-x", "'\"", "$(id)", "\u{202e}evil", "🔒", "é", "日本語", "*", "\u{1}",
        String(repeating: "x", count: 512), String(repeating: "x", count: 511) + "y",
      ]
      let names = try texts.map { try LockName($0) }
      try await hold(names[...], one) {
        let listed = try await other.records(below: nil)
        try require(
          listed.count == names.count, "each is a lock: \(listed.count) of \(names.count)")
        for name in names {
          try require(try await other.tryLock(name) == nil, "\(name) is held")
        }
      }
      try require(try await other.records(below: nil).isEmpty, "nothing is left of them")
    },
    Check("locks.N1 two spellings of one text are one lock") { world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withLock(LockName("e\u{301}")) { _ in
        try require(
          try await other.tryLock(LockName("\u{e9}")) == nil,
          "composed and decomposed é are one")
      }
    },
  ]

  private static func hold(
    _ names: ArraySlice<LockName>, _ client: LockClient, _ body: () async throws -> Void
  ) async throws {
    guard let name = names.first else { return try await body() }
    try await client.withLock(name) { _ in try await hold(names.dropFirst(), client, body) }
  }
}

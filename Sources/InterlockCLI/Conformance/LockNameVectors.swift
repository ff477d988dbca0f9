internal import InterlockLocks
internal import InterlockWire

extension ConformanceChecker {
  /// names.json: how names are written into keys and files, which are refused, and which are one lock.
  static let lockNames = ConformanceChecker(
    schema: "names.json",
    lists: [
      List("accepted") { (current) throws(JSONError) in try checkAccepted(&current) },
      List("refused") { (current) throws(JSONError) in
        let why: String = try current.input("why")
        if name(try current.input("name")) != nil {
          current.mismatch("name", expected: "refused: \(why)", got: "accepted")
        }
      },
      List("same_lock") { (current) throws(JSONError) in
        try checkPair(&current, expected: "one lock", got: "two") { $0 == $1 && $0.key == $1.key }
      },
      List("different_locks") { (current) throws(JSONError) in
        try checkPair(&current, expected: "two locks", got: "one") { first, second in
          first != second && first.key != second.key && first.file != second.file
        }
      },
    ])

  private static func name(_ text: String) -> LockName? {
    // Why it is none is not compared: the vectors say it in words.
    try? LockName(text)
  }

  private static func checkAccepted(_ current: inout ConformanceCase) throws(JSONError) {
    guard let name = name(try current.input("name")) else {
      return current.mismatch("name", expected: "accepted", got: "refused")
    }
    // Left out where it would be long.
    if current.has("nfc_utf8_hex") {
      try current.expect("nfc_utf8_hex", .string(Hex.encode(name.text.utf8)))
    }
    try current.expect("bytes", number: name.text.utf8.count)
    try current.expect("key", .string(name.key))
    try current.expect("file", .string(name.file))
  }

  /// Holds every two names of a list against each other.
  private static func checkPair(
    _ current: inout ConformanceCase, expected: String, got: String,
    agrees: (LockName, LockName) -> Bool
  ) throws(JSONError) {
    var names: [LockName] = []
    for index in 0..<(try current.count("")) {
      guard let name = name(try current.input("\(index)")) else {
        return current.mismatch("\(index)", expected: "accepted", got: "refused")
      }
      names.append(name)
    }
    for (index, first) in names.enumerated() {
      for other in names.indices.dropFirst(index + 1) where !agrees(first, names[other]) {
        current.mismatch("\(index), \(other)", expected: expected, got: got)
      }
    }
  }
}

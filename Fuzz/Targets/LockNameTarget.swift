internal import InterlockLocks

extension FuzzTarget {
  /// Names as keys and files: two names are two keys and two files, none of which reaches out of where it belongs.
  ///
  /// The first byte says where the input is cut into two names.
  static let lockName = FuzzTarget(name: "lock-name") { bytes in
    let rest = bytes.dropFirst()
    let cut = rest.index(rest.startIndex, offsetBy: min(rest.count, Int(bytes.first ?? 0)))
    let (one, other) = (Array(rest[..<cut]), Array(rest[cut...]))
    for name in [one, other] {
      check(file: NameEncoding.file(name), of: name)
      check(key: NameEncoding.key(name), of: name)
    }
    let isSame = one == other
    precondition((NameEncoding.file(one) == NameEncoding.file(other)) == isSame, "one file for two")
    precondition((NameEncoding.key(one) == NameEncoding.key(other)) == isSame, "one key for two")
    // What is no encoded name is refused, or is one of some name.
    if let name = NameEncoding.name(ofEncoded: String(decoding: rest, as: UTF8.self)) {
      precondition(name.count <= rest.count, "a name is longer than what it was made into")
    }
  }

  private static func check(file: String, of name: [UInt8]) {
    let bytes = Array(file.utf8)
    precondition(
      bytes.count <= 255 - ".lk".utf8.count, "no file has a name of \(bytes.count) bytes")
    precondition(bytes.allSatisfy { 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "/") }, file)
    precondition(file.first != ".", "a file is hidden: \(file)")
    if let decoded = NameEncoding.name(ofEncoded: file) {
      precondition(decoded == name, "a name comes back as another: \(file)")
    }
  }

  private static func check(key: String, of name: [UInt8]) {
    precondition(
      key.utf8.allSatisfy { 0x21...0x7e ~= $0 && !"{}*?[]\\^".utf8.contains($0) },
      "a key means something to the server: \(key)")
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    precondition(!parts.contains(".") && !parts.contains(".."), "a key has a step: \(key)")
  }
}

internal import InterlockMeshCore
internal import InterlockWire

/// Names of nodes by the beginnings of their keys, which is all a path tells.
struct NameBook: Sendable {
  /// The most names that are kept; nodes met later go by their keys.
  static let capacity = 512
  private static let shownBytes = 3

  private var names: [[UInt8]: String] = [:]

  /// Takes note of a name; one that came over the air is shown without what a terminal would obey.
  mutating func learn(_ key: PublicKey, name: String) {
    guard names.count < Self.capacity || names[key.bytes] != nil else { return }
    names[key.bytes] = String(
      String.UnicodeScalarView(name.unicodeScalars.filter { !$0.properties.isControlLike }))
  }

  func name(of key: [UInt8]) -> String {
    names[key] ?? Hex.encode(key.prefix(Self.shownBytes))
  }

  /// The only node known whose key begins so, or the beginning itself.
  func name(ofPrefix hex: String) -> String {
    guard let prefix = Hex.decode(hex) else { return hex }
    let matches = names.filter { $0.key.starts(with: prefix) }
    return matches.count == 1 ? matches.first?.value ?? hex : hex
  }
}

extension Unicode.Scalar.Properties {
  /// Whether it could move the cursor or hide what follows.
  fileprivate var isControlLike: Bool {
    generalCategory == .control || generalCategory == .format
      || generalCategory == .lineSeparator || generalCategory == .paragraphSeparator
  }
}

extension PublicKey {
  /// The beginning that people compare.
  var short: String { String(description.prefix(12)) }
}

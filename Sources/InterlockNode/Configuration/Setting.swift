package import InterlockWire

/// One option: where it stands, what suits, what it means, and which property it sets.
///
/// The reader, the writer, the comparison on reload and the documentation all use this one
/// declaration; the default is the property's own first value.
package struct Setting<Root: Sendable>: Sendable {
  package let description: SettingDescription
  let read: @Sendable (JSONValue, inout Root) throws(SettingProblem) -> Void
  let write: @Sendable (Root) -> JSONValue
  /// The same without secrets.
  let show: @Sendable (Root) -> JSONValue
  /// Takes the value over from one configuration to another.
  let copy: @Sendable (Root, inout Root) -> Void

  /// Declares an option.
  ///
  /// - Parameters:
  ///   - path: The names that lead to it, with dots: `radio.powerDBm`.
  ///   - property: What it sets.
  ///   - kind: What suits.
  ///   - effect: When a change takes effect on a running node.
  ///   - secret: The environment variable that overrides it, for what should not stand in a file.
  ///   - isSecret: Whether it is never shown; what has an environment variable is not either.
  ///   - meaning: One sentence for the documentation.
  package init<Value: Sendable>(
    _ path: String, _ property: any WritableKeyPath<Root, Value> & Sendable,
    _ kind: SettingKind<Value>, effect: SettingEffect = .atOnce, secret: String? = nil,
    isSecret: Bool = false, _ meaning: String
  ) where Root: DefaultConstructible {
    let fallback = kind.write(Root()[keyPath: property])
    description = SettingDescription(
      path: path, range: kind.range, fallback: fallback, meaning: meaning, effect: effect,
      environment: secret, isSecret: isSecret || secret != nil, items: kind.items)
    read = { node, root throws(SettingProblem) in root[keyPath: property] = try kind.read(node) }
    write = { kind.write($0[keyPath: property]) }
    let show = kind.show ?? kind.write
    self.show = { show($0[keyPath: property]) }
    copy = { $1[keyPath: property] = $0[keyPath: property] }
  }
}

/// Something whose properties' first values are the defaults.
package protocol DefaultConstructible: Sendable {
  init()
}

/// When a changed option takes effect.
package enum SettingEffect: Sendable, Hashable {
  /// On SIGHUP, or the control socket's `reload`.
  case atOnce
  /// At the next start.
  case onRestart
}

/// An option as the documentation shows it.
package struct SettingDescription: Sendable, Hashable {
  package let path: String
  package let range: String
  package let fallback: JSONValue
  package let meaning: String
  package let effect: SettingEffect
  /// The environment variable that overrides a secret; nil for what has none.
  package let environment: String?
  /// Whether it is never shown.
  package let isSecret: Bool
  /// The options of each item of a list.
  package let items: [SettingDescription]
}

package import InterlockMeshCore

/// One channel of `repeater.channels`.
package struct ChannelEntry: DefaultConstructible, Hashable {
  package var name = ""
  /// The key, unless it follows from the name.
  package var key: [UInt8]?

  package init() {}

  /// The channel; nil without a key.
  package var channel: NamedChannel? {
    (key ?? ChannelKey.following(from: name)).flatMap { NamedChannel(name, key: $0) }
  }

  /// The environment variable that overrides the key; nil for a key that follows from the name.
  var keyVariable: String? {
    ChannelKey.following(from: name) == nil
      ? NodeConfiguration.keyVariable("INTERLOCK_CHANNEL_KEY_", name) : nil
  }
}

internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockWire

extension Option where Value == [UInt8] {
  /// A channel's key, as MeshCore's apps write it.
  static func channelKey(_ name: String, _ meaning: String) -> Option {
    Option(name: name, placeholder: "KEY", meaning: meaning, isSecret: true) {
      text throws(OptionProblem) in
      guard let key = ChannelKey.parse(text) else {
        throw OptionProblem(expected: "must be \(ChannelKey.notation)")
      }
      return key
    }
  }
}

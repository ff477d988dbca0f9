internal import InterlockMeshCore
internal import InterlockWire

extension NodeConfiguration {
  /// What is wrong with the channels, each with the reason; a key is never part of one.
  var channelContradictions: [(index: Int, option: String, reason: String)] {
    channels.enumerated().flatMap { index, entry in
      entry.contradictions(after: channels[..<index]).map { (index, $0.option, $0.reason) }
    }
  }
}

extension ChannelEntry {
  fileprivate func contradictions(
    after others: ArraySlice<ChannelEntry>
  ) -> [(option: String, reason: String)] {
    guard !name.isEmpty else { return [("name", "must be given")] }
    guard let channel = channel?.channel else {
      return [
        (
          "key",
          "must be given, here or in \(keyVariable ?? "the environment"): only a #name and "
            + "\"\(ChannelKey.publicName)\" have one that follows from the name"
        )
      ]
    }
    if let own = ChannelKey.following(from: name).flatMap({ Channel(key: $0) }),
      own.secret != channel.secret
    {
      return [("key", "must be left out: it follows from the name \(name)")]
    }
    if let index = others.firstIndex(where: { $0.name == name }) {
      return [("name", "must be another: [\(index)] has it too")]
    }
    // Only the first of two names for one key would ever be found.
    if let index = others.firstIndex(where: { $0.channel?.channel.secret == channel.secret }) {
      return [("key", "must be another: [\(index)] has it too, and a channel has one name")]
    }
    return []
  }
}

extension RuleEntry {
  /// Why conditions on what a packet says can never be fulfilled.
  func contentContradictions(
    among channels: [NamedChannel]
  ) -> [(option: String, reason: String)] {
    let textOption = sender != nil ? "sender" : text != nil ? "text" : nil
    guard let option = channel != nil ? "channel" : textOption else { return [] }
    guard !channels.isEmpty else {
      return [(option, "needs the key of a channel; give repeater.channels")]
    }
    let candidates = channels.filter { channel == nil || $0.name == channel }
    if let channel, candidates.isEmpty {
      let near = NearestName.of(channel, among: channels.map(\.name))
      let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
      return [("channel", "must be one of repeater.channels; \"\(channel)\" is not\(hint)")]
    }
    let fitting: [PayloadType] = textOption == nil ? [.groupText, .groupData] : [.groupText]
    if !types.isEmpty, !fitting.contains(where: { types.contains($0.description) }) {
      let names = fitting.map(\.description).joined(separator: " or ")
      return [("types", "must have \(names) in a rule with \(textOption ?? option)")]
    }
    if let hash = channelHash?.first, !candidates.contains(where: { $0.channel.hash == hash }) {
      return [("channelHash", "is of no channel whose key the rule could use")]
    }
    return []
  }
}

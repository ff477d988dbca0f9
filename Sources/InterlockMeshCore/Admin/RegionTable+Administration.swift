/// How the remote administration changes regions; nothing is half done.
extension RegionTable {
  /// The entry of a region, whose name may be told with or without its mark.
  func entry(named name: String) -> Entry? { self[name] ?? self["#" + name] }

  /// Carries out a command that changes something.
  mutating func apply(_ command: RegionCommand) throws(AdminCommandError) {
    switch command {
    case .put(let name, let parent):
      guard entry(named: name) == nil else { return }
      do {
        try add(try Region(name), allowsFlood: false, parent: parent)
      } catch { throw AdminCommandError("Error: \(error)") }
    case .remove(let name):
      guard let entry = entry(named: name) else { throw .unknownRegion }
      remove(entry.region.name)
    case .setFlood("*", let isAllowed): allowsUnscopedFlood = isAllowed
    case .setFlood(let name, let isAllowed):
      guard let entry = entry(named: name) else { throw .unknownRegion }
      setAllowsFlood(isAllowed, of: entry.region.name)
    case .list, .get, .save: break
    }
  }

  /// The region that a packet is bound to, whether or not its floods are passed on.
  func region(of packet: Packet) -> Region? {
    guard let codes = packet.transportCodes, codes.region != 0 else { return nil }
    let payload = packet.frame.span.extracting(packet.payloadRange)
    let type = packet.payloadType.rawValue
    return entries.first { $0.region.code(type: type, payload: payload) == codes.region }?.region
  }
}

extension AdminCommandError {
  static let unknownRegion = AdminCommandError("Error: unknown region")
}

internal import Interlock
internal import InterlockRadio

/// Floods, and direct packets that have arrived: section by section, the first reason counts.
extension RepeaterMachine {
  mutating func decideArrived(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    let type = packet.payloadType
    let isFlood = packet.route.isFlood
    guard packet.payloadByteCount > 0 else { return .dropped(.emptyPayload) }
    guard !isFlood || type.mayBeFlooded else { return .dropped(.typeNotFlooded) }
    guard packet.payloadByteCount >= type.minimumPayloadBytes else {
      return .dropped(.incomplete)
    }
    if type == .advert, isOwnAdvert(packet) { return .dropped(.ownAdvert) }
    let hash = packet.packetHash
    if let original = seen.refresh(hash, at: now) {
      return Decision(.dropped(.duplicate), hash: hash, original: original)
    }
    if type == .advert, let reason = judgeAdvert(reception, hash: hash, at: now) {
      return Decision(.dropped(reason), hash: hash)
    }
    if isForThisNode(packet, at: now) {
      seen.insertAbsent(hash, note: recent.nextSequence, at: now)
      emit(.deliver(packet, .local))
      return Decision(.consumed(.local), hash: hash)
    }
    guard isFlood else { return Decision(.dropped(.noPath), hash: hash) }
    if let reason = refusal(of: reception) {
      return Decision(.dropped(reason), hash: hash)
    }
    guard let edited = packet.appendingHop(of: ownPrefix) else {
      return Decision(.dropped(.pathFull), hash: hash)
    }
    if type == .advert, let reason = limitAdvert(packet, at: now) {
      return Decision(.dropped(reason), hash: hash)
    }
    seen.insertAbsent(hash, note: recent.nextSequence, at: now)
    return relay(
      edited, as: type == .advert ? .advert : .flood, priority: edited.pathField.hopCount,
      window: delays.floodWindow(for: edited), hash: hash, reception)
  }

  /// Why a new flood is not passed on; nil when it may be.
  private mutating func refusal(of reception: Reception) -> RefusalReason? {
    let packet = reception.packet
    let field = packet.pathField
    guard configuration.mode == .forward else { return .repeatOff }
    guard field.hopCount < configuration.maximumFloodHops else { return .hopLimit }
    if packet.route == .flood, field.hopCount >= configuration.maximumUnscopedFloodHops {
      return .hopLimitUnscoped
    }
    if packet.payloadType == .advert, field.hopCount >= configuration.maximumAdvertHops {
      return .hopLimitAdvert
    }
    guard isAllowedByRegion(packet) else { return .regionDenied }
    guard !isLoop(packet) else { return .loop }
    guard field.hasRoom else { return .pathFull }
    return isAllowedByRules(reception) ? nil : .policy
  }

  private mutating func isAllowedByRules(_ reception: Reception) -> Bool {
    guard !configuration.rules.isEmpty else { return true }
    var content = ChannelContent(of: reception.packet, among: configuration.channels)
    for (index, rule) in configuration.rules.enumerated()
    where rule.applies(to: reception, saying: &content) {
      switch rule.action {
      case .allow: return true
      case .drop: return false
      case .log: emit(.noteRule(index, reception.packet))
      }
    }
    return true
  }

  private func isLoop(_ packet: Packet) -> Bool {
    let size = packet.pathField.hashSize
    guard let limit = configuration.loopDetection.limit(hashSize: size) else { return false }
    var count = 0
    let path = packet.pathRange
    for start in stride(from: path.lowerBound, to: path.upperBound, by: size)
    where ownPrefix.matches(packet.frame, at: start, count: size) {
      count += 1
      if count == limit { return true }
    }
    return false
  }

  private func isAllowedByRegion(_ packet: Packet) -> Bool {
    guard let codes = packet.transportCodes else {
      return configuration.regions.allowsUnscopedFlood
    }
    let region = configuration.regions.allowedRegion(
      code: codes.region, type: packet.payloadType.rawValue,
      payload: packet.frame.span.extracting(packet.payloadRange))
    return region != nil
  }

  /// Whether a packet that is new is for this node and no other.
  private mutating func isForThisNode(_ packet: Packet, at now: Instant) -> Bool {
    if packet.payloadType == .rawCustom { return !packet.route.isFlood }
    let isAdministered = administration?.isOpen ?? false
    guard recipient != nil || isAdministered, packet.isPossibly(for: publicKey) else {
      return false
    }
    // A key agreement costs as much as a signature; without time for it, the packet is relayed.
    if packet.payloadType == .anonymousRequest, verifications.take(at: now) != .taken {
      return false
    }
    if administer(packet, at: now) { return true }
    // The administration has tried the same key agreement.
    if isAdministered, packet.payloadType == .anonymousRequest { return false }
    return recipient?.opens(packet) ?? false
  }
}

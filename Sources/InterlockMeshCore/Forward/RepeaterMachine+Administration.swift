public import Interlock
internal import InterlockRadio

/// The remote administration, as far as packets go.
extension RepeaterMachine {
  /// Whether a packet was for the remote administration; what it brings about follows as actions.
  mutating func administer(_ packet: Packet, at now: Instant) -> Bool {
    guard let outcome = administration?.take(packet, at: now) else { return false }
    let scope = scope(of: packet)
    for reply in outcome.replies { originate(reply.scoped(scope), at: now) }
    for task in outcome.tasks {
      var task = task
      task.scope = scope
      emit(.administer(task))
    }
    for event in outcome.events { emit(.note(event)) }
    if outcome.accessChanged { emit(.storeAccess) }
    return true
  }

  /// Sends the answer to a task of the remote administration.
  ///
  /// - Returns: Whether there is somebody to answer, and something to say that fits a packet.
  @discardableResult
  public mutating func answer(
    _ task: AdminTask, _ answer: AdminAnswer, unixTime: UInt32, at now: Instant
  ) -> Bool {
    guard
      let reply = administration?.reply(to: task, answer, unixTime: unixTime, using: &generator)
    else { return false }
    return originate(reply, at: now)
  }

  /// An answer is bound to the region of what it answers.
  private func scope(of packet: Packet) -> AdminTask.Scope {
    switch packet.route {
    case .flood: .unscoped
    case .transportFlood:
      configuration.regions.region(of: packet).map { .region($0.name) } ?? .standard
    case .direct, .transportDirect: .standard
    }
  }

  @discardableResult
  private mutating func originate(_ reply: AdminReply, at now: Instant) -> Bool {
    var codes: TransportCodes?
    let packet: Packet?
    switch reply.travel {
    case .direct(let path):
      packet = Packet(
        route: .direct, type: reply.type, pathField: path.field, path: path.hops,
        payload: reply.payload)
    case .flood(let hashSize, let scope):
      let region: Region? =
        switch scope {
        case .standard: configuration.defaultRegion
        case .unscoped: nil
        case .region(let name): configuration.regions[name]?.region
        }
      codes = region.map {
        TransportCodes(region: $0.code(type: reply.type.rawValue, payload: reply.payload.span))
      }
      packet = PathField(hopCount: 0, hashSize: hashSize).flatMap {
        Packet(
          route: codes == nil ? .flood : .transportFlood, type: reply.type, transportCodes: codes,
          pathField: $0, payload: reply.payload)
      }
    }
    guard let packet else { return false }
    let kind: PacketKind =
      packet.route.isFlood ? .flood : reply.type == .acknowledgement ? .acknowledgement : .direct
    let wait = reply.delay.nanoseconds / 1000
    originate(
      packet, kind: kind, priority: packet.route.isFlood ? 1 : 0,
      window: DelayWindow(minimumMicroseconds: wait, maximumMicroseconds: wait), at: now)
    return true
  }
}

extension AdminReply {
  /// The same, if it is flooded bound to another region.
  func scoped(_ scope: AdminTask.Scope) -> AdminReply {
    guard case .flood(let hashSize, _) = travel else { return self }
    var reply = self
    reply.travel = .flood(hashSize: hashSize, scope)
    return reply
  }
}

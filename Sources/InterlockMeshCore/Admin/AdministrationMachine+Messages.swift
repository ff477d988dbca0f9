/// Messages of nodes that have logged in.
extension AdministrationMachine {
  /// Takes a request; what makes no sense counts for nothing.
  ///
  /// A forgery that the code lets through must not move the timestamp, which would lock the client
  /// out.
  mutating func takeRequest(_ plaintext: [UInt8], of index: Int, _ packet: Packet) -> Outcome {
    let client = access.clients[index]
    guard let request = RequestMessage(parsing: plaintext) else { return Outcome() }
    let work = work(for: request, client.permissions)
    guard work != nil || request.kind == .keepAlive else { return Outcome() }
    guard request.timestamp > client.lastTimestamp else {
      return Outcome(events: [.replayed(client.key)])
    }
    access.update(index) { $0.lastTimestamp = request.timestamp }
    return Outcome(
      tasks: work.map { [task($0, client, packet, tag: request.timestamp)] } ?? [],
      accessChanged: client.permissions.isAdmin)
  }

  private func work(for request: RequestMessage, _ permissions: Permissions) -> AdminTask.Work? {
    switch request.kind {
    case .status: .status
    case .telemetry: .telemetry
    case .accessList where permissions.isAdmin:
      request.parameters.prefix(2).elementsEqual([0, 0]) ? .accessList : nil
    case .neighbours: NeighbourQuery(parsing: request.parameters).map { .neighbours($0) }
    case .ownerInfo: .ownerInfo
    default: nil
    }
  }

  mutating func takeText(_ plaintext: [UInt8], of index: Int, _ packet: Packet) -> Outcome {
    let client = access.clients[index]
    guard client.permissions.isAdmin, let text = TextMessage(parsing: plaintext),
      [.plain, .commandOutput, .command].contains(text.kind), isCommand(text.textBytes)
    else { return Outcome() }
    guard text.timestamp >= client.lastTimestamp else {
      return Outcome(events: [.replayed(client.key)])
    }
    var request = task(.command(text.text), client, packet, tag: text.timestamp)
    // Answers to commands never tell a path.
    request.way = client.outPath.map { .along($0) } ?? .flood
    var outcome = Outcome()
    if text.kind == .plain {
      outcome.replies = [
        AdminReply(
          type: .acknowledgement, payload: text.acknowledgement(from: client.key).payload,
          travel: travel(request), delay: Self.acknowledgementDelay)
      ]
    }
    // The same once more: the acknowledgement was lost, the command was not.
    guard text.timestamp > client.lastTimestamp else { return outcome }
    access.update(index) { $0.lastTimestamp = text.timestamp }
    outcome.tasks = [request]
    outcome.accessChanged = true
    return outcome
  }

  /// Whether a text could have been typed; a forgery that the code lets through is noise.
  private func isCommand(_ text: [UInt8]) -> Bool {
    !text.isEmpty && text.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      && String(validating: text, as: UTF8.self) != nil
  }

  /// Takes note of the way to a client.
  ///
  /// There is no timestamp: a forged or repeated one misleads answers until the next one, no more.
  mutating func takePath(_ plaintext: [UInt8], of index: Int) -> Outcome {
    guard let told = PathReturn(parsing: plaintext),
      let path = KnownPath(field: told.pathField, hops: told.path)
    else { return Outcome() }
    access.update(index) { $0.outPath = path }
    return Outcome(accessChanged: true)
  }
}

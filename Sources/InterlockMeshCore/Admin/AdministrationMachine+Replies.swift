internal import InterlockWire

/// What the node says about a task, worked out by whoever knows.
public enum AdminAnswer: Sendable, Hashable {
  /// That the login went well.
  case welcome
  /// Data, which follows the tag; and in answers to unknown nodes, the time.
  case data([UInt8])
  /// The outcome of a command; none is sent when it is empty.
  case text(String)
}

extension AdministrationMachine {
  /// The version of the administration that logins are told.
  private static let level: UInt8 = 1

  /// The packet that answers a task.
  ///
  /// - Parameters:
  ///   - task: What was asked.
  ///   - answer: What is said.
  ///   - unixTime: Seconds since 1970.
  ///   - generator: Makes equal answers distinct packets.
  /// - Returns: Nil when the client is no longer known or there is nothing to say.
  public mutating func reply(
    to task: AdminTask, _ answer: AdminAnswer, unixTime: UInt32,
    using generator: inout some RandomNumberGenerator
  ) -> AdminReply? {
    guard let secret = access[task.client]?.secret ?? secretOfStranger(task) else { return nil }
    switch answer {
    case .welcome:
      guard case .login(let permissions) = task.work else { return nil }
      var writer = ByteWriter(capacity: 13)
      writer.uint32(unixTime)
      writer.append([0, 0, permissions.isAdmin ? 1 : 0, permissions.rawValue])
      writer.uint32(UInt32.random(in: 0 ... .max, using: &generator))
      writer.uint8(Self.level)
      return response(writer.bytes, to: task, secret)
    case .data(let data):
      var message = ResponseMessage(tag: task.tag, data: data)
      if case .question = task.work {
        var clock = ByteWriter(capacity: 4)
        clock.uint32(unixTime)
        message.data = clock.bytes + data
      }
      message.data = Array(message.data.prefix(task.room))
      return response(message.plaintext, to: task, secret)
    case .text(let text):
      guard !text.isEmpty else { return nil }
      let message = TextMessage(
        timestamp: textTimestamp(unixTime, unlike: task.tag), kind: .commandOutput, text: text)
      return AdminReply(
        type: .text, payload: sealed(message.plaintext, for: task.client, secret),
        travel: travel(task), delay: Self.textDelay)
    }
  }

  /// Only questions are answered to nodes that have not logged in.
  private func secretOfStranger(_ task: AdminTask) -> MessageSecret? {
    guard case .question = task.work else { return nil }
    return identity.sharedSecret(with: task.client)
  }

  private func response(
    _ plaintext: [UInt8], to task: AdminTask, _ secret: MessageSecret
  ) -> AdminReply? {
    guard case .pathReturn(let path) = task.way else {
      return AdminReply(
        type: .response, payload: sealed(plaintext, for: task.client, secret),
        travel: travel(task), delay: Self.responseDelay)
    }
    return PathReturn(
      pathField: path.field, path: path.hops, extraTypeByte: PayloadType.response.rawValue,
      extra: plaintext
    ).map {
      AdminReply(
        type: .path, payload: sealed($0.plaintext, for: task.client, secret),
        travel: travel(task), delay: Self.responseDelay)
    }
  }

  private func sealed(
    _ plaintext: [UInt8], for client: PublicKey, _ secret: MessageSecret
  ) -> [UInt8] {
    Envelope(sealing: plaintext, from: identity.publicKey, to: client, under: secret).payload
  }

  func travel(_ task: AdminTask) -> AdminReply.Travel {
    switch task.way {
    case .along(let path): .direct(path)
    case .flood, .pathReturn: .flood(hashSize: task.hashSize, task.scope)
    }
  }

  /// A time later than that of the last text, and not that of the request.
  private mutating func textTimestamp(_ unixTime: UInt32, unlike tag: UInt32) -> UInt32 {
    var time = max(unixTime, lastTextTimestamp == .max ? .max : lastTextTimestamp + 1)
    if time == tag, time < .max { time += 1 }
    lastTextTimestamp = time
    return time
  }
}

internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockWire

/// What an opened message says.
enum PlaintextReport {
  /// The facts in a plaintext; what does not fit its type is shown as it is.
  static func report(on plaintext: [UInt8], of type: PayloadType) -> Report {
    var report = Report()
    let isUnderstood =
      switch type {
      case .text, .groupText: addText(plaintext, to: &report)
      case .request: addRequest(plaintext, to: &report)
      case .response: addResponse(plaintext, to: &report)
      case .path: addPath(plaintext, to: &report)
      case .anonymousRequest: addAnonymousRequest(plaintext, to: &report)
      case .groupData: addChannelData(plaintext, to: &report)
      default: false
      }
    if !isUnderstood { report.add("plaintext", .string(Hex.encode(plaintext))) }
    return report
  }

  private static func addText(_ plaintext: [UInt8], to report: inout Report) -> Bool {
    guard let message = TextMessage(parsing: plaintext) else { return false }
    report.addTime("timestamp", message.timestamp)
    let kind =
      switch message.kind {
      case .plain: "plain"
      case .commandOutput: "command output"
      case .signed: "signed"
      case .command: "command"
      default: "kind \(message.kind.rawValue)"
      }
    report.add("kind", .string(kind))
    report.add("attempt", .integer(message.attempt))
    if !message.author.isEmpty { report.add("author", .string(Hex.encode(message.author))) }
    report.add("text", .string(message.text), message.text.withoutControls)
    return true
  }

  private static func addRequest(_ plaintext: [UInt8], to report: inout Report) -> Bool {
    guard let message = RequestMessage(parsing: plaintext) else { return false }
    report.addTime("timestamp", message.timestamp)
    let kind =
      switch message.kind {
      case .status: "status"
      case .keepAlive: "keep alive"
      case .telemetry: "telemetry"
      case .accessList: "access list"
      case .neighbours: "neighbours"
      case .ownerInfo: "owner info"
      default: "type \(message.kind.rawValue)"
      }
    report.add("request", .string(kind))
    report.add("parameters", .string(Hex.encode(message.parameters)))
    return true
  }

  private static func addResponse(_ plaintext: [UInt8], to report: inout Report) -> Bool {
    guard let message = ResponseMessage(parsing: plaintext) else { return false }
    report.add("tag", .integer(message.tag))
    report.add("data", .string(Hex.encode(message.data)))
    return true
  }

  private static func addPath(_ plaintext: [UInt8], to report: inout Report) -> Bool {
    guard let message = PathReturn(parsing: plaintext) else { return false }
    report.add("hash_size", .integer(message.pathField.hashSize))
    report.add("hops", .integer(message.pathField.hopCount))
    report.add("path", .string(Hex.encode(message.path)))
    if message.hasExtra {
      report.add("extra_type", .string("\(message.extraType)"))
      report.add("extra", .string(Hex.encode(message.extra)))
    }
    return true
  }

  private static func addAnonymousRequest(_ plaintext: [UInt8], to report: inout Report) -> Bool {
    guard let message = AnonymousRequest(parsing: plaintext) else { return false }
    report.addTime("timestamp", message.timestamp)
    switch message.content {
    case .login(let password):
      // Whoever has the key may read it, but a report is often shown to others.
      report.add("request", .string("login"))
      report.add("password_bytes", .integer(password.count))
    case .question(let question, let field, let path):
      let name =
        switch question {
        case .regions: "regions"
        case .owner: "owner"
        case .clock: "clock"
        default: "type \(question.rawValue)"
        }
      report.add("request", .string(name))
      report.add("reply_hops", .integer(field.hopCount))
      report.add("reply_path", .string(Hex.encode(path)))
    }
    return true
  }

  private static func addChannelData(_ plaintext: [UInt8], to report: inout Report) -> Bool {
    guard let message = ChannelData(parsing: plaintext) else { return false }
    report.add("data_type", .integer(message.type))
    report.add("data", .string(Hex.encode(message.data)))
    return true
  }
}

internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A response and the end of the connection both resume the caller that waits.
  static let resumeTwice: Scenario = {
    let callers = Parameter("callers", 1)
    return Scenario(
      "shape.resume-twice",
      asks: "Is a caller answered once when the connection ends while its response is handled?",
      parameters: [callers],
      source:
        "modelcontextprotocol/swift-sdk, pull request 113; connectrpc/connect-swift, issue 422",
      endsProcess: true, foundWithin: 160
    ) { lab, variant in
      let client = RequestClient(takesFirst: variant == .guarded)
      let answers = Watched(0)
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<callers.value {
          group.addTask(name: "caller-\(caller)") {
            _ = await client.request(caller)
            answers.change { $0 += 1 }
          }
          group.addTask(name: "response-\(caller)") { await client.received(caller) }
        }
        group.addTask(name: "disconnect") { await client.disconnect() }
      }
      lab.check(answers.value == callers.value, "\(answers.value) of \(callers.value) answers")
    }
  }()
}

/// Keeps who waits for a response, until it comes or the connection ends.
private actor RequestClient {
  private let takesFirst: Bool
  private let log = ResponseLog()
  private var pending: [Int: CheckedContinuation<Bool, Never>] = [:]
  private var isConnected = true

  init(takesFirst: Bool) { self.takesFirst = takesFirst }

  /// Whether it was responded to.
  func request(_ number: Int) async -> Bool {
    guard isConnected else { return false }
    return await withCheckedContinuation { pending[number] = $0 }
  }

  func received(_ number: Int) async {
    guard let caller = pending[number] else { return }
    if takesFirst { pending[number] = nil }
    // Whoever enters meanwhile still finds the caller, unless it was taken out.
    await log.note(number)
    caller.resume(returning: true)
    pending[number] = nil
  }

  func disconnect() {
    isConnected = false
    for caller in pending.values { caller.resume(returning: false) }
    pending = [:]
  }
}

private actor ResponseLog {
  private var responses: [Int] = []

  func note(_ number: Int) { responses.append(number) }
}

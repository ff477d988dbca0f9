internal import Interlock
internal import InterlockLab

extension Scenario {
  /// An owner cancels the task its group runs in, and closes what it works with.
  static let groupOutlivesOwner: Scenario = {
    let workers = Parameter("workers", 2)
    return Scenario(
      "shape.group-outlives-owner",
      asks: "Has a group of tasks ended when its owner closes what it works with?",
      parameters: [workers],
      source:
        "swift-server/swift-service-lifecycle, issue 135: a group waits for its tasks, nobody cancels them",
      foundWithin: 168
    ) { lab, variant in
      let connection = Connection()
      lab.invariant("nothing is written after the close") {
        connection.log.value.afterClose == 0
      }
      // Owner: this body, which cancels it; the guarded form waits for it too before it closes.
      let service = Task(name: "service") {
        await withTaskGroup(of: Void.self) { group in
          for worker in 0..<workers.value {
            group.addTask(name: "worker-\(worker)") {
              while !Task.isCancelled {
                await connection.write()
                await SystemClock().pause(for: .seconds(1))
              }
            }
          }
        }
      }
      // A worker may just have woken.
      await SystemClock().pause(for: .seconds(1))
      service.cancel()
      if variant == .guarded { await service.value }
      await connection.close()
      await service.value
    }
  }()
}

private actor Connection {
  struct Log: Sendable {
    var isClosed = false
    var afterClose = 0
  }

  nonisolated let log = Watched(Log())

  func write() async {
    await Task.yield()
    log.change { log in if log.isClosed { log.afterClose += 1 } }
  }

  func close() { log.change { $0.isClosed = true } }
}

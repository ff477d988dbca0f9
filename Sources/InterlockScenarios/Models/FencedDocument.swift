internal import Interlock

/// A document that one process at a time may write.
///
/// The lock-guarded documents take its place.
actor FencedDocument {
  struct Log: Sendable {
    /// Who believes to be the only writer now.
    var writers = 0
    var register = FenceRegister()
    var writes = 0
    /// Writes of an owner that came after one of its successor, and were accepted.
    var staleWrites = 0
  }

  nonisolated let log = Watched(Log())

  func enter() { log.change { $0.writers += 1 } }

  func leave() { log.change { $0.writers -= 1 } }

  /// Writes in the name of the owner with that number; a fenced document refuses those with a successor.
  func write(_ fence: Fence, isFenced: Bool) {
    log.change { log in
      let isAccepted = log.register.accept(fence)
      if !isAccepted {
        guard !isFenced else { return }
        log.staleWrites += 1
      }
      log.writes += 1
    }
  }
}

internal import CInterlock
internal import Glibc
internal import Interlock

/// One thread that waits for the kernel and tells streams when they may go on.
///
/// It runs no code of its users beyond flipping a flag and resuming a task, so it is always prompt,
/// whatever the cooperative pool is busy with. Interest is edge-triggered and set once for each
/// descriptor; there is no system call for each wait.
package final class EventLoop: Sendable {
  /// The loop of this process, which lives as long as the process does.
  ///
  /// A machine without a descriptor or a thread to spare at this point can do no IO at all.
  package static let shared: EventLoop = {
    do {
      return try EventLoop()
    } catch {
      fatalError("interlock: no event loop: \(error)")
    }
  }()

  private let core: Core

  /// Starts a loop on a thread of its own; the thread ends when the loop is released.
  ///
  /// - Throws: `SystemError` when the process is out of descriptors or threads.
  package init() throws(SystemError) {
    let core = try Core()
    self.core = core
    try SystemThread.start("interlock-events") { core.run() }
  }

  deinit {
    core.stop()
  }

  /// Starts reporting about an open descriptor.
  ///
  /// - Returns: the registration's number, for `remove`.
  /// - Throws: `SystemError` for a descriptor that cannot be waited for, such as a plain file.
  func add(_ raw: CInt, _ readiness: Readiness) throws(SystemError) -> UInt64 {
    try core.add(raw, readiness)
  }

  /// Stops reporting; called before the descriptor is closed.
  func remove(_ raw: CInt, _ token: UInt64) {
    core.remove(raw, token)
  }

  /// What the thread holds: it must not hold the loop itself, whose release ends it.
  private final class Core: Sendable {
    private struct Registrations {
      var readiness: [UInt64: Readiness] = [:]
      var lastToken: UInt64 = 0
      var isStopped = false
    }

    private static let wakeToken: UInt64 = 0
    private let epoll: FileDescriptor
    private let wake: FileDescriptor
    private let registrations = Guarded(Registrations())

    init() throws(SystemError) {
      epoll = try FileDescriptor(cinterlock_epoll_create(), orThrow: "create", "an event queue")
      wake = try FileDescriptor(cinterlock_wake_create(), orThrow: "create", "an event counter")
      guard cinterlock_epoll_add(epoll.raw, wake.raw, Self.wakeToken) == 0 else {
        throw SystemError("watch", "the event counter")
      }
    }

    func add(_ raw: CInt, _ readiness: Readiness) throws(SystemError) -> UInt64 {
      // Tokens are never used again, so an event that was already on its way when its descriptor
      // was removed finds nobody.
      let token = registrations.withLock { registrations in
        registrations.lastToken += 1
        registrations.readiness[registrations.lastToken] = readiness
        return registrations.lastToken
      }
      guard cinterlock_epoll_add(epoll.raw, raw, token) == 0 else {
        let error = SystemError("watch", "descriptor \(raw)")
        registrations.withLock { _ = $0.readiness.removeValue(forKey: token) }
        throw error
      }
      return token
    }

    func remove(_ raw: CInt, _ token: UInt64) {
      let known = registrations.withLock { $0.readiness.removeValue(forKey: token) }
      if known != nil { _ = cinterlock_epoll_remove(epoll.raw, raw) }
    }

    func stop() {
      registrations.withLock { $0.isStopped = true }
      cinterlock_wake_signal(wake.raw)
    }

    func run() {
      let capacity = 64
      var events = [cinterlock_event](
        repeating: cinterlock_event(token: 0, ready: 0), count: capacity)
      while true {
        let count = unsafe events.withUnsafeMutableBufferPointer {
          unsafe cinterlock_epoll_wait(epoll.raw, $0.baseAddress, CInt(capacity))
        }
        // The only other failure, a bad descriptor, cannot happen to one we own.
        guard count >= 0 else {
          precondition(errno == EINTR, "waiting on an owned event queue failed")
          continue
        }
        for event in events.prefix(Int(count)) where event.token != Self.wakeToken {
          let readiness = registrations.withLock { $0.readiness[event.token] }
          readiness?.report(
            readable: event.ready & CINTERLOCK_READABLE != 0,
            writable: event.ready & CINTERLOCK_WRITABLE != 0)
        }
        if registrations.withLock({ $0.isStopped }) { return }
      }
    }
  }
}

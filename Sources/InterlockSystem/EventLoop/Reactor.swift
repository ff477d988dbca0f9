internal import Glibc
package import Interlock

/// One thread that waits for the kernel and for times, and runs its users' synchronous code.
///
/// What has to happen in time (a lease renewed, an answer read, a grant passed on) runs here and not on the cooperative
/// pool, whose threads bodies may hold. So nothing that runs here may block: a slow job holds up every other.
///
/// The thread ends when the reactor is released; what was posted and has not run by then is dropped.
package final class Reactor: Sendable {
  let core: ReactorCore

  /// Starts the thread.
  ///
  /// - Throws: `SystemError` when the process is out of descriptors or threads.
  package init(_ name: String = "interlock-reactor") throws(SystemError) {
    let core = try ReactorCore()
    self.core = core
    try SystemThread.start(name) { core.run() }
  }

  deinit { core.stop() }

  /// What its alarms are set by.
  package var clock: any MonotonicClock { core.clock }

  /// Runs `job` on the thread, after everything posted before it.
  package func post(_ job: @escaping @Sendable () -> Void) { core.post(job) }

  /// Something that calls `ring` on the thread at a time that is set.
  package func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> ReactorAlarm {
    ReactorAlarm(core, ring)
  }

  /// Watches a socket that somebody else owns, by a descriptor of its own for it.
  ///
  /// - Throws: `SystemError` when there is no such socket, or the process is out of descriptors.
  package func socket(
    duplicating raw: CInt, name: String
  ) throws(SystemError) -> ReactorSocket {
    let descriptor = try FileDescriptor(
      fcntl(raw, F_DUPFD_CLOEXEC, 0), orThrow: "watch", "the connection to \(name)")
    return ReactorSocket(owning: descriptor, name: name, core: core)
  }

  /// Connects to a TCP server; addresses of a name are tried one after another.
  ///
  /// - Parameters:
  ///   - host: A name or an address.
  ///   - port: The port.
  ///   - deadline: When to give up, whatever is being tried then.
  ///   - done: Told once, on the thread.
  package func connect(
    host: String, port: UInt16, until deadline: Instant,
    _ done: @escaping @Sendable (Result<ReactorSocket, SystemError>) -> Void
  ) {
    let attempt = ReactorConnect(self, host: host, port: port, done)
    post { attempt.start(until: deadline) }
  }
}

/// Rings on its reactor's thread at a time.
package final class ReactorAlarm: Sendable {
  private let core: ReactorCore
  private let token: UInt64

  fileprivate init(_ core: ReactorCore, _ ring: @escaping @Sendable () -> Void) {
    self.core = core
    token = core.addAlarm(ring)
  }

  deinit { core.removeAlarm(token) }

  /// Rings once when `deadline` has come, and at no time set before; never for nil.
  ///
  /// From any thread. A ring that has begun while this is called is not taken back.
  package func set(_ deadline: Instant?) { core.setAlarm(token, deadline) }
}

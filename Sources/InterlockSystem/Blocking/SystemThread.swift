internal import Glibc

/// Starts threads outside the cooperative pool.
package enum SystemThread {
  /// Runs `body` on a new thread, which ends when `body` returns; nobody joins it.
  ///
  /// - Throws: `SystemError` when the machine has no room for another thread.
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void)
    throws(SystemError)
  {
    let job = unsafe Unmanaged.passRetained(Job(body))
    var thread = pthread_t()
    let failure = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, job.toOpaque())
    guard failure == 0 else {
      unsafe job.release()
      throw SystemError("start", "thread \(name)", number: failure)
    }
    pthread_detach(thread)
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

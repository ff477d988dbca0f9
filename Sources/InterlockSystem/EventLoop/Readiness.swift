internal import Interlock

/// Whether a descriptor may be read and written, and who waits for it.
///
/// The order that loses no edge: `expect` before the system call, then, only if the call says
/// "not now", `wait`. An edge that comes between the two is remembered.
final class Readiness: Sendable {
  enum Direction { case reading, writing }

  private let reading = Doorbell()
  private let writing = Doorbell()

  /// Forgets edges reported so far: the system call that follows sees what they announced.
  func expect(_ direction: Direction) {
    bell(direction).hush()
  }

  /// Waits for the next edge since `expect`, one task at a time for each direction.
  ///
  /// *Cancellation:* returns at once.
  func wait(for direction: Direction) async -> Doorbell.Wake {
    await bell(direction).wait()
  }

  /// Takes a report of the kernel.
  func report(readable: Bool, writable: Bool) {
    if readable { reading.ring() }
    if writable { writing.ring() }
  }

  /// Wakes everybody for the last time.
  func close() {
    reading.close()
    writing.close()
  }

  private func bell(_ direction: Direction) -> Doorbell {
    switch direction {
    case .reading: reading
    case .writing: writing
    }
  }
}

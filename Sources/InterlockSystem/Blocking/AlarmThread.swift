internal import CInterlock
package import Interlock
internal import Synchronization

/// One thread that calls out at set times, whatever the cooperative pool is busy with.
///
/// What it calls must be short: one that blocks holds up the others.
package final class AlarmThread: Sendable {
  /// The one of this process, which lives as long as the process does.
  ///
  /// A machine without a descriptor or a thread to spare at this point can wait for nothing.
  package static let shared: AlarmThread = {
    do {
      return try AlarmThread()
    } catch {
      fatalError("interlock: no alarm: \(error)")
    }
  }()

  /// Something to be called, at most once for each time that is set.
  package final class Alarm: Sendable {
    fileprivate let ring: @Sendable () -> Void
    private let owner: AlarmThread
    /// The number of the entry that counts; 0 for none.
    ///
    /// It is changed under the guard of the thread only.
    fileprivate let current = Atomic<UInt64>(0)

    fileprivate init(_ owner: AlarmThread, _ ring: @escaping @Sendable () -> Void) {
      self.owner = owner
      self.ring = ring
    }

    /// Calls when `deadline` has come, and at no time set before; never for nil.
    package func set(_ deadline: Instant?) {
      owner.set(self, deadline)
    }
  }

  private struct Entry: Comparable {
    let deadline: Instant
    let number: UInt64
    let alarm: Alarm

    var isCurrent: Bool { alarm.current.load(ordering: .relaxed) == number }

    static func < (left: Entry, right: Entry) -> Bool { left.deadline < right.deadline }
    static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
  }

  private struct State {
    var heap = MinimumHeap<Entry>()
    /// Entries that no longer count.
    ///
    /// They are never more than those that do, and a few.
    var stale = 0
    var number: UInt64 = 0
    var armed: Instant?
  }

  /// So few entries that do not count are not worth a search.
  private static let tolerated = 64

  private let timer: FileDescriptor
  private let clock = SystemClock()
  private let state = Guarded(State())

  /// Starts the thread, which never ends.
  private init() throws(SystemError) {
    timer = try FileDescriptor(cinterlock_timer_create(), orThrow: "create", "a timer")
    try SystemThread.start("interlock-alarm") { self.run() }
  }

  /// Something that will call `ring`, once a time is set.
  package func alarm(_ ring: @escaping @Sendable () -> Void) -> Alarm {
    Alarm(self, ring)
  }

  private func set(_ alarm: Alarm, _ deadline: Instant?) {
    state.withLock { state in
      if alarm.current.load(ordering: .relaxed) != 0 { state.stale += 1 }
      guard let deadline else { return alarm.current.store(0, ordering: .relaxed) }
      state.number += 1
      alarm.current.store(state.number, ordering: .relaxed)
      if state.stale > state.heap.count / 2 + Self.tolerated {
        state.heap = MinimumHeap(state.heap.elements.filter(\.isCurrent))
        state.stale = 0
      }
      state.heap.insert(Entry(deadline: deadline, number: state.number, alarm: alarm))
      arm(&state)
    }
  }

  private func arm(_ state: inout State) {
    guard let first = state.heap.minimum?.deadline, first != state.armed else { return }
    state.armed = first
    cinterlock_timer_set(timer.raw, max(first.nanoseconds, 1))
  }

  private func run() {
    while true {
      cinterlock_timer_wait(timer.raw)
      let now = clock.now
      let due: [Alarm] = state.withLock { state in
        var due: [Alarm] = []
        while let first = state.heap.minimum, first.deadline <= now {
          state.heap.removeMinimum()
          if first.isCurrent {
            first.alarm.current.store(0, ordering: .relaxed)
            due.append(first.alarm)
          } else {
            state.stale -= 1
          }
        }
        state.armed = nil
        arm(&state)
        return due
      }
      for alarm in due { alarm.ring() }
    }
  }
}

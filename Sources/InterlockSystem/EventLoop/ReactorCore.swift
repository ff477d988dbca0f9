internal import CInterlock
internal import Glibc
internal import Interlock

/// What the thread of a reactor holds: it must not hold the reactor itself, whose release ends it.
final class ReactorCore: Sendable {
  typealias Job = @Sendable () -> Void

  private struct State {
    var jobs: [Job] = []
    var handlers: [UInt64: @Sendable (ReactorSocket.Readiness) -> Void] = [:]
    var rings: [UInt64: Job] = [:]
    var timers = TimerTable()
    var lastToken = ReactorCore.timeToken
    /// While it is, it looks at everything before it sleeps, and need not be woken.
    var isAwake = true
    /// What the kernel's timer is set to.
    var programmed = Instant.distantFuture
    var isStopped = false
  }

  private static let wakeToken: UInt64 = 0
  private static let timeToken: UInt64 = 1
  /// So many events are taken at a time.
  private static let batch = 64

  let clock = SystemClock()
  private let epoll: FileDescriptor
  private let wake: FileDescriptor
  private let timer: FileDescriptor
  private let state = Guarded(State())

  init() throws(SystemError) {
    epoll = try FileDescriptor(cinterlock_epoll_create(), orThrow: "create", "an event queue")
    wake = try FileDescriptor(cinterlock_wake_create(), orThrow: "create", "an event counter")
    timer = try FileDescriptor(cinterlock_timer_create(), orThrow: "create", "a timer")
    guard cinterlock_epoll_add(epoll.raw, wake.raw, Self.wakeToken) == 0,
      cinterlock_epoll_add(epoll.raw, timer.raw, Self.timeToken) == 0
    else { throw SystemError("watch", "an event counter and a timer") }
  }

  func post(_ job: @escaping Job) {
    let sleeps = state.withLock { state in
      guard !state.isStopped else { return false }
      state.jobs.append(job)
      return !state.isAwake
    }
    if sleeps { cinterlock_wake_signal(wake.raw) }
  }

  func addAlarm(_ ring: @escaping Job) -> UInt64 {
    state.withLock { state in
      state.lastToken += 1
      state.rings[state.lastToken] = ring
      return state.lastToken
    }
  }

  func removeAlarm(_ token: UInt64) {
    // Whatever the ring holds ends after the lock is left.
    _ = state.withLock { state in
      state.timers.set(token, nil)
      return state.rings.removeValue(forKey: token)
    }
  }

  func setAlarm(_ token: UInt64, _ deadline: Instant?) {
    state.withLock { state in
      state.timers.set(token, deadline)
      // Later than what the kernel was told is no reason to tell it again: it looks when that comes.
      if !state.isAwake, let deadline, deadline < state.programmed { program(deadline, &state) }
    }
  }

  /// - Throws: `SystemError` for a descriptor that cannot be waited for.
  func add(
    _ raw: CInt, _ handler: @escaping @Sendable (ReactorSocket.Readiness) -> Void
  ) throws(SystemError) -> UInt64 {
    // Tokens are never used again: an event on its way to a descriptor that is gone finds nobody.
    let token = state.withLock { state in
      state.lastToken += 1
      state.handlers[state.lastToken] = handler
      return state.lastToken
    }
    guard cinterlock_epoll_add(epoll.raw, raw, token) == 0 else {
      let error = SystemError("watch", "descriptor \(raw)")
      _ = state.withLock { $0.handlers.removeValue(forKey: token) }
      throw error
    }
    return token
  }

  /// Reports from now on only what is wanted, and at once what is so already.
  func change(_ raw: CInt, _ token: UInt64, readable: Bool, writable: Bool) {
    let wanted = (readable ? CINTERLOCK_READABLE : 0) | (writable ? CINTERLOCK_WRITABLE : 0)
    // It fails for a descriptor that is not watched, and the caller holds one that is.
    _ = cinterlock_epoll_change(epoll.raw, raw, token, wanted)
  }

  func remove(_ raw: CInt, _ token: UInt64) {
    let handler = state.withLock { $0.handlers.removeValue(forKey: token) }
    if handler != nil { _ = cinterlock_epoll_remove(epoll.raw, raw) }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    cinterlock_wake_signal(wake.raw)
  }

  func run() {
    var events = [cinterlock_event](
      repeating: cinterlock_event(token: 0, ready: 0), count: Self.batch)
    while true {
      runJobs()
      fallAsleep()
      let count = unsafe events.withUnsafeMutableBufferPointer {
        unsafe cinterlock_epoll_wait(epoll.raw, $0.baseAddress, CInt(Self.batch))
      }
      // The only other failure, a bad descriptor, cannot happen to one we own.
      precondition(count >= 0 || errno == EINTR, "waiting on an owned event queue failed")
      if state.withLock({ state in
        state.isAwake = true
        return state.isStopped
      }) {
        return end()
      }
      for event in events.prefix(max(0, Int(count))) where event.token > Self.timeToken {
        let handler = state.withLock { $0.handlers[event.token] }
        handler?(ReactorSocket.Readiness(event.ready))
      }
      ringDue()
    }
  }

  /// Lets go of what was left to be done, which may hold whoever holds the reactor.
  private func end() {
    let rest = state.withLock { state in
      defer { (state.jobs, state.handlers, state.rings) = ([], [:], [:]) }
      return (state.jobs, state.handlers, state.rings)
    }
    _ = rest
  }

  /// Runs what was posted; what these post waits until the kernel has been asked.
  private func runJobs() {
    let jobs = state.withLock { state in
      defer { state.jobs = [] }
      return state.jobs
    }
    for job in jobs { job() }
  }

  /// Tells the kernel when to wake it: at once when something was posted meanwhile.
  private func fallAsleep() {
    state.withLock { state in
      guard state.jobs.isEmpty else { return cinterlock_wake_signal(wake.raw) }
      // One that was set for later is left as it is: what it rings for then is looked at then.
      let earliest = state.timers.earliest ?? .distantFuture
      if earliest < state.programmed { program(earliest, &state) }
      state.isAwake = false
    }
  }

  private func program(_ deadline: Instant, _ state: inout State) {
    state.programmed = deadline
    // Zero would switch it off; what is past rings at once.
    cinterlock_timer_set(
      timer.raw, deadline == .distantFuture ? 0 : max(1, deadline.nanoseconds))
  }

  private func ringDue() {
    let now = clock.now
    while true {
      let ring: Job?? = state.withLock { state in
        // It has fired, and will not by itself again.
        if state.programmed <= now { state.programmed = .distantFuture }
        guard let token = state.timers.next(dueAt: now) else { return nil }
        return .some(state.rings[token])
      }
      guard let ring else { return }
      ring?()
    }
  }
}

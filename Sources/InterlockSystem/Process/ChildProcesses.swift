internal import CInterlock
internal import Glibc
internal import Interlock

/// Programs that run side by side, and the lines they print.
///
/// It blocks its thread: use it on a pool. What still runs when it is given up is told to stop, and waited for.
package struct ChildProcesses: ~Copyable {
  /// What a program did; it goes by the number it was started with.
  package enum Event: Sendable, Hashable {
    /// It wrote a line to its standard output.
    case printed(Int, String)
    /// It wrote a line to its standard error.
    case complained(Int, String)
    /// It ended; 128 + n when signal n ended it.
    case ended(Int, status: Int32)
  }

  /// What one of them is made to do, whatever it is about.
  package enum Order: Sendable, Hashable {
    /// To end, with no chance to clean up.
    case kill
    /// To stand still.
    case stop
    /// To go on.
    case resume

    fileprivate var signal: CInt {
      switch self {
      case .kill: SIGKILL
      case .stop: SIGSTOP
      case .resume: SIGCONT
      }
    }
  }

  private struct Child {
    let number: Int
    let process: pid_t
    var streams: [Stream]
  }

  private struct Stream {
    let descriptor: CInt
    let isErrors: Bool
    var partial: [UInt8] = []

    func event(_ number: Int, _ line: some Sequence<UInt8>) -> Event {
      let text = String(decoding: Array(line), as: UTF8.self)
      return isErrors ? .complained(number, text) : .printed(number, text)
    }
  }

  /// Bytes of a line; what is longer is told in pieces.
  private static let longestLine = 1 << 20

  private let clock = SystemClock()
  private var children: [Child] = []
  /// What is known and has not been told, in order.
  private var events: [Event] = []

  /// None runs yet.
  package init() {}

  deinit {
    // One that stands still takes no notice before it goes on.
    for child in children { for signal in [SIGTERM, SIGCONT] { _ = kill(child.process, signal) } }
    for child in children {
      for stream in child.streams { close(stream.descriptor) }
      _ = Self.wait(for: child.process)
    }
  }

  /// How many run.
  package var count: Int { children.count }

  /// Starts a program with this one's environment and standard input.
  ///
  /// - Parameters:
  ///   - number: What it goes by in events.
  ///   - program: Its path.
  ///   - arguments: What follows its name.
  /// - Throws: `SystemError` when it cannot be started.
  package mutating func start(
    _ number: Int, _ program: String, arguments: [String]
  ) throws(SystemError) {
    let output = try Self.pipe()
    let errors: (read: CInt, write: CInt)
    do throws(SystemError) { errors = try Self.pipe() } catch {
      for end in [output.read, output.write] { close(end) }
      throw error
    }
    defer { for end in [output.write, errors.write] { close(end) } }
    let process: pid_t
    do throws(SystemError) {
      process = try Self.spawn(program, arguments, output: output.write, errors: errors.write)
    } catch {
      for end in [output.read, errors.read] { close(end) }
      throw error
    }
    children.append(
      Child(
        number: number, process: process,
        streams: [
          Stream(descriptor: output.read, isErrors: false),
          Stream(descriptor: errors.read, isErrors: true),
        ]))
  }

  /// Waits for the next thing that one of them does.
  ///
  /// - Throws: `SystemError` when it cannot be read.
  /// - Returns: what it did; nil when none runs any more.
  package mutating func next() throws(SystemError) -> Event? {
    while events.isEmpty {
      guard !children.isEmpty else { return nil }
      try takeWhatCame(within: -1)
    }
    return events.removeFirst()
  }

  /// Waits for the next thing that one of them does, but not for ever.
  ///
  /// - Parameter limit: How long at most.
  /// - Throws: `SystemError` when it cannot be read.
  /// - Returns: what it did; nil when nothing came in that time, or none runs any more.
  package mutating func next(within limit: Duration) throws(SystemError) -> Event? {
    let deadline = clock.now.advanced(by: limit)
    while events.isEmpty {
      let left = clock.now.nanoseconds(to: deadline)
      guard !children.isEmpty, left > 0 else { return nil }
      try takeWhatCame(within: CInt(clamping: left / 1_000_000 + 1))
    }
    return events.removeFirst()
  }

  /// Makes one of them do something, if it still runs.
  package func order(_ number: Int, to order: Order) {
    // It has not been waited for, so its number is nobody else's.
    for child in children where child.number == number { _ = kill(child.process, order.signal) }
  }

  private mutating func takeWhatCame(within milliseconds: CInt) throws(SystemError) {
    var entries = children.flatMap { child in
      child.streams.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    }
    while unsafe poll(&entries, nfds_t(entries.count), milliseconds) < 0 {
      guard errno == EINTR else { throw SystemError("wait for", "programs") }
    }
    let ready = Set(entries.filter { $0.revents != 0 }.map(\.fd))
    for index in children.indices {
      for place in children[index].streams.indices.reversed()
      where ready.contains(children[index].streams[place].descriptor) {
        try read(child: index, stream: place)
      }
    }
    for index in children.indices.reversed() where children[index].streams.isEmpty {
      let child = children.remove(at: index)
      events.append(.ended(child.number, status: Self.wait(for: child.process)))
    }
  }

  /// Takes what a stream has; one that has ended is closed.
  private mutating func read(child index: Int, stream place: Int) throws(SystemError) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let (number, descriptor) = (
      children[index].number, children[index].streams[place].descriptor
    )
    let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
    guard count >= 0 || errno == EINTR else {
      throw SystemError("read", "what a program prints")
    }
    var stream = children[index].streams[place]
    stream.partial += buffer[..<max(0, count)]
    while let end = stream.partial.firstIndex(of: UInt8(ascii: "\n")) {
      events.append(stream.event(number, stream.partial[..<end]))
      stream.partial.removeSubrange(...end)
    }
    if !stream.partial.isEmpty, count == 0 || stream.partial.count >= Self.longestLine {
      events.append(stream.event(number, stream.partial))
      stream.partial = []
    }
    children[index].streams[place] = stream
    guard count == 0 else { return }
    close(descriptor)
    children[index].streams.remove(at: place)
  }

  /// - Returns: how it ended; 128 + n for signal n.
  private static func wait(for process: pid_t) -> Int32 {
    var status: CInt = 0
    // It is a child that nobody else waits for, so nothing but a signal can come between.
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    return ProgramEnd(waitStatus: status).status
  }

  private static func pipe() throws(SystemError) -> (read: CInt, write: CInt) {
    var ends: [CInt] = [-1, -1]
    guard unsafe cinterlock_pipe(&ends) == 0 else { throw SystemError("open", "a pipe") }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ program: String, _ arguments: [String], output: CInt, errors: CInt
  ) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    // A thread of a pool may hold signals back; the program is to be ended by them.
    var attributes = posix_spawnattr_t()
    var none = sigset_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, program, &actions, &attributes, &words, environ)
    guard failure == 0 else { throw SystemError("start", program, number: failure) }
    return child
  }
}

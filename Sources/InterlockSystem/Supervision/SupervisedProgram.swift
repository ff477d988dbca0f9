internal import CInterlock
internal import Glibc
internal import Interlock

/// A program that runs in a process group of its own.
///
/// It and its group are killed when this process dies, whatever of: the program by the kernel, and the rest of the group
/// by a guardian, a small process in it that waits for that. What this process had locked in files is free only then. The
/// guardian also kills the group when its deadline comes: this process may be stopped then, and could not.
///
/// The thread that starts it must live until it has ended.
struct SupervisedProgram: ~Copyable {
  /// Its number, and its group's.
  let process: pid_t
  private let guardian: pid_t?
  /// When the guardian kills the group; shared with it.
  private let deadline: SharedNumber
  /// The end of a pipe whose other end the program has; closed, it tells the program that the lease is lost.
  private var lease: FileDescriptor? = nil
  private var isReaped = false

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: Which.
  ///   - terminal: The terminal whose foreground it shall have; -1 for none.
  ///   - deadline: When its group is killed, whatever this process does; nil for never.
  /// - Throws: `SystemError` when it cannot be started, with the reason of `exec`.
  init(
    _ command: SupervisedCommand, terminal: CInt, deadline: Instant?
  ) throws(SystemError) {
    let shared = try SharedNumber()
    shared.set(Self.nanoseconds(deadline))
    var environment = command.environment
    let number = cinterlock_program_lease_number()
    guard let variable = command.leaseVariable else {
      (process, guardian) = try Self.start(
        command.words, environment, lease: -1, end: -1, number, terminal, shared)
      self.deadline = shared
      return
    }
    let pipe = try SystemPipe()
    environment[variable] = "\(number)"
    (process, guardian) = try Self.start(
      command.words, environment, lease: pipe.output.raw, end: pipe.input.raw, number, terminal,
      shared)
    self.deadline = shared
    lease = consume pipe.input
  }

  deinit {
    if !isReaped {
      _ = kill(-process, SIGKILL)
      Self.wait(for: guardian)
      Self.wait(for: process)
    }
  }

  /// Sends a signal to its group.
  borrowing func signal(_ number: CInt) {
    // Those that outlive it in the group become ours, so that their ends are known, whoever else forgets to look.
    if [SIGTERM, SIGKILL].contains(number) { _ = cinterlock_adopt_orphans(1) }
    _ = kill(-process, number)
  }

  /// Puts off when the guardian kills the group; one that was not to do so stays so.
  borrowing func putOff(to deadline: Instant?) { self.deadline.set(Self.nanoseconds(deadline)) }

  /// As the guardian reads it; 0 is never.
  private static func nanoseconds(_ deadline: Instant?) -> Int64 {
    deadline.map { max(1, $0.nanoseconds) } ?? 0
  }

  /// Tells it that its lease is lost.
  mutating func tellLoss() { lease = nil }

  /// Takes note of its end.
  mutating func reap() {
    guard !isReaped else { return }
    isReaped = true
    lease = nil
    if let guardian { _ = kill(guardian, SIGKILL) }
    Self.wait(for: guardian)
    Self.wait(for: process)
  }

  /// Whether nobody is left in its group; asked once its end has been taken note of.
  func isGroupGone() -> Bool {
    while waitpid(-process, nil, WNOHANG) > 0 {}
    return kill(-process, 0) != 0 && errno == ESRCH
  }

  /// Waits, for ever if need be, and says what happens to a program until it has ended.
  static func watch(_ process: pid_t, _ tell: (SupervisionMachine.Event) -> Void) {
    var (stop, status): (CInt, CInt) = (0, 0)
    while unsafe cinterlock_program_wait(process, &stop) == 0, stop != 0 {
      tell(.stopped(by: stop))
    }
    // What is no child of ours cannot be waited for: nothing more is known than that.
    let isKnown = unsafe cinterlock_program_end(process, &status) == 0
    tell(.ended(isKnown ? ProgramEnd(waitStatus: status) : .killed(SIGKILL)))
  }

  private static func wait(for process: pid_t?) {
    guard let process else { return }
    while waitpid(process, nil, 0) < 0, errno == EINTR {}
  }

  /// - Returns: the program, and its guardian; nil for that when there is room for no more, and the kernel alone kills
  ///   the program.
  private static func start(
    _ words: [String], _ environment: [String: String], lease: CInt, end: CInt, _ number: CInt,
    _ terminal: CInt, _ deadline: SharedNumber
  ) throws(SystemError) -> (pid_t, pid_t?) {
    var guardian: CInt = -1
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var variables = unsafe Self.variables(beside: environment)
    defer { unsafe variables.forEach { unsafe free($0) } }
    let process = unsafe arguments.withUnsafeMutableBufferPointer { arguments in
      unsafe variables.withUnsafeMutableBufferPointer { variables in
        var program = unsafe cinterlock_program(
          words: arguments.baseAddress, environment: variables.baseAddress, lease: lease,
          lease_number: number, lease_end: end, deadline: deadline.address, terminal: terminal)
        return unsafe cinterlock_program_start(&program, &guardian)
      }
    }
    guard process > 0 else { throw SystemError("start", words[0]) }
    return (process, guardian > 0 ? guardian : nil)
  }

  /// This process's environment with others beside it, ended by nil.
  private static func variables(
    beside environment: [String: String]
  ) -> [UnsafeMutablePointer<CChar>?] {
    var all = unsafe [UnsafeMutablePointer<CChar>?]()
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let name = unsafe String(cString: text).prefix { $0 != "=" }
      if environment[String(name)] == nil { unsafe all.append(strdup(text)) }
      unsafe entry += 1
    }
    for (name, value) in environment { unsafe all.append(strdup("\(name)=\(value)")) }
    return unsafe all + [nil]
  }
}

/// A number that a forked process sees change.
@safe
private final class SharedNumber {
  // The memory is this value's alone until it ends, and written in one piece.
  let address: UnsafeMutablePointer<Int64>

  init() throws(SystemError) {
    guard let address = unsafe cinterlock_shared_number() else {
      throw SystemError("share", "a number")
    }
    unsafe self.address = unsafe address
  }

  deinit { unsafe cinterlock_shared_number_free(address) }

  func set(_ value: Int64) { unsafe cinterlock_shared_number_set(address, value) }
}

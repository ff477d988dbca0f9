internal import CInterlock
internal import Glibc

/// A program that runs in a process group of its own.
///
/// It and its group are killed when this process dies, whatever of: the program by the kernel, and the rest of the group
/// by a small process in it that waits for that. What this process had locked in files is free only then.
///
/// The thread that starts it must live until it has ended.
struct SupervisedProgram: ~Copyable {
  /// Its number, and its group's.
  let process: pid_t
  private let guardian: pid_t?
  /// The end of a pipe whose other end the program has; closed, it tells the program that the lease is lost.
  private var lease: FileDescriptor? = nil
  private var isReaped = false

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: Which.
  ///   - terminal: The terminal whose foreground it shall have; -1 for none.
  /// - Throws: `SystemError` when it cannot be started, with the reason of `exec`.
  init(_ command: SupervisedCommand, terminal: CInt) throws(SystemError) {
    var environment = command.environment
    let number = cinterlock_program_lease_number()
    guard let variable = command.leaseVariable else {
      process = try Self.start(command.words, environment, lease: -1, number, terminal: terminal)
      guardian = Self.startGuardian(process, without: -1)
      return
    }
    let pipe = try SystemPipe()
    environment[variable] = "\(number)"
    process = try Self.start(
      command.words, environment, lease: pipe.output.raw, number, terminal: terminal)
    guardian = Self.startGuardian(process, without: pipe.input.raw)
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

  /// - Returns: the process that kills the group if this one dies; nil when there is room for no more, and the kernel
  ///   alone kills the program.
  private static func startGuardian(_ group: pid_t, without descriptor: CInt) -> pid_t? {
    let guardian = cinterlock_guard_start(group, descriptor)
    return guardian > 0 ? guardian : nil
  }

  private static func start(
    _ words: [String], _ environment: [String: String], lease: CInt, _ number: CInt, terminal: CInt
  ) throws(SystemError) -> pid_t {
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var variables = unsafe Self.variables(beside: environment)
    defer { unsafe variables.forEach { unsafe free($0) } }
    let process = unsafe arguments.withUnsafeMutableBufferPointer { arguments in
      unsafe variables.withUnsafeMutableBufferPointer { variables in
        var program = unsafe cinterlock_program(
          words: arguments.baseAddress, environment: variables.baseAddress, lease: lease,
          lease_number: number, terminal: terminal)
        return unsafe cinterlock_program_start(&program)
      }
    }
    guard process > 0 else { throw SystemError("start", words[0]) }
    return process
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

internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

/// `interlock doctor`: what this machine has, and what to do about what is missing.
enum Doctor: Command {
  private static let config = Option.text(
    "--config", "FILE", "a node's configuration, to look at it and at what it names")

  static let declaration = CommandDeclaration(
    path: ["doctor"],
    summary: "looks at serial ports, permissions, clocks, libraries, locks and a configuration",
    details: """
      Of locks it looks at the place that INTERLOCK_BACKEND names, or at this user's own. It ends with 1 when something \
      would keep a node from running, or locks from holding.
      """,
    options: [config.optional, ArgumentParser.json.optional],
    statuses: [.failed],
    example: "doctor --config examples/node.json5")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    var examination = Examination()
    await examination.look(atConfiguration: try arguments[config])
    let asJSON = arguments.has(ArgumentParser.json)
    for finding in examination.findings {
      try console.print(asJSON ? finding.json.serialized() : finding.text)
    }
    if examination.findings.contains(where: { $0.state == .problem }) { throw SilentEnd(.failed) }
  }
}

/// One thing the doctor looked at.
struct Finding: Sendable, Hashable {
  enum State: String, Sendable, Hashable {
    case good = "ok"
    case note
    case problem
  }

  let state: State
  let subject: String
  let what: String
  /// What to do; nil when nothing needs doing.
  var remedy: String?

  var text: String {
    let padding = String(repeating: " ", count: max(1, 9 - state.rawValue.count))
    let advice = remedy.map { "\n         → \($0)" } ?? ""
    return "\(state.rawValue)\(padding)\(subject): \(what)\(advice)"
  }

  var json: JSONValue {
    [
      "state": .string(state.rawValue), "subject": .string(subject), "finding": .string(what),
      "remedy": remedy.map { .string($0) } ?? .null,
    ]
  }
}

/// Looks at the machine, thing by thing.
struct Examination: Sendable {
  private(set) var findings: [Finding] = []
  /// Where devices are; tests give their own.
  var devices = "/dev"

  /// Looks at everything; at the configuration of that file, or at the defaults.
  mutating func look(atConfiguration path: String?) async {
    lookAtLibraries()
    lookAtClocks()
    lookAtSerialPorts()
    await lookAtLocks()
    do throws(CommandFailure) {
      let configuration = try ConfigurationSource(path: path).read()
      add(.good, "configuration", path.map { "\($0) is possible" } ?? "the defaults")
      look(at: configuration)
      await lookAtState(of: configuration)
    } catch {
      add(.problem, "configuration", error.what, error.remedy)
    }
  }

  mutating func add(
    _ state: Finding.State, _ subject: String, _ what: String, _ remedy: String? = nil
  ) {
    findings.append(Finding(state: state, subject: subject, what: what, remedy: remedy))
  }

  private mutating func lookAtLibraries() {
    add(.good, "interlock", Version.current)
    add(.good, "libsodium", CryptoLibraries.sodium)
    add(.good, "libcrypto", CryptoLibraries.openSSL)
  }

  private mutating func lookAtClocks() {
    let clock = SystemClock()
    let uptime = Instant.origin.duration(to: clock.now)
    add(.good, "monotonic clock", "the machine has been up for \(uptime.forReading)")
    switch ClockHealth.isSynchronised {
    case true?: add(.good, "wall clock", "\(Timestamp.now), kept in step")
    case false?:
      add(
        .note, "wall clock", "\(Timestamp.now), not kept in step with the world",
        "start a time service such as systemd-timesyncd or chrony: adverts are stamped with it, and "
          + "after a reboot it tells how old the spent airtime is")
    case nil: add(.note, "wall clock", "\(Timestamp.now); the kernel does not say if it is in step")
    }
  }

  private mutating func lookAtSerialPorts() {
    // No folder means no such device, which is a finding, not a failure.
    let named = (try? Folder.names(in: "\(devices)/serial/by-id")) ?? []
    let plain = ((try? Folder.names(in: devices)) ?? []).filter { name in
      ["ttyUSB", "ttyACM", "ttyAMA"].contains { name.hasPrefix($0) }
    }
    for name in named { lookAtSerialPort("\(devices)/serial/by-id/\(name)") }
    if named.isEmpty { for name in plain { lookAtSerialPort("\(devices)/\(name)") } }
    if named.isEmpty, plain.isEmpty {
      add(
        .note, "serial ports", "none",
        "plug in a KISS modem; in a container or virtual machine pass the device through")
    }
  }

  private mutating func lookAtSerialPort(_ path: String) {
    if FileAccess.isReadableAndWritable(path) {
      add(.good, "serial port", path)
    } else {
      add(
        .problem, "serial port", "\(path) cannot be opened by this user",
        "add the user to the group dialout (sudo usermod -aG dialout NAME) and log in again")
    }
  }

  private mutating func lookAtRadio(of configuration: NodeConfiguration) {
    do throws(LoRaSettingsError) {
      let lora = try configuration.modemSettings().lora
      let warnings = try configuration.regulatoryWarnings()
      if warnings.isEmpty { add(.good, "radio", "\(lora.text)") }
      for warning in warnings { add(.note, "radio", warning, NodeConfiguration.regulatoryRemedy) }
    } catch {
      add(.problem, "radio", "\(error)", "correct radio")
    }
  }

  private mutating func look(at configuration: NodeConfiguration) {
    lookAtRadio(of: configuration)
    let isSerial = [.kissSerial, .tncSerial].contains(configuration.modem.type)
    if let device = configuration.modem.device, isSerial {
      if !FileAccess.exists(device) {
        add(
          .problem, "modem", "\(device) is not there",
          "plug it in, or name one of the serial ports above in modem.device")
      } else {
        lookAtSerialPort(device)
      }
    }
    let paths = StatePaths(configuration)
    do throws(SystemError) {
      try Folder.make(paths.directory)
      let probe = "\(paths.directory)/.doctor"
      try AtomicFile.replace(probe, with: [])
      FileAccess.remove(probe)
      add(.good, "state", paths.directory)
    } catch {
      add(
        .problem, "state", "\(error)",
        "give storage.directory a place this user can write")
    }
    // The state directory is there now; these may be in it or elsewhere.
    if let file = configuration.log.file {
      look(at: file, as: "log", "log.file") { (path) throws(SystemError) in
        try LogSink.check(file: path)
      }
    }
    if configuration.control.enabled {
      look(at: paths.controlSocket, as: "control socket", "control.socket") {
        (path) throws(SystemError) in try SocketListener.check(path: path)
      }
    }
    if configuration.storage.ledgerFile != nil {
      look(at: paths.ledger, as: "airtime ledger", "storage.ledgerFile") {
        (path) throws(SystemError) in try FileAccess.checkFolder(of: path)
      }
    }
  }

  /// Reads what is kept there, as the node will.
  private mutating func lookAtState(of configuration: NodeConfiguration) async {
    let paths = StatePaths(configuration)
    let problems = await configuration.stateProblems(in: paths)
    if configuration.identity.key == nil, !problems.contains(where: { $0.subject == .identity }) {
      lookAtIdentity(paths.identity)
    }
    for problem in problems {
      add(.problem, problem.subject.rawValue, problem.error.what, problem.error.remedy)
    }
  }

  private mutating func lookAtIdentity(_ path: String) {
    do throws(SystemError) {
      switch try AtomicFile.mode(of: path) {
      case nil:
        try FileAccess.checkFolder(of: path)
        add(.note, "identity", "none yet", "the node makes one at its first start")
      case let mode? where mode & 0o077 != 0:
        add(.problem, "identity", "others can read \(path)", "run chmod 600 on it")
      case .some: add(.good, "identity", path)
      }
    } catch {
      add(.problem, "identity", error.what, "give identity.file a place this user can write")
    }
  }

  /// Looks at a place the configuration names, the way the node will.
  private mutating func look(
    at path: String, as subject: String, _ option: String,
    _ check: (String) throws(SystemError) -> Void
  ) {
    do throws(SystemError) {
      try check(path)
      add(.good, subject, path)
    } catch {
      add(.problem, subject, error.what, "give \(option) another place this user can write")
    }
  }
}

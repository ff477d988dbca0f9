internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

extension RadioSend {
  /// Sends through the modem that was named, as the node of the configuration would.
  ///
  /// - Throws: `CommandFailure`.
  /// - Returns: what was sent, and what it cost.
  static func transmit(
    _ arguments: Arguments, as configuration: NodeConfiguration
  ) async throws -> Report {
    do {
      return try await transmitNow(arguments, as: configuration)
    } catch let error as NodeError {
      throw CommandFailure(ExitStatus(error.kind), error.what, error.remedy)
    } catch let error as TransmitError {
      throw CommandFailure(
        error.isTooLate ? .notInTime : .failed, error.what,
        error.remedy ?? "is the modem connected, and is there allowance left?")
    } catch let error as ModemError {
      throw CommandFailure(
        .unreachable, "the modem cannot be used: \(error.detail)",
        error.remedy ?? "see interlock doctor")
    }
  }

  private static func transmitNow(
    _ arguments: Arguments, as configuration: NodeConfiguration
  ) async throws -> Report {
    let clock = SystemClock()
    let random = SecureRandom()
    let (modem, settings) = try ModemOptions.modem(arguments, clock: clock, seed: random.next())
    var configuration = configuration
    // A real transmission counts in the real account, also under the defaults, which simulate.
    configuration.modem.type = .kissSerial
    let paths = StatePaths(configuration)
    // Held to the end: the account has one writer, and a node that runs has the modem anyway.
    let lock = try stateLock(paths)
    defer { withExtendedLifetime(lock) {} }
    configuration = try await RemoteSettings(path: paths.remoteSettings).applied(to: configuration)
    configuration.radio.take(settings.lora)
    configuration.radio.powerDBm = settings.transmitPowerDBm
    let policy = try allowance(of: configuration)
    let packet: Packet
    if let given = try Self.packet(arguments, configuration) {
      packet = given
    } else {
      packet = try await announcement(arguments, configuration, paths)
    }
    let store = LedgerStore(path: paths.ledger, clock: clock, report: { _ in })
    let pipeline = TransmitPipeline(
      modem: modem, settings: settings, ledger: try await store.load(policy: policy),
      policy: configuration.transmit, clock: clock, seed: random.next(),
      record: { ledger in await store.save { ledger } })
    pipeline.setMode(configuration.node.mode)
    let sender = OneTransmission(modem: modem, pipeline: pipeline, clock: clock)
    do {
      let report = try await sender.send(packet, within: try arguments[timeout])
      await store.save { pipeline.ledger }
      return Self.report(
        of: packet, airtimeMicroseconds: report.airtime.wholeNanoseconds / 1000)
    } catch {
      await store.save { pipeline.ledger }
      throw error
    }
  }

  private static func stateLock(_ paths: StatePaths) throws(CommandFailure) -> StateLock {
    do throws(NodeError) {
      return try StateLock(paths)
    } catch {
      throw CommandFailure(
        ExitStatus(error.kind), error.what, "while a node runs, leave the modem out: it sends it")
    }
  }

  private static func allowance(
    of configuration: NodeConfiguration
  ) throws(CommandFailure) -> DutyCyclePolicy {
    do throws(SettingProblem) {
      return try configuration.dutyCyclePolicy()
    } catch {
      throw CommandFailure(
        .usage, "dutyCycle \(error.message)", "or choose other radio settings")
    }
  }

  private static func announcement(
    _ arguments: Arguments, _ configuration: NodeConfiguration, _ paths: StatePaths
  ) async throws -> Packet {
    var profile = configuration.advertProfile
    if let name = try arguments[name] { profile.name = name }
    let advert = Advert(
      signedBy: try await configuration.loadIdentity(from: paths).identity,
      timestamp: UInt32(truncatingIfNeeded: WallClock.seconds), data: profile.data)
    let packet =
      arguments.has(flood)
      ? try ownFlood(.advert, payload: advert.payload, configuration)
      : Packet(route: .direct, type: .advert, payload: advert.payload)
    guard let packet else {
      throw CommandFailure(.badInput, "the advert would be too long", "give a shorter name")
    }
    return packet
  }
}

/// A modem and its pipeline, for as long as one packet takes.
struct OneTransmission: Sendable {
  let modem: any Modem
  let pipeline: TransmitPipeline
  let clock: any MonotonicClock

  /// Waits for the modem, sends, and gives everything back.
  ///
  /// What is on the air when the time is over runs to its end, and counts as sent.
  ///
  /// - Throws: `CommandFailure` with status 75; `TransmitError`; `ModemError`.
  /// - Returns: what it cost.
  func send(_ packet: Packet, within limit: Duration) async throws -> TransmitReport {
    let connection = FirstConnection()
    let deadline = clock.now.advanced(by: limit)
    return try await withThrowingTaskGroup(of: TransmitReport?.self) { group in
      group.addTask {
        try await modem.run { connection.note($0) }
        return nil
      }
      group.addTask {
        try await pipeline.run()
        return nil
      }
      group.addTask {
        let isConnected: Void? = try await withDeadline(deadline, clock: clock) {
          try await connection.established()
        }
        guard isConnected != nil else {
          throw CommandFailure(
            .notInTime, "the modem was not there within \(limit.notation)",
            "is it connected? interlock doctor looks")
        }
        // From here on the pipeline keeps the deadline.
        var request = TransmitRequest(ownPacket: packet, at: clock.now)
        request.deadline = deadline
        return try await pipeline.transmit(request)
      }
      defer { group.cancelAll() }
      while let report = try await group.next() {
        if let report {
          await pipeline.stop()
          return report
        }
      }
      throw CancellationError()
    }
  }
}

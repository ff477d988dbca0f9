public import InterlockRadio

/// What only the program around a repeater knows.
public struct AdminReadings: Sendable, Hashable {
  /// What `ver` answers.
  public var version = ""
  /// Who runs the node; may have several lines.
  public var ownerInfo = ""
  /// Supply voltage in millivolts; nil if there is no telling.
  public var batteryMillivolts: UInt16?
  /// The noise floor; nil if there is no telling.
  public var noiseFloorDBm: Int?
  /// Transmit power.
  public var transmitPowerDBm = 0
  /// The part of the time that may be spent sending, in percent.
  public var dutyCyclePercent = 100.0
  /// Frames the radio could not read.
  public var receiveErrors: UInt64 = 0

  /// Readings of a program that knows nothing.
  public init() {}
}

/// Something an administrator changes.
public enum AdminChange: Sendable, Hashable {
  /// A setting; the repeater itself takes those it decides by.
  case setting(AdminSetting)
  /// The administrators' password.
  case adminPassword(String)
  /// The radio, but nothing that would outlast a restart.
  case temporaryRadio(LoRaSettings)
  /// The regions; the repeater itself takes this over too.
  case region(RegionCommand)
}

/// The program around a repeater, as far as its remote administration needs it.
///
/// Every method is called outside of locks, on any thread, and returns soon: what takes time is begun.
public protocol AdministrationHost: Sendable {
  /// What only the program knows.
  func readings() -> AdminReadings
  /// Makes a change last, and carries out what is not the repeater's own.
  ///
  /// - Throws: Why it is not made, in words for the administrator; nothing has changed then.
  func apply(_ change: AdminChange) throws(AdminCommandError)
  /// Stores the list of clients, so that recorded messages stay worthless after a restart.
  func store(_ access: AccessList)
  /// Takes note of something for the log.
  func note(_ event: AdminEvent)
}

/// The remote administration of a repeater: who may, and the program it reaches.
public struct Administration: Sendable {
  /// Decides who may.
  public var machine: AdministrationMachine
  /// The program.
  public var host: any AdministrationHost

  /// Puts both together.
  public init(machine: AdministrationMachine, host: any AdministrationHost) {
    self.machine = machine
    self.host = host
  }
}

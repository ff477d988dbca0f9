internal import InterlockWire

/// What a status request is answered with: 56 bytes, in the order of the properties.
///
/// *Source:* radio specification, section 2.9. Counters that have outgrown their field wrap around,
/// as they do in the firmware.
public struct AdminStatus: Sendable, Hashable {
  /// Bytes on the air.
  public static let byteCount = 56

  /// What has gone wrong since the start.
  public struct Errors: OptionSet, Sendable, Hashable {
    /// The bits on the air.
    public let rawValue: UInt16

    /// The set of these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A packet found no place in the queue.
    public static let queueFull = Errors(rawValue: 1)
    /// The channel never became free.
    public static let channelBusy = Errors(rawValue: 2)
    /// The radio was stuck outside of receiving.
    public static let radioStuck = Errors(rawValue: 4)
  }

  /// Supply voltage in millivolts; 0 if there is no telling.
  public var batteryMillivolts: UInt16 = 0
  /// Packets that wait to be sent.
  public var queued = 0
  /// The noise floor.
  public var noiseFloorDBm = 0
  /// The strength the last packet was heard with.
  public var lastRSSIDBm = 0
  /// Packets heard.
  public var received: UInt64 = 0
  /// Packets sent.
  public var sent: UInt64 = 0
  /// Time on air of what was sent, in seconds.
  public var transmitSeconds: Int64 = 0
  /// Time since the start, in seconds.
  public var uptimeSeconds: Int64 = 0
  /// Packets sent as floods.
  public var sentFlood: UInt64 = 0
  /// Packets sent along a path.
  public var sentDirect: UInt64 = 0
  /// Packets heard as floods.
  public var receivedFlood: UInt64 = 0
  /// Packets heard along a path.
  public var receivedDirect: UInt64 = 0
  /// What has gone wrong.
  public var errors: Errors = []
  /// The signal the last packet was heard with, in quarters of a decibel.
  public var lastSNRQuarterDB = 0
  /// Copies heard along a path.
  public var directDuplicates: UInt64 = 0
  /// Copies heard as floods.
  public var floodDuplicates: UInt64 = 0
  /// Time on air of what was heard, in seconds.
  public var receiveSeconds: Int64 = 0
  /// Frames the radio could not read.
  public var receiveErrors: UInt64 = 0

  /// How often a packet found no place, and the channel never became free: the flags follow.
  var queueFullCount: UInt64 = 0
  var channelBusyCount: UInt64 = 0

  /// A status of zeros.
  public init() {}

  /// The answer's data, which follows the tag.
  public var bytes: [UInt8] {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.uint16(batteryMillivolts)
    writer.uint16(UInt16(clamping: queued))
    writer.uint16(UInt16(bitPattern: Int16(clamping: noiseFloorDBm)))
    writer.uint16(UInt16(bitPattern: Int16(clamping: lastRSSIDBm)))
    for counter in [received, sent] { writer.uint32(UInt32(truncatingIfNeeded: counter)) }
    for seconds in [transmitSeconds, uptimeSeconds] {
      writer.uint32(UInt32(truncatingIfNeeded: seconds))
    }
    for counter in [sentFlood, sentDirect, receivedFlood, receivedDirect] {
      writer.uint32(UInt32(truncatingIfNeeded: counter))
    }
    writer.uint16(errors.rawValue)
    writer.uint16(UInt16(bitPattern: Int16(clamping: lastSNRQuarterDB)))
    writer.uint16(UInt16(truncatingIfNeeded: directDuplicates))
    writer.uint16(UInt16(truncatingIfNeeded: floodDuplicates))
    writer.uint32(UInt32(truncatingIfNeeded: receiveSeconds))
    writer.uint32(UInt32(truncatingIfNeeded: receiveErrors))
    return writer.bytes
  }

  /// The same with counters that began when `base` was taken; levels and uptime stay.
  func counted(since base: AdminStatus) -> AdminStatus {
    var status = self
    status.received -= base.received
    status.sent -= base.sent
    status.transmitSeconds -= base.transmitSeconds
    status.sentFlood -= base.sentFlood
    status.sentDirect -= base.sentDirect
    status.receivedFlood -= base.receivedFlood
    status.receivedDirect -= base.receivedDirect
    if queueFullCount > base.queueFullCount { status.errors.insert(.queueFull) }
    if channelBusyCount > base.channelBusyCount { status.errors.insert(.channelBusy) }
    status.directDuplicates -= base.directDuplicates
    status.floodDuplicates -= base.floodDuplicates
    status.receiveSeconds -= base.receiveSeconds
    // The radio counts these and may have been started again.
    status.receiveErrors -= min(base.receiveErrors, receiveErrors)
    return status
  }
}

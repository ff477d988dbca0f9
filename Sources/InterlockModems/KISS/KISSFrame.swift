/// One KISS frame: a port, a command and its data.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 1 | type: port in the high four bits, command in the low four |
/// | 1 | 0…511 | data |
///
/// *Source:* M. Chepponis, P. Karn, "The KISS TNC", 1987.
package struct KISSFrame: Sendable, Hashable {
  /// The most bytes a frame has before escaping, its type byte included.
  package static let maximumBytes = 512

  /// What a frame is for.
  package enum Command {
    /// A packet.
    package static let data: UInt8 = 0
    /// Time from keying the transmitter to the packet, in units of 10 ms.
    package static let transmitDelay: UInt8 = 1
    /// Chance to go ahead when the channel is free: (P + 1) / 256.
    package static let persistence: UInt8 = 2
    /// Time between two such draws, in units of 10 ms.
    package static let slotTime: UInt8 = 3
    /// Time the transmitter stays keyed after the packet, in units of 10 ms.
    package static let transmitTail: UInt8 = 4
    /// Whether to send without listening, 0 or 1.
    package static let fullDuplex: UInt8 = 5
    /// Whatever the device defines.
    package static let setHardware: UInt8 = 6
  }

  /// The first byte: port and command.
  package var typeByte: UInt8
  /// What follows it.
  package var data: [UInt8]

  /// Makes a frame with the type byte as it is sent.
  package init(typeByte: UInt8, data: [UInt8]) {
    self.typeByte = typeByte
    self.data = data
  }

  /// Makes a frame; of `port` and `command` the low four bits count.
  package init(port: UInt8 = 0, command: UInt8, data: [UInt8] = []) {
    self.init(typeByte: port << 4 | command & 0x0F, data: data)
  }

  /// The device's port, 0…15.
  package var port: UInt8 { typeByte >> 4 }
  /// What the frame is for, 0…15.
  package var command: UInt8 { typeByte & 0x0F }

  /// The command that ends KISS mode: the whole type byte, on no port.
  package static let leaveKISSMode = KISSFrame(typeByte: 0xFF, data: [])

  /// The frame as it is sent, with both delimiters.
  ///
  /// *Complexity:* O(n), one allocation.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    let escapes = data.reduce(0) { $0 + ($1 == KISSByte.frameEnd || $1 == KISSByte.escape ? 1 : 0) }
    bytes.reserveCapacity(data.count + escapes + 4)
    bytes.append(KISSByte.frameEnd)
    Self.escape(typeByte, into: &bytes)
    for byte in data { Self.escape(byte, into: &bytes) }
    bytes.append(KISSByte.frameEnd)
    return bytes
  }

  private static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
    switch byte {
    case KISSByte.frameEnd:
      bytes.append(KISSByte.escape)
      bytes.append(KISSByte.escapedFrameEnd)
    case KISSByte.escape:
      bytes.append(KISSByte.escape)
      bytes.append(KISSByte.escapedEscape)
    default:
      bytes.append(byte)
    }
  }
}

/// The four bytes with a meaning of their own.
enum KISSByte {
  /// FEND: begins and ends a frame.
  static let frameEnd: UInt8 = 0xC0
  /// FESC: the next byte stands for another.
  static let escape: UInt8 = 0xDB
  /// TFEND: after an escape, stands for FEND.
  static let escapedFrameEnd: UInt8 = 0xDC
  /// TFESC: after an escape, stands for FESC.
  static let escapedEscape: UInt8 = 0xDD
}

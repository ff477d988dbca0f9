internal import CInterlock

/// A serial line without hardware: what is written at one end is read at the other.
///
/// This process holds the master; any program opens the slave by its path, as it would a modem.
package struct PseudoTerminal: Sendable {
  /// This process's end.
  package let master: ByteStream
  /// The path of the other end, such as `/dev/pts/3`.
  package let slavePath: String

  /// Makes a pair; the slave is in raw mode.
  ///
  /// - Throws: `SystemError` when the system has no pseudo-terminal to give.
  package init(loop: EventLoop = .shared) throws(SystemError) {
    var path = [CChar](repeating: 0, count: 128)
    let capacity = path.count
    let returned = unsafe path.withUnsafeMutableBufferPointer {
      unsafe cinterlock_pseudo_terminal_open($0.baseAddress, capacity)
    }
    let descriptor = try FileDescriptor(returned, orThrow: "open", "a pseudo-terminal")
    // On Linux the mode of the pair can be set through either end.
    guard cinterlock_terminal_make_raw(descriptor.raw, 0) == 0 else {
      throw SystemError("configure", "a pseudo-terminal")
    }
    slavePath = String(
      decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    master = try ByteStream(
      owning: descriptor, kind: .terminal, name: "master of \(slavePath)", loop: loop)
  }
}

internal import CInterlock
internal import Glibc

/// Opens serial lines: raw, eight data bits, no parity, one stop bit, no flow control.
package enum SerialPort {
  /// The speeds a line can be set to, in bits per second, slowest first.
  package static let speeds: [UInt32] = {
    let count = cinterlock_terminal_speeds(nil, 0)
    return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = unsafe cinterlock_terminal_speeds(buffer.baseAddress, count)
    }
  }()

  /// Opens a line for this process alone.
  ///
  /// The line is locked before it is touched, so that of two nodes one is refused whoever they run
  /// as. It is also claimed: a program that knows no locks is told it is busy, unless it is root's.
  ///
  /// `path` is a device such as `/dev/ttyACM0` or a link to one; `bitsPerSecond` is one of `speeds`,
  /// nil leaves it as it is.
  ///
  /// - Returns: the open stream, named after the path.
  /// - Throws: `SystemError` naming the device and what to do.
  package static func open(
    _ path: String, bitsPerSecond: UInt32? = 115_200, loop: EventLoop = .shared
  ) throws(SystemError) -> ByteStream {
    // Without O_NONBLOCK the open itself would wait for a carrier that never comes; without
    // O_NOCTTY a hang-up of the line would end this process.
    let returned = systemOpen(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard returned >= 0 else {
      throw SystemError("open", path, remedy: remedy(errno, path))
    }
    let descriptor = FileDescriptor(owning: returned)
    guard isatty(descriptor.raw) == 1 else {
      throw SystemError(
        "use", path, number: ENOTTY,
        remedy: "it is no serial line; name a device such as /dev/ttyACM0")
    }
    try FileLock.take(descriptor.raw, path)
    guard cinterlock_terminal_claim(descriptor.raw) == 0 else { throw SystemError("claim", path) }
    guard cinterlock_terminal_make_raw(descriptor.raw, bitsPerSecond ?? 0) == 0 else {
      let speed = bitsPerSecond.map { " at \($0) bit/s" } ?? ""
      throw SystemError("configure", path + speed, remedy: "115200 bit/s is the usual speed")
    }
    return try ByteStream(owning: descriptor, kind: .terminal, name: path, loop: loop)
  }

  private static func remedy(_ number: CInt, _ path: String) -> String? {
    switch number {
    case EACCES, EPERM:
      "add this user to the group that owns it (often dialout: usermod -aG dialout USER), log in anew"
    case ENOENT, ENODEV, ENXIO:
      "is it plugged in? ls /dev/serial/by-id lists what is"
    case EBUSY:
      "another program has it open; fuser \(path) names it"
    default: nil
    }
  }
}

/// Discards what a terminal line did not send yet.
func discardTerminalOutput(_ raw: CInt) {
  cinterlock_terminal_discard_output(raw)
}

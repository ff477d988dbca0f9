internal import Glibc

/// Reads whole files: small ones that a person made, such as a configuration.
package enum FileContents {
  /// Everything in a file.
  ///
  /// It blocks the calling thread while the disk works.
  ///
  /// - Parameters:
  ///   - path: The file; `/dev/stdin` reads standard input to its end.
  ///   - limit: The most bytes that are read; a larger file is refused with `EFBIG`.
  /// - Throws: `SystemError` naming the file.
  /// - Returns: the bytes.
  package static func read(_ path: String, atMost limit: Int) throws(SystemError) -> [UInt8] {
    try read(
      FileDescriptor(systemOpen(path, O_RDONLY | O_CLOEXEC), orThrow: "open", path), path,
      atMost: limit)
  }

  /// Everything in an open file.
  static func read(
    _ descriptor: consuming FileDescriptor, _ path: String, atMost limit: Int
  ) throws(SystemError) -> [UInt8] {
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor.raw, buffer.baseAddress, buffer.count)
      }
      if count == 0 { return contents }
      if count < 0 {
        guard errno == EINTR else { throw SystemError("read", path) }
        continue
      }
      contents += chunk[..<count]
      guard contents.count <= limit else {
        throw SystemError("read", path, number: EFBIG, remedy: "at most \(limit) bytes are read")
      }
    }
  }
}

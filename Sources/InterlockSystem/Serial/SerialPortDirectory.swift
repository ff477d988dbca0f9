internal import Glibc

/// Where serial lines are found: by device name, and by what the device itself says it is.
///
/// A USB device that was unplugged often comes back under another name; the links that `udev` keeps
/// by serial number follow it.
package struct SerialPortDirectory: Sendable {
  private let devices: String
  private let identifiers: String

  /// The directories of a usual Linux; tests give their own.
  package init(devices: String = "/dev", identifiers: String = "/dev/serial/by-id") {
    self.devices = devices
    self.identifiers = identifiers
  }

  /// The links, named by maker and serial number, that lead to the same line as `path` now.
  package func identifiers(of path: String) -> [String] {
    guard let device = Self.resolved(path) else { return [] }
    return Self.names(in: identifiers).map { identifiers + "/" + $0 }
      .filter { Self.resolved($0) == device }
  }

  /// The lines whose names differ from that of `path` in their number only, without `path` itself.
  package func siblings(of path: String) -> [String] {
    guard let name = path.split(separator: "/").last else { return [] }
    let stem = Self.stem(name)
    guard path == devices + "/" + name, stem != name[...] else { return [] }
    return Self.names(in: devices).filter { Self.stem($0[...]) == stem && $0 != name }
      .map { devices + "/" + $0 }
  }

  /// What a device name is without the number at its end.
  private static func stem(_ name: Substring) -> Substring {
    var stem = name
    while let last = stem.last, last.isASCII, last.isNumber { stem.removeLast() }
    return stem
  }

  /// The path without links, or nil when nothing is there.
  private static func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  /// The names in a directory; none when it is not there, as without any USB device.
  private static func names(in directory: String) -> [String] {
    (try? Folder.names(in: directory)) ?? []
  }
}

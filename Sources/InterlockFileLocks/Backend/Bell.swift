internal import Interlock
internal import InterlockSystem

/// A word in a file of the folder, at which every process that has locks there waits.
///
/// It says: somebody wrote something down for somebody, look. It is only quicker than looking now and then, which happens
/// all the same: nothing depends on the file being there.
final class Bell: Sendable {
  private static let size = 4096
  private let path: String
  private let mode: UInt32
  private let mapping = Guarded<Mapping?>(nil)

  private struct Mapping {
    let map: SharedMapping
    let status: FileStatus
  }

  init(_ path: String, mode: UInt32) {
    self.path = path
    self.mode = mode
  }

  /// The word's memory; nil when it cannot be had, which is tried again the next time.
  private func current() -> SharedMapping? {
    mapping.withLock { mapping in
      if let open = mapping, let found = FileStatus(of: path), found.isSameFile(as: open.status),
        found.size >= Self.size
      {
        return open.map
      }
      mapping = try? open()
      return mapping?.map
    }
  }

  private func open() throws -> Mapping? {
    let descriptor = try FileDescriptor.file(path, .making(mode: mode))
    try descriptor.allocate(Int64(Self.size), path)
    guard let status = FileStatus(of: descriptor) else { return nil }
    if status.mode != mode { _ = descriptor.setMode(mode) }
    return Mapping(
      map: try SharedMapping(descriptor, length: Self.size, isWritable: true, path), status: status)
  }

  /// Wakes every process.
  func ring() { current()?.ring(0) }

  /// How often it was rung.
  var count: UInt32? { current()?.loadHalf(0) }

  /// Blocks the calling thread until it is rung again, for at most `limit`.
  func wait(after count: UInt32?, limit: Duration) {
    guard let count, let map = mapping.withLock({ $0?.map }) else {
      return Pause.hold(limit)
    }
    map.wait(while: count, at: 0, limitNanoseconds: limit.nanoseconds)
  }
}

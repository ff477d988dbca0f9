internal import Interlock
internal import InterlockSystem

extension LockFile {
  /// The fence of a grant: its ticket, unless a fence was raised beyond that.
  func fence(for ticket: UInt64) -> Fence {
    while true {
      let floor = map.load(Layout.floorAt)
      if ticket > floor { return Fence(ticket) }
      if map.exchange(floor, for: floor + 1, at: Layout.floorAt) { return Fence(floor + 1) }
    }
  }

  /// Has every later fence be greater than `fence`.
  func raiseFloor(to fence: UInt64) {
    map.raise(to: fence, at: Layout.floorAt)
  }

  /// A new fence for a grant: greater than all that were given, than `floor`, and than every ticket so far.
  func nextFence(above floor: UInt64) -> Fence {
    raiseFloor(to: max(floor, map.load(Layout.counterAt) - 1))
    return fence(for: 0)
  }
}

/// How a lock is used, as its file says: everybody who shares it, or takes permits of it, says the same.
enum LockForm {
  static let unknown: UInt64 = 0
  static let shared: UInt64 = 1
  static func permits(_ limit: Int) -> UInt64 { UInt64(limit) + 1 }

  static func isPermits(_ form: UInt64) -> Bool { form > shared }
}

internal import CInterlock
internal import Glibc

/// A range of bytes of a file, also beyond its end, as something to be locked.
///
/// A lock on it belongs to the open file, not to the process: it survives other closes of the same file, conflicts with
/// every other open file, of this process too, and never with its own. The kernel drops it with the last copy of the
/// descriptor, so no death leaves it behind.
///
/// *Source:* fcntl(2), "Open file description locks"; Linux 3.15.
package struct RecordLock: Sendable, Hashable {
  /// How it is locked.
  package enum Kind: Sendable, Hashable {
    /// Together with others who share it.
    case shared
    /// Alone.
    case exclusive

    fileprivate var code: CInt {
      switch self {
      case .shared: CINTERLOCK_LOCK_SHARED
      case .exclusive: CINTERLOCK_LOCK_EXCLUSIVE
      }
    }
  }

  /// How.
  package var kind: Kind
  /// The first byte.
  package var start: Int64
  /// How many.
  package var length: Int64

  /// Names a range, and how it is to be locked.
  package init(_ kind: Kind, start: Int64, length: Int64) {
    self.kind = kind
    self.start = start
    self.length = length
  }

  /// The byte behind the last.
  package var end: Int64 { length == 0 ? .max : start + length }
}

extension FileDescriptor {
  /// Locks a range at once, or not at all; what is locked already is locked in the way that is asked for now.
  ///
  /// - Throws: `SystemError` when the kernel has no room for another lock.
  /// - Returns: whether it is locked; not, when another open file is in the way.
  package func lock(_ lock: RecordLock) throws(SystemError) -> Bool {
    switch cinterlock_record_try(raw, lock.kind.code, lock.start, lock.length) {
    case 1: return true
    case 0: return false
    default: throw SystemError("lock", "bytes of a file")
    }
  }

  /// Locks a range as soon as no other open file is in the way; blocks the calling thread until then.
  ///
  /// - Throws: `SystemError` when the kernel has no room for another lock.
  package func waitForLock(_ lock: RecordLock) throws(SystemError) {
    guard cinterlock_record_wait(raw, lock.kind.code, lock.start, lock.length) == 1 else {
      throw SystemError("wait for", "bytes of a file")
    }
  }

  /// Gives a range up; nothing where it is not locked.
  package func unlock(start: Int64, length: Int64) {
    // Giving up the middle of a range needs memory in the kernel. Whoever gives up goes on without it, so try until
    // there is some.
    while cinterlock_record_try(raw, CINTERLOCK_UNLOCK, start, length) < 0, errno == ENOLCK {
      sched_yield()
    }
  }

  /// A lock of another open file that is in the way of `lock`; any of them when there are several.
  ///
  /// - Throws: `SystemError` when the kernel does not say.
  /// - Returns: what is in the way; nil when nothing is.
  package func conflict(with lock: RecordLock) throws(SystemError) -> RecordLock? {
    var (kind, start, length) = (lock.kind.code, lock.start, lock.length)
    switch unsafe cinterlock_record_conflict(raw, &kind, &start, &length) {
    case 1:
      let kind: RecordLock.Kind = kind == CINTERLOCK_LOCK_SHARED ? .shared : .exclusive
      return RecordLock(kind, start: start, length: length)
    case 0: return nil
    default: throw SystemError("ask for", "the locks of a file")
    }
  }
}

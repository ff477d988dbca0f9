internal import CInterlock
internal import Glibc

/// The first bytes of a file as memory that every process which maps them sees change.
///
/// Everything in it is read and written in words of eight bytes, each in one step. The file must stay as long as it was:
/// touching what was cut off ends the process (SIGBUS), so whoever cannot trust others with the file looks at its size
/// first.
@safe
package final class SharedMapping: @unchecked Sendable {
  // The pointer is set once and never leaves. What it leads to is touched by atomic operations only, inside the bounds
  // that each of them checks.
  private let base: UnsafeMutableRawPointer
  private let length: Int

  /// Maps the beginning of an open file; the descriptor may be closed then.
  ///
  /// - Parameters:
  ///   - descriptor: The file, at least `length` bytes long.
  ///   - length: How many bytes.
  ///   - isWritable: Whether it may be changed through this mapping.
  ///   - path: What an error calls the file.
  /// - Throws: `SystemError` when the process has no room for it.
  package init(
    _ descriptor: borrowing FileDescriptor, length: Int, isWritable: Bool, _ path: String
  ) throws(SystemError) {
    precondition(length > 0 && length.isMultiple(of: 8), "a mapping has whole words")
    guard let base = unsafe cinterlock_map(descriptor.raw, length, isWritable ? 1 : 0) else {
      throw SystemError("map", path)
    }
    unsafe self.base = base
    self.length = length
  }

  deinit {
    unsafe munmap(base, length)
  }

  private func word(_ offset: Int) -> UnsafeMutablePointer<UInt64> {
    precondition(
      offset >= 0 && offset <= length - 8 && offset & 7 == 0, "no word of the mapping is there")
    return unsafe base.advanced(by: offset).assumingMemoryBound(to: UInt64.self)
  }

  private func half(_ offset: Int) -> UnsafeMutablePointer<UInt32> {
    precondition(
      offset >= 0 && offset <= length - 4 && offset & 3 == 0, "no word of the mapping is there")
    return unsafe base.advanced(by: offset).assumingMemoryBound(to: UInt32.self)
  }

  /// The word at `offset`, in one order with all such reads and writes.
  package func load(_ offset: Int) -> UInt64 { unsafe cinterlock_load(word(offset)) }

  /// Writes the word at `offset`, in that order.
  package func store(_ value: UInt64, at offset: Int) {
    unsafe cinterlock_store(word(offset), value)
  }

  /// Writes the word at `offset` if it has a value, in one step.
  ///
  /// - Returns: whether it did.
  package func exchange(_ expected: UInt64, for desired: UInt64, at offset: Int) -> Bool {
    unsafe cinterlock_exchange(word(offset), expected, desired)
  }

  /// Raises the word at `offset` to `least`, unless it is there already.
  ///
  /// - Returns: what it has then.
  @discardableResult
  package func raise(to least: UInt64, at offset: Int) -> UInt64 {
    while true {
      let value = load(offset)
      if value >= least { return value }
      if exchange(value, for: least, at: offset) { return least }
    }
  }

  /// Adds one to the word at `offset`.
  ///
  /// - Returns: what it has then.
  package func increment(at offset: Int) -> UInt64 {
    while true {
      let value = load(offset)
      if exchange(value, for: value &+ 1, at: offset) { return value &+ 1 }
    }
  }

  /// Writes words, in no order that others can rely on.
  package func write(_ words: [UInt64], at offset: Int) {
    var offset = offset
    for value in words {
      unsafe cinterlock_store_relaxed(word(offset), value)
      offset += 8
    }
  }

  /// Reads `count` words, in no order.
  package func read(_ count: Int, at offset: Int) -> [UInt64] {
    (0..<count).map { unsafe cinterlock_load_relaxed(word(offset + 8 * $0)) }
  }

  /// The half word at `offset`, which threads can wait at.
  package func loadHalf(_ offset: Int) -> UInt32 { unsafe cinterlock_load_half(half(offset)) }

  /// Adds one to the half word at `offset` and wakes everybody, in every process, who waits at it.
  package func ring(_ offset: Int) {
    unsafe cinterlock_increment_half(half(offset))
    unsafe cinterlock_word_wake(half(offset))
  }

  /// Blocks the calling thread while the half word at `offset` has `value`, for at most `limit`; it may return early.
  package func wait(while value: UInt32, at offset: Int, limitNanoseconds limit: Int64) {
    unsafe cinterlock_word_wait(half(offset), value, limit)
  }
}

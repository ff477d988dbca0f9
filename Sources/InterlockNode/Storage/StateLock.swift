internal import InterlockSystem

/// The right to a state directory, which is made when missing: one program has it, from its start
/// until it is released.
///
/// It is taken before anything in the directory is looked at. Whoever has it is the only writer of
/// what lies there, so what earlier writers left unfinished can go.
package struct StateLock: Sendable {
  private let lock: FileLock

  /// Takes the directory, or refuses at once.
  ///
  /// - Throws: `NodeError` when another node has it, or this user may not write there.
  package init(_ paths: StatePaths) throws(NodeError) {
    do throws(SystemError) {
      try Folder.make(paths.directory)
    } catch {
      throw NodeError(error, or: .badInput, "give storage.directory a place this user can write")
    }
    do throws(SystemError) {
      lock = try FileLock(paths.lock)
    } catch {
      throw NodeError(
        error, or: .failed,
        error.isTaken
          ? "another node may be running on the same directory; stop it, or give this one another "
            + "storage.directory"
          : "give storage.directory a place this user can write")
    }
    for file in paths.replacedFiles { AtomicFile.removeRemains(of: file) }
  }
}

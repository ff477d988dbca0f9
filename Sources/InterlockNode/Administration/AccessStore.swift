internal import InterlockMeshCore
internal import InterlockSystem

/// The clients of the remote administration on disk, readable by the owner only.
struct AccessStore: Sendable {
  /// More than a full list takes.
  private static let largestFileBytes = 1 << 14

  let path: String

  /// The clients in the file; none if there is no file.
  ///
  /// A file that is there and cannot be read stops the node: without it recorded commands would
  /// count again.
  func load(identity: Identity) async throws(NodeError) -> AccessList {
    do {
      guard let bytes = try await AtomicFile.read(path, limit: Self.largestFileBytes) else {
        return AccessList()
      }
      return try AccessList(stored: bytes, identity: identity)
    } catch {
      throw NodeError(
        .badInput, "cannot read the clients of the remote administration in \(path): \(error)",
        "restore the file, or move it away and change the passwords")
    }
  }

  func save(_ access: AccessList) async throws {
    try await AtomicFile.write(access.stored, to: path, mode: AtomicFile.secretMode)
  }
}

internal import InterlockLocks
internal import InterlockSystem

/// A folder that may hold locks.
struct LockDirectory: Sendable, Hashable {
  let path: String
  /// The permissions of the files in it.
  let mode: UInt32
  /// Whose it is.
  let owner: UInt32

  /// Where the locks of this user are: in its session's folder, or the machine's for root.
  ///
  /// - Throws: `LockError` when a user has no session.
  static func standard() throws(LockError) -> String {
    if ProcessEnvironment.isRoot { return "/var/lib/interlock" }
    if let folder = ProcessEnvironment.value("XDG_RUNTIME_DIR"), !folder.isEmpty {
      return "\(folder)/interlock"
    }
    throw LockError(
      name: "",
      .unavailable(
        backend: "file:", cause: "XDG_RUNTIME_DIR is not set; name a folder: file:///DIR"))
  }

  /// Makes the folder if it is missing, and looks whether locks in it hold.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - isGroupShared: Whether others of its group use it too.
  ///   - allowsRemote: Whether it may be on a file system that several machines have.
  ///   - remoteName: What such a kind is called; nil for a local one.
  /// - Throws: `LockError`.
  init(
    _ path: String, isGroupShared: Bool, allowsRemote: Bool,
    remoteName: (FileSystemKind) -> String?
  ) throws(LockError) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    mode = isGroupShared ? 0o660 : 0o600
    do {
      try Folder.make(path)
      let folder = try FileDescriptor.folder(path)
      let kind = try FileSystemKind(of: folder, path)
      if !allowsRemote, let name = remoteName(kind) {
        throw LockError(
          name: "",
          .unavailable(
            backend: "file://\(path)",
            cause:
              "it is on \(name), where locks do not hold between machines; choose a local folder")
        )
      }
      guard let status = FileStatus(of: folder) else { throw SystemError("look at", path) }
      owner = status.owner
    } catch let error as LockError {
      throw error
    } catch let error as SystemError {
      if error.isForbidden { throw LockError(name: "", .notPermitted(error.what)) }
      if error.isReadOnly { throw LockError(name: "", .readOnly(error.subject)) }
      throw LockError(
        name: "", .unavailable(backend: "file://\(path)", cause: error.description))
    } catch {
      throw LockError(name: "", .unavailable(backend: "file://\(path)", cause: "\(error)"))
    }
  }
}

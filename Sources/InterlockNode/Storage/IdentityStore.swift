internal import InterlockCrypto
package import InterlockMeshCore
internal import InterlockSystem

/// The node's private key on disk.
///
/// A file that is there and cannot be read is never replaced: it may be the only copy of a key that
/// neighbours know.
package struct IdentityStore: Sendable {
  /// More than any form of a key has.
  private static let largestFileBytes = 4096

  let path: String

  package init(path: String) {
    self.path = path
  }

  /// The identity in the file, or a new one if there is no file.
  ///
  /// - Throws: `NodeError`: the file cannot be read or written, or holds no key.
  /// - Returns: the identity, and what an operator should know about it.
  package func loadOrMake() async throws -> (identity: Identity, notices: [NodeEvent]) {
    guard let content = try await read() else {
      let identity = Identity.generate { SecureRandom.secret(Ed25519.seedBytes) }
      try await write(identity)
      return (identity, [.info("made a new identity \(identity.publicKey) in \(path)")])
    }
    return (try decode(content), widerMode().map { [.warning($0)] } ?? [])
  }

  /// The identity in the file; nil if there is no file.
  func load() async throws(NodeError) -> Identity? {
    guard let content = try await read() else { return nil }
    return try decode(content)
  }

  private func read() async throws(NodeError) -> SecretBytes? {
    do {
      let content = try await AtomicFile.read(path, limit: Self.largestFileBytes)
      return content.map { SecretBytes($0.span) }
    } catch let error as SystemError {
      throw NodeError(
        error, or: .badInput,
        error.isIrregularFile
          ? "move it away, or name another identity.file"
          : "the identity is left as it is; make it readable for this user")
    } catch {
      throw NodeError(.failed, "cannot read the identity \(path): \(error)", "try again")
    }
  }

  private func decode(_ content: SecretBytes) throws(NodeError) -> Identity {
    do throws(IdentityError) {
      return try IdentityFile.decode(content, probe: SecureRandom.secret(Ed25519.seedBytes))
    } catch {
      throw NodeError(
        .badInput, "\(path) holds no identity: \(error)",
        "it is left as it is; restore it, or move it away to get a new identity")
    }
  }

  private func write(_ identity: Identity) async throws(NodeError) {
    let bytes = IdentityFile.encode(identity).withSpan { span in
      (span.indices.map { span[$0] }) + [UInt8(ascii: "\n")]
    }
    do {
      try await AtomicFile.write(bytes, to: path, mode: AtomicFile.secretMode)
    } catch let error as SystemError {
      throw NodeError(
        error, or: error.isImpossiblePath ? .badInput : .failed,
        "give identity.file a place this user can write")
    } catch {
      throw NodeError(.failed, "cannot write the identity \(path): \(error)", "try again")
    }
  }

  private func widerMode() -> String? {
    // Not being able to look is no reason to warn: it was read a moment ago.
    guard let mode = try? AtomicFile.mode(of: path), mode & 0o077 != 0 else { return nil }
    return "other users can read the identity \(path); run chmod 600 on it"
  }
}

extension NodeConfiguration {
  /// Who the node is: by the key it was given, or else by its file, which is made when missing.
  ///
  /// - Throws: `NodeError`: the key is none, or the file cannot be used.
  /// - Returns: the identity, and what an operator should know about it.
  package func loadIdentity(
    from paths: StatePaths
  ) async throws -> (identity: Identity, notices: [NodeEvent]) {
    if let key = identity.key { return (try Identity(configured: key), []) }
    return try await IdentityStore(path: paths.identity).loadOrMake()
  }
}

extension Identity {
  /// The identity of a key from the configuration or the environment.
  ///
  /// - Throws: `NodeError` that names no byte of it.
  package init(configured key: [UInt8]) throws(NodeError) {
    do throws(IdentityError) {
      try self.init(
        importing: SecretBytes(key.span), probe: SecureRandom.secret(Ed25519.seedBytes))
    } catch {
      throw NodeError(.badInput, "identity.key is no identity: \(error)", "give another key")
    }
  }
}

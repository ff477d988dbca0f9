internal import Interlock
package import InterlockSystem

/// Links over a serial line that may be unplugged and come back under another name.
package final class SerialLinkSource: ByteLinkSource {
  private let path: String
  private let bitsPerSecond: UInt32
  private let directory: SerialPortDirectory
  /// The links by serial number that led to the device when it was last open.
  private let knownIdentifiers = Guarded<[String]>([])

  /// Makes a source.
  package init(
    path: String, bitsPerSecond: UInt32, directory: SerialPortDirectory = SerialPortDirectory()
  ) {
    self.path = path
    self.bitsPerSecond = bitsPerSecond
    self.directory = directory
  }

  /// First what the serial number leads to, then the configured name, then its siblings.
  ///
  /// The configured name is not certain once its device is known to have another serial number,
  /// unless nothing but the name says which device is meant: an adapter that was exchanged is then
  /// as good as the old one.
  package func candidates(isKeyKnown: Bool) async -> [LinkCandidate] {
    let known = knownIdentifiers.withLock { $0 }
    let (path, directory) = (path, directory)
    let found = try? await BlockingPool.shared.run {
      let living = known.filter { !directory.identifiers(of: $0).isEmpty }
      let now = directory.identifiers(of: path)
      let isCertain = known.isEmpty || now.isEmpty || !Set(now).isDisjoint(with: known)
      guard isKeyKnown else { return [LinkCandidate(living.first ?? path, isCertain: true)] }
      return living.prefix(1).map { LinkCandidate($0, isCertain: true) }
        + [LinkCandidate(path, isCertain: isCertain && living.isEmpty)]
        + directory.siblings(of: path).map { LinkCandidate($0, isCertain: false) }
    }
    // Without the directories, and when the pool is overrun, the configured name is all there is.
    return found ?? [LinkCandidate(path, isCertain: true)]
  }

  package func open(_ candidate: LinkCandidate) async throws -> any ByteLink {
    let (bitsPerSecond, directory) = (bitsPerSecond, directory)
    let (stream, identifiers) = try await BlockingPool.shared.run {
      let stream = try SerialPort.open(candidate.place, bitsPerSecond: bitsPerSecond)
      return (stream, directory.identifiers(of: candidate.place))
    }
    if candidate.isCertain, !identifiers.isEmpty {
      knownIdentifiers.withLock { $0 = identifiers }
    }
    return stream
  }
}

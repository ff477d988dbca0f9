package import InterlockSystem

/// An open two-way stream of bytes to a device; one task reads, one writes.
package protocol ByteLink: Sendable {
  /// The device or address, for messages.
  var name: String { get }
  /// Reads what is there, waiting for the first byte.
  ///
  /// - Returns: at least one byte, or none when the other end is gone.
  /// - Throws: when the link broke or was closed, or the task is cancelled.
  func read(upTo maximum: Int) async throws -> [UInt8]
  /// Writes everything.
  ///
  /// - Throws: when the link broke or was closed, or the task is cancelled.
  func write(_ bytes: [UInt8]) async throws
  /// How many bytes were written and would be lost by closing now.
  var unsentBytes: Int { get }
  /// Ends the link, from anywhere; reads and writes throw.
  func close()
}

extension ByteStream: ByteLink {}

/// Where links to one device come from.
package protocol ByteLinkSource: Sendable {
  /// The places where the device may be now, likeliest first; at least one.
  ///
  /// Only a device whose key is known can prove at an uncertain place that it is the one of before:
  /// when it is not, every place is certain, the configured one among them.
  func candidates(isKeyKnown: Bool) async -> [LinkCandidate]
  /// Opens a link to one of them.
  ///
  /// - Throws: an error that names the place and what to do.
  func open(_ candidate: LinkCandidate) async throws -> any ByteLink
}

/// A place where a device may be.
package struct LinkCandidate: Sendable, Hashable {
  /// The device or address.
  package var place: String
  /// Whether it is the configured place, or known by a serial number to hold the same device.
  ///
  /// At another place the device must prove by its public key that it is the one of before.
  package var isCertain: Bool

  /// Makes a candidate.
  package init(_ place: String, isCertain: Bool) {
    self.place = place
    self.isCertain = isCertain
  }
}

package import Interlock
internal import InterlockSystem

/// Links over TCP to one server.
package final class TCPLinkSource: ByteLinkSource {
  /// How long one attempt to connect may take.
  private static let connectLimit = Duration.seconds(10)

  private let host: String
  private let port: UInt16
  private let clock: any MonotonicClock

  /// Makes a source.
  package init(host: String, port: UInt16, clock: any MonotonicClock) {
    self.host = host
    self.port = port
    self.clock = clock
  }

  package func candidates(isKeyKnown: Bool) async -> [LinkCandidate] {
    [LinkCandidate("\(host):\(port)", isCertain: true)]
  }

  package func open(_ candidate: LinkCandidate) async throws -> any ByteLink {
    try await SocketConnection.tcp(
      host: host, port: port, until: clock.now.advanced(by: Self.connectLimit), clock: clock)
  }
}

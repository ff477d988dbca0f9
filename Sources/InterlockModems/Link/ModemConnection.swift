package import Interlock

/// How a modem is reached.
public enum ModemConnection: Sendable, Hashable {
  /// A serial line; the path may be a device or one of the links in `/dev/serial/by-id`.
  ///
  /// When the line disappears, the modem is looked for by its USB serial number and then, on lines
  /// named alike, by its public key.
  case serial(path: String, bitsPerSecond: UInt32 = 115_200)
  /// A server, such as Direwolf or a serial line on the network.
  case tcp(host: String, port: UInt16)

  /// The source of links to it.
  package func source(clock: any MonotonicClock) -> any ByteLinkSource {
    switch self {
    case .serial(let path, let bitsPerSecond):
      SerialLinkSource(path: path, bitsPerSecond: bitsPerSecond)
    case .tcp(let host, let port): TCPLinkSource(host: host, port: port, clock: clock)
    }
  }
}

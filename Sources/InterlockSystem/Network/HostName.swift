/// What is said of where a server is.
package enum HostName {
  /// Whether it is an address, and no name that would have to be looked up; never blocks.
  package static func isAddress(_ host: String) -> Bool {
    SocketAddress.numeric(host: host, port: 1) != nil
  }
}

internal import Glibc
internal import Interlock

/// Ports of the loopback interface that nobody listens on.
package enum LoopbackPort {
  /// Below the ports that the system gives to whoever connects, and another for each server of this process.
  package static func free() throws -> UInt16 {
    while true {
      let number = lastPort.withLock { last in
        last = (last + 1) % 12_000
        return last
      }
      let port = UInt16(20_000 + number)
      if isFree(port) { return port }
    }
  }

  private static let lastPort = Guarded(Int(getpid()) * 37 % 12_000)

  private static func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

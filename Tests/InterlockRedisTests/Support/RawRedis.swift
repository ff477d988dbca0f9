import Glibc
import Interlock
import InterlockRedis
import Testing

/// Commands as `redis-cli` gives them, one at a time: what tests arrange and look at without the code they test.
final class RawRedis: Sendable {
  private let descriptor: CInt
  private let parser = Guarded(RedisParser())

  /// Connects; `limit` is in seconds.
  init(_ server: LocalRedis, limit: Int = 30) throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var time = timeval(tv_sec: limit, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    struct Refused: Error {}
    guard result == 0 else { throw Refused() }
    if let password = server.options.password { try self("AUTH", password) }
  }

  deinit { close(descriptor) }

  @discardableResult
  func callAsFunction(_ words: String...) throws -> RedisValue { try self(words) }

  @discardableResult
  func callAsFunction(_ words: [String]) throws -> RedisValue {
    let bytes = RedisCommand(words).bytes
    _ = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
    }
    return try next()
  }

  /// The next value that comes, whatever was asked.
  func next() throws -> RedisValue {
    try parser.withLock { parser in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        if let value = try parser.next() { return value }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        struct NoAnswer: Error {}
        guard count > 0 else { throw NoAnswer() }
        parser.feed(buffer[..<count])
      }
    }
  }

  /// The number after `name:` or `name=` in what the server says about itself.
  func statistic(_ name: String, section: String) throws -> Int? {
    let info = try self("INFO", section).string ?? ""
    for line in info.split(whereSeparator: \.isNewline) where line.hasPrefix(name) {
      return Int(line.dropFirst(name.count + 1).prefix { $0.isNumber })
    }
    return nil
  }
}

import Foundation
import Glibc
import Interlock
import InterlockRedis
import TestSupport

/// Stands between clients and a server, and does what a bad network does.
final class Proxy: Sendable {
  enum Mood: Sendable, Equatable {
    case passes
    /// Commands go to the server; nothing comes back, and nothing more goes there, until it passes again.
    case holdsBack
    /// Connections end, and nobody is let in.
    case isCut
  }

  private struct State: Sendable {
    var mood = Mood.passes
    /// Where it leads.
    var target: UInt16
    /// The answer to the next command with these bytes is lost, and the connection with it.
    var trap: [UInt8] = []
    var sprung = 0
    var isOver = false
  }

  let port: UInt16
  private let listener: CInt
  private let shared: Shared

  private final class Shared: Sendable {
    let state: Guarded<State>
    init(_ target: UInt16) { state = Guarded(State(target: target)) }
  }

  init(_ server: LocalRedis) throws {
    shared = Shared(server.port)
    port = try LoopbackPort.free()
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var one: CInt = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
    _ = Self.withLoopback(port) { bind(listener, $0, $1) }
    listen(listener, 16)
    Thread.detachNewThread { [listener, shared] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, !shared.state.withLock({ $0.isOver }) else { return }
        let target = shared.state.withLock { $0.target }
        Thread.detachNewThread { Self.serve(client, target, shared) }
      }
    }
  }

  deinit {
    shared.state.withLock { $0.isOver = true }
    shutdown(listener, CInt(SHUT_RDWR))
    close(listener)
  }

  func become(_ mood: Mood) { shared.state.withLock { $0.mood = mood } }

  /// Whoever connects from now on comes to another server.
  func lead(to server: LocalRedis) { shared.state.withLock { $0.target = server.port } }

  /// Loses the answer to the next command that contains this text.
  func loseAnswer(to text: String) { shared.state.withLock { $0.trap = Array(text.utf8) } }

  /// How many answers were lost.
  var losses: Int { shared.state.withLock { $0.sprung } }

  private static func withLoopback(
    _ port: UInt16, _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func serve(_ client: CInt, _ target: UInt16, _ shared: Shared) {
    let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer {
      close(client)
      close(server)
    }
    guard withLoopback(target, { connect(server, $0, $1) }) == 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var losesNext = false
    while true {
      let (mood, isOver) = shared.state.withLock { ($0.mood, $0.isOver) }
      if isOver || mood == .isCut { return }
      let wanted = Int16(mood == .passes ? POLLIN : 0)
      var entries = [
        pollfd(fd: client, events: wanted, revents: 0),
        pollfd(fd: server, events: wanted, revents: 0),
      ]
      guard poll(&entries, 2, 5) > 0 else { continue }
      if entries[0].revents != 0 {
        let count = recv(client, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        let trap = shared.state.withLock { $0.trap }
        if !trap.isEmpty, Array(buffer[..<count]).firstRange(of: trap) != nil {
          losesNext = true
          shared.state.withLock { $0.trap = [] }
        }
        _ = send(server, buffer, count, CInt(MSG_NOSIGNAL))
      }
      if entries[1].revents != 0 {
        let count = recv(server, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        if losesNext {
          shared.state.withLock { $0.sprung += 1 }
          return
        }
        _ = send(client, buffer, count, CInt(MSG_NOSIGNAL))
      }
    }
  }
}

import Interlock
import InterlockModems

/// A link without a kernel, for runs on virtual time.
final class MemoryLink: ByteLink {
  private final class Pipe: Sendable {
    let state = Guarded((bytes: [UInt8](), isClosed: false))
    let bell = Doorbell()
  }

  let name: String
  private let input: Pipe
  private let output: Pipe

  private init(name: String, input: Pipe, output: Pipe) {
    self.name = name
    self.input = input
    self.output = output
  }

  static func pair(_ name: String) -> (host: MemoryLink, device: MemoryLink) {
    let (down, up) = (Pipe(), Pipe())
    return (
      MemoryLink(name: name, input: up, output: down),
      MemoryLink(name: "host of \(name)", input: down, output: up)
    )
  }

  func read(upTo maximum: Int) async throws -> [UInt8] {
    while true {
      try Task.checkCancellation()
      input.bell.hush()
      let (bytes, isClosed) = input.state.withLock { state in
        let bytes = Array(state.bytes.prefix(maximum))
        state.bytes.removeFirst(bytes.count)
        return (bytes, state.isClosed)
      }
      if !bytes.isEmpty || isClosed { return bytes }
      _ = await input.bell.wait()
    }
  }

  func write(_ bytes: [UInt8]) async throws {
    let isClosed = output.state.withLock { state in
      if !state.isClosed { state.bytes += bytes }
      return state.isClosed
    }
    guard !isClosed else { throw ModemTestError.linkClosed }
    output.bell.ring()
  }

  var unsentBytes: Int { 0 }

  func close() {
    for pipe in [input, output] {
      pipe.state.withLock { $0.isClosed = true }
      pipe.bell.ring()
    }
  }
}

enum ModemTestError: Error {
  case linkClosed
  case nothingPlugged(String)
}

import Glibc
import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct ByteStreamTests {
  @Test func `a megabyte written in one call arrives whole, in order, over loopback`() async throws
  {
    let (near, far) = try await connectedPair()
    let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    async let writing: Void = near.write(sent)
    var received: [UInt8] = []
    while received.count < sent.count { received += try await far.read(upTo: 4096) }
    try await writing
    #expect(received == sent)
  }

  @Test func `a writer waits for a reader that is slow, and goes on where it stopped`() async throws
  {
    let pair = try PseudoTerminal()
    let slave = try SerialPort.open(pair.slavePath, bitsPerSecond: nil)
    let sent = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
    async let writing: Void = slave.write(sent)
    var received: [UInt8] = []
    while received.count < sent.count { received += try await pair.master.read(upTo: 7) }
    try await writing
    #expect(received == sent)
  }

  @Test func `a cancelled read ends at once and loses no byte`() async throws {
    let (near, far) = try await connectedPair()
    let reading = Task { try await far.read(upTo: 10) }
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
    try await near.write([1, 2, 3])
    #expect(try await far.read(upTo: 10) == [1, 2, 3])
  }

  @Test func `closing wakes a reader that waits`() async throws {
    let (near, far) = try await connectedPair()
    let reading = Task { try await far.read(upTo: 10) }
    far.close()
    await #expect(throws: SystemError.self) { try await reading.value }
    try await near.write([1])
    far.close()
    await #expect(throws: SystemError.self) { try await far.write([1]) }
  }

  @Test func `the end of the peer's stream reads as no bytes, and writing then is an error`()
    async throws
  {
    let (near, far) = try await connectedPair()
    near.close()
    #expect(try await far.read(upTo: 10) == [])
    // The first write after the peer left may still be taken by the kernel.
    await #expect(throws: SystemError.self) {
      for _ in 0..<1000 { try await far.write([UInt8](repeating: 0, count: 65536)) }
    }
  }

  @Test func `a peer that only ended its writing has not hung up`() async throws {
    var ends: [CInt] = [-1, -1]
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    #expect(socketpair(AF_UNIX, type, 0, &ends) == 0)
    let stream = try ByteStream(
      owning: FileDescriptor(owning: ends[0]), kind: .socket, name: "a pair")
    #expect(!stream.isHungUp)
    shutdown(ends[1], CInt(SHUT_WR))
    #expect(try await stream.read(upTo: 10) == [])
    #expect(!stream.isHungUp)
    close(ends[1])
    #expect(stream.isHungUp)
    stream.close()
    #expect(stream.isHungUp)
  }

  @Test func `a released stream closes its descriptor, and so does a closed one, once`()
    async throws
  {
    // Descriptor numbers are given out lowest first: leaking one in each of 5000 rounds would
    // exceed any usual limit of a process.
    for round in 0..<5000 {
      let pair = try PseudoTerminal()
      if round.isMultiple(of: 2) { pair.master.close() }
    }
  }

  @Test func `a hundred lines at once each carry their own bytes`() async throws {
    let loop = try EventLoop()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          let pair = try PseudoTerminal(loop: loop)
          let slave = try SerialPort.open(pair.slavePath, bitsPerSecond: nil, loop: loop)
          for round in 0..<10 {
            let bytes = [UInt8(number), UInt8(round)]
            try await slave.write(bytes)
            var echo: [UInt8] = []
            while echo.count < 2 { echo += try await pair.master.read(upTo: 2) }
            #expect(echo == bytes)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Two ends of a TCP connection over loopback.
func connectedPair() async throws -> (ByteStream, ByteStream) {
  let listener = try SocketListener(loopbackPort: 0)
  async let accepted = listener.accept()
  let near = try await SocketConnection.tcp(
    host: "127.0.0.1", port: listener.port, until: .distantFuture)
  return (near, try await accepted)
}

/// Bytes in flight as they are often kept: a table of packets beside a counter.
struct LooseFlight: Sendable {
  struct Packet: Sendable {
    var bytes: Int
    var stream: Int
  }

  var packets: [Int: Packet] = [:]
  private(set) var taken = 0
  private(set) var released = 0

  var outstanding: Int { taken - released }

  mutating func send(_ id: Int, _ bytes: Int, of stream: Int) {
    packets[id] = Packet(bytes: bytes, stream: stream)
    taken += bytes
  }

  func bytes(of stream: Int) -> Int {
    packets.values.filter { $0.stream == stream }.reduce(0) { $0 + $1.bytes }
  }

  mutating func release(_ bytes: Int) { released += bytes }

  mutating func acknowledge(_ id: Int) {
    guard let packet = packets.removeValue(forKey: id) else { return }
    release(packet.bytes)
  }

  mutating func forget(_ stream: Int) { packets = packets.filter { $0.value.stream != stream } }

  mutating func drop(_ stream: Int) {
    release(bytes(of: stream))
    forget(stream)
  }
}

/// What packets are written to: whoever writes may lose its turn.
actor DatagramSocket {
  private(set) var sent = 0

  func write(_ bytes: Int) async {
    sent += bytes
    await Task.yield()
  }
}

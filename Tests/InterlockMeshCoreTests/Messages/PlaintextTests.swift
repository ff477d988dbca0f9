import Testing

@testable import InterlockMeshCore

@Suite struct PlaintextTests {
  @Test func `a text survives its padding and is cut at 160 bytes`() throws {
    let text = TextMessage(timestamp: 1, kind: .command, attempt: 3, text: "set tx 22")
    #expect(text.flags == 0x0F)
    #expect(TextMessage(parsing: text.plaintext + [0, 0, 0]) == text)
    let long = TextMessage(timestamp: 1, text: String(repeating: "é", count: 100))
    #expect(long.textBytes.count == 160)
    #expect(
      TextMessage(timestamp: 1, text: String(repeating: "€", count: 100)).textBytes.count == 159)
  }

  @Test func `a signed text names its author`() throws {
    let text = try #require(TextMessage(parsing: [1, 0, 0, 0, 0x08, 9, 8, 7, 6, 0x41, 0]))
    #expect(text.kind == .signed)
    #expect(text.author == [9, 8, 7, 6])
    #expect(text.text == "A")
    #expect(text.plaintext == [1, 0, 0, 0, 0x08, 9, 8, 7, 6, 0x41])
    #expect(TextMessage(parsing: [1, 0, 0, 0, 0x08, 9, 8, 7]) == nil)
  }

  @Test func `plaintexts that end too early are refused`() {
    for count in 0..<5 {
      let short = [UInt8](repeating: 0, count: count)
      #expect(TextMessage(parsing: short) == nil)
      #expect(RequestMessage(parsing: short) == nil)
      #expect((ResponseMessage(parsing: short) == nil) == (count < 4))
      #expect((AnonymousRequest(parsing: short) == nil) == (count < 4))
      #expect((Acknowledgement(parsing: short[...]) == nil) == (count < 4))
    }
    #expect(PathReturn(parsing: []) == nil)
    #expect(PathReturn(parsing: [0x02, 1, 2]) == nil, "no extra type")
    #expect(PathReturn(parsing: [0xC1, 1, 2, 3, 4, 5]) == nil, "reserved hash size")
    #expect(PathReturn(parsing: [0x61] + [UInt8](repeating: 1, count: 80)) == nil, "path too long")
    #expect(ChannelData(parsing: [1, 0, 3, 1, 2]) == nil)
    #expect(ChannelData(type: 1, data: [UInt8](repeating: 0, count: 256)) == nil)
    #expect(AnonymousRequest(parsing: [0, 0, 0, 0, 1]) == nil, "no path")
    #expect(AnonymousRequest(parsing: [0, 0, 0, 0, 1, 0x02, 9]) == nil, "half a path")
    #expect(Multipart(parsing: []) == nil)
  }

  @Test func `requests and answers come back`() throws {
    let request = RequestMessage(timestamp: 5, kind: .neighbours, parameters: [1, 2])
    #expect(RequestMessage(parsing: request.plaintext) == request)
    let response = ResponseMessage(tag: 5, data: [3])
    #expect(ResponseMessage(parsing: response.plaintext) == response)
    let field = try #require(PathField(hopCount: 2, hashSize: 2))
    let question = AnonymousRequest(
      timestamp: 5, content: .question(.clock, replyPath: field, path: [1, 2, 3, 4]))
    #expect(AnonymousRequest(parsing: question.plaintext + [0, 0]) == question)
    let path = try #require(
      PathReturn(pathField: field, path: [1, 2, 3, 4], extraTypeByte: 0xFF, extra: [9, 9, 9, 9]))
    #expect(PathReturn(parsing: path.plaintext) == path)
    #expect(!path.hasExtra)
    #expect(PathReturn(pathField: field, path: [1], extraTypeByte: 3, extra: []) == nil)
  }

  @Test func `acknowledgements of four and six bytes keep what they brought`() throws {
    for payload: [UInt8] in [[1, 2, 3, 4], [1, 2, 3, 4, 5, 6]] {
      let acknowledgement = try #require(Acknowledgement(parsing: payload[...]))
      #expect(acknowledgement.checksum == 0x0403_0201)
      #expect(acknowledgement.payload == payload)
      let part = Multipart(remaining: 1, innerType: .acknowledgement, inner: payload)
      #expect(part.payload[0] == 0x13)
      let read = try #require(Multipart(parsing: part.payload[...]))
      #expect(read.acknowledgement == acknowledgement)
    }
    #expect(Multipart(parsing: [0x15, 1, 2, 3, 4])?.acknowledgement == nil)
    #expect(Multipart(parsing: [0x13, 1, 2, 3])?.acknowledgement == nil)
  }

  @Test func `discovery asks for types and is answered with a key or its beginning`() throws {
    for since in [nil, UInt32(77)] {
      let request = DiscoveryRequest(wantsPrefixOnly: true, filter: 0x04, tag: 9, since: since)
      #expect(DiscoveryRequest(parsing: request.payload[...]) == request)
      #expect(request.asksFor(.repeater))
      #expect(!request.asksFor(.roomServer) && !request.asksFor(NodeType(rawValue: 10)))
    }
    let key = try Identity(seed: IdentityTests.seed(1)).publicKey
    for prefixOnly in [false, true] {
      let response = DiscoveryResponse(
        nodeType: .repeater, snrQuarterDB: -30, tag: 9, key: key, prefixOnly: prefixOnly)
      #expect(response.payload.count == (prefixOnly ? 14 : 38))
      #expect(DiscoveryResponse(parsing: response.payload[...]) == response)
      #expect(response.publicKey == (prefixOnly ? nil : key))
      #expect(DiscoveryResponse(parsing: response.payload[..<13]) == nil)
    }
    #expect(DiscoveryRequest(parsing: [0x90, 4, 0, 0, 0, 0]) == nil)
    #expect(DiscoveryResponse(parsing: [0x80, 4, 0, 0, 0, 0][...]) == nil)
  }
}

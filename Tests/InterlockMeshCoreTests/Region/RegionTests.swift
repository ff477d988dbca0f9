import InterlockCrypto
import Testing

@testable import InterlockMeshCore

@Suite struct RegionTests {
  @Test func `a leading mark makes no difference, case does`() throws {
    let (plain, marked) = (try Region("nl"), try Region("#nl"))
    #expect(plain.name == "#nl" && marked.name == "#nl")
    #expect(plain.keyBytes == marked.keyBytes)
    #expect(plain.keyBytes == Array(SHA256.digest(of: Array("#nl".utf8)).prefix(16)))
    #expect(try Region("NL").keyBytes != plain.keyBytes)
  }

  @Test func `names have 1 to 30 allowed bytes`() throws {
    for name in [
      "a", "uk-south", "Pacific-NW", "a#b$c", "größe", String(repeating: "x", count: 30),
    ] {
      _ = try Region(name)
    }
    for name in ["", "#", "$"] {
      #expect(throws: RegionError.emptyName) { try Region(name) }
    }
    let long = String(repeating: "x", count: 31)
    #expect(throws: RegionError.nameTooLong(long)) { try Region(long) }
    for (name, byte) in [
      ("a b", UInt8(0x20)), ("a.b", 0x2E), ("*", 0x2A), ("a\n", 0x0A), ("a@", 0x40),
    ] {
      #expect(throws: RegionError.forbiddenCharacter(name, byte)) { try Region(name) }
    }
  }

  @Test func `a private region has the key it is given and a public one none`() throws {
    let key = [UInt8](repeating: 9, count: 16)
    let region = try Region("$club", privateKey: key)
    #expect(region.isPrivate && region.name == "$club" && region.keyBytes == key)
    #expect(throws: RegionError.privateKeyNeeded("$club")) { try Region("$club") }
    #expect(throws: RegionError.privateKeyNeeded("$club")) {
      try Region("$club", privateKey: [1, 2])
    }
    #expect(throws: RegionError.keyNotAllowed("club")) { try Region("club", privateKey: key) }
  }

  @Test func `codes are never 0 or ffff`() throws {
    // A payload whose code comes out as the forbidden value is found by search, not by luck: the
    // code of every payload is the HMAC's, but for those two.
    let region = try Region("nl")
    var replaced: Set<UInt16> = []
    for n in 0..<UInt32(400_000) {
      let payload = [
        UInt8(truncatingIfNeeded: n), UInt8(truncatingIfNeeded: n >> 8),
        UInt8(truncatingIfNeeded: n >> 16),
      ]
      let code = region.code(type: 5, payload: payload.span)
      guard code == 1 || code == 0xFFFE else { continue }
      let mac = HMACSHA256.authenticate(key: region.keyBytes, message: [5] + payload)
      let raw = UInt16(mac[0]) | UInt16(mac[1]) << 8
      if raw != code { replaced.insert(raw) }
      #expect(raw == code || (raw == 0 && code == 1) || (raw == 0xFFFF && code == 0xFFFE))
      if replaced.count == 2 { break }
    }
    #expect(replaced == [0, 0xFFFF])
  }

  @Test func `a table finds the region that allows a packet`() throws {
    var table = RegionTable()
    try table.add(Region("nl"), allowsFlood: true)
    try table.add(Region("de"), allowsFlood: false)
    #expect(throws: RegionError.duplicate("#nl")) {
      try table.add(Region("#nl"), allowsFlood: false)
    }
    let payload: [UInt8] = [1, 2, 3]
    let (nl, de) = (try Region("nl"), try Region("de"))
    let found = table.allowedRegion(
      code: nl.code(type: 2, payload: payload.span), type: 2, payload: payload.span)
    #expect(found?.name == "#nl")
    let denied = table.allowedRegion(
      code: de.code(type: 2, payload: payload.span), type: 2, payload: payload.span)
    #expect(denied?.name == nil)
    let otherType = table.allowedRegion(
      code: nl.code(type: 3, payload: payload.span), type: 2, payload: payload.span)
    #expect(otherType?.name == nil)
    let none = table.allowedRegion(code: 0, type: 2, payload: payload.span)
    #expect(none?.name == nil)
    #expect(table["#de"]?.allowsFlood == false)
  }

  @Test func `a table holds at most 32 regions`() throws {
    var table = RegionTable()
    for n in 0..<32 { try table.add(Region("r\(n)"), allowsFlood: true) }
    #expect(throws: RegionError.tableFull(32)) { try table.add(Region("more"), allowsFlood: true) }
  }
}

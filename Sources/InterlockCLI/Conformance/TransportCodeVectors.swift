internal import InterlockMeshCore
internal import InterlockWire

extension ConformanceChecker {
  /// transport_codes.json: how a packet is bound to a region.
  static let transportCodes = ConformanceChecker(
    schema: "interlock.meshcore.transport-codes/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkCode(&current) }])

  private static func checkCode(_ current: inout ConformanceCase) throws(JSONError) {
    let name: String = try current.input("region")
    // The key of a private region cannot be computed, only used.
    let privateKey = name.hasPrefix("$") ? try current.bytes("key16") : nil
    let region: Region
    do { region = try Region(name, privateKey: privateKey) } catch {
      return current.mismatch("region", expected: "a region", got: error.description)
    }
    let packet = try current.packet("packetHex")
    try current.expect("canonicalName", .string(region.name))
    try current.expect("key16", bytes: region.keyBytes)
    try current.expect("payloadType", number: packet.payloadType.rawValue)
    try current.expect("payload", bytes: packet.payload)
    let code = region.code(type: packet.payloadType.rawValue, payload: packet.payload.span)
    try current.expect("code", number: code)
    try current.expect(
      "codeBytesLE", bytes: [UInt8(truncatingIfNeeded: code), UInt8(code >> 8)])
    var table = RegionTable()
    try? table.add(region, allowsFlood: true)  // an empty table has room
    let found = table.allowedRegion(
      code: try current.input("code"), type: packet.payloadType.rawValue,
      payload: packet.payload.span)
    try current.expect("canonicalName", found.map { .string($0.name) } ?? .null)
  }
}

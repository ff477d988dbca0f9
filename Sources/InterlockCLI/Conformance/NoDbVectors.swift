internal import InterlockRedis
internal import InterlockWire

extension ConformanceChecker {
  /// nodb.json: the keys of NoDb's locks, what stands in them, and what a scope holds.
  static let nodb = ConformanceChecker(
    schema: "nodb.json",
    lists: [
      List("keys") { (current) throws(JSONError) in
        let run: String = try current.input("runid")
        let path: String = try current.input("relpath")
        let name = NoDbName("\(run)|\(path)")
        try current.expect("key", .string("nodb-lock:\(name.key)"))
        try current.expect("hash", .string(String(name.run)))
        try current.expect("field", name.field.map { .string($0) } ?? .null)
      },
      List("values") { (current) throws(JSONError) in
        let payload = NoDbPayload(parsing: try current.input("value"))
        try current.expect("token", .string(payload.token))
        try current.expect("owner", payload.owner.map { .string($0) } ?? .null)
        try current.expect("ttl", number: payload.ttl)
      },
      List("scope") { (current) throws(JSONError) in
        let path: String = try current.input("relpath")
        let scope = current.has("scope") ? try current.input("scope", as: String.self) : nil
        let isInside = NoDbName("run|\(path)").isBelow(NoDbName(scope.map { "run|\($0)" } ?? "run"))
        try current.expect("inside", .bool(isInside))
      },
    ])
}

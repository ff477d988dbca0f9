internal import Interlock
internal import InterlockWire

extension ConformanceChecker {
  /// fences.json: the fence of a grant, by what is remembered, what time it is, and what was seen.
  static let fences = ConformanceChecker(
    schema: "fences.json",
    lists: [
      List("cases") { (current) throws(JSONError) in
        let fence = Fence(
          after: try fence(&current, "register"), at: try current.input("time_us"),
          above: try fence(&current, "floor"))
        try current.expect("fence", .string("\(fence)"))
      }
    ])

  private static func fence(
    _ current: inout ConformanceCase, _ path: String
  ) throws(JSONError) -> Fence? {
    guard current.has(path) else { return nil }
    // Half of what a fence can be, so that a greater one always can.
    let number: Int64 = try current.input(path)
    guard number >= 0 else {
      throw JSONError("\(path): no fence is \(number)", at: current.value.position)
    }
    return Fence(UInt64(number))
  }
}

/// Tells builds apart that may take other steps for the same body.
package enum Build {
  /// Four hexadecimal digits of the compiler, the optimisation and the file the body stands in.
  static func identifier(of file: String) -> String {
    identifier(of: file, compiler, isOptimised)
  }

  /// Those of this file in every build whose schedules could be handed to this one.
  static func identifiers(of file: String) -> [String] {
    ["6.2", "6.3", "6.4"].flatMap { compiler in
      [false, true].map { identifier(of: file, compiler, $0) }
    }
  }

  private static func identifier(
    of file: String, _ compiler: String, _ isOptimised: Bool
  ) -> String {
    var hash = TraceHash()
    for byte in "\(compiler) \(isOptimised) \(file)".utf8 { hash.mix(UInt64(byte)) }
    let digits = String(hash.check, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// Whether the compiler has joined steps that need not be apart.
  package static var isOptimised: Bool {
    var isDebug = false
    assert(
      {
        isDebug = true
        return true
      }())
    return !isDebug
  }
}

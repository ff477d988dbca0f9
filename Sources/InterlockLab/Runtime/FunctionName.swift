internal import CInterlockLab
internal import Glibc

/// A function as a reader knows it, from the name that the compiler gave it.
enum FunctionName {
  /// What the compiler adds, and nobody wrote.
  private static let additions = ["partial apply", "reabstraction thunk", "implicit closure"]
  private static let separator = " in "
  private static let placeholder = "\u{0}"
  /// Modules whose functions a reader did not write either.
  private static let modules = ["Swift", "_Concurrency", "InterlockLab"]

  /// - Parameter symbol: The bytes of the symbol.
  /// - Returns: nil for a function that nobody wrote.
  static func of(symbol: [UInt8]) -> String? {
    let text = unsafe symbol.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { mangled in
      unsafe mangled.baseAddress.flatMap { unsafe interlock_lab_demangle($0, mangled.count) }
    }
    guard let text = unsafe text else { return nil }
    defer { unsafe free(text) }
    return short(unsafe String(cString: text))
  }

  /// `Gate.enter()` for `(2) await resume partial function for Module.(Gate in _8A3F).enter() async -> ()`.
  static func short(_ demangled: String) -> String? {
    guard !additions.contains(where: demangled.contains) else { return nil }
    let text =
      demangled
      .replacing(#/^\(\d+\) (await|suspend) resume partial function for /#, with: "")
      .replacing(#/\((\w+) in _[0-9A-F]+\)/#) { "\($0.output.1)" }
      // A raw identifier may have the separator in it.
      .replacing(#/`[^`]*`/#) { $0.output.replacing(separator, with: placeholder) }
    let scopes = text.split(separator: separator).map(String.init)
    guard let outermost = scopes.last.flatMap(module), !modules.contains(outermost) else {
      return nil
    }
    return scopes.map(scope).joined(separator: separator)
      .replacing(placeholder, with: separator)
  }

  private static func module(of scope: String) -> String? {
    scope.firstMatch(of: #/^(?:static )?(\w+)\./#).map { String($0.output.1) }
  }

  /// Without its module, the types of its parameters and what follows.
  private static func scope(_ text: String) -> String {
    if let closure = text.prefixMatch(of: #/closure #\d+/#) { return String(closure.output) }
    guard let match = text.prefixMatch(of: #/(?:static )?\w+\.((?:[\w.]|`[^`]*`)+)(\(\)?)?/#) else {
      return text
    }
    let parameters =
      switch match.output.2 {
      case "()": "()"
      case "(": "(…)"
      default: ""
      }
    return match.output.1 + parameters
  }
}

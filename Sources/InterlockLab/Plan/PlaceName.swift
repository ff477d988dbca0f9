/// What an exploration is called whose plan has no name: the place of the call.
enum PlaceName {
  /// - Parameters:
  ///   - file: The module, a slash, and the file, as `#fileID` has them.
  ///   - line: The line in it.
  /// - Returns: the file without its ending, a dot, and the line: `CacheTests.42`.
  static func of(file: String, line: Int) -> String {
    let name = file.split(separator: "/").last ?? ""
    return "\(name.hasSuffix(".swift") ? name.dropLast(6) : name).\(line)"
  }
}

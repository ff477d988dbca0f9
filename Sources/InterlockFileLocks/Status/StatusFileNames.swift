internal import InterlockLocks

/// What the files of a board are called.
///
/// All lie flat in one folder, so that a board in the folder a legacy program works in finds that program's flags and
/// the program finds the board's:
///
/// | file | what it is |
/// | --- | --- |
/// | `.FCRunning1` | a flag; only the names of ``LegacyFlag`` are ever made |
/// | `.FCRunning1.il.json` | the whole entry of that flag |
/// | `.<name>.il.json` | any other status without a scope |
/// | `.<scope>%00<name>.il.json` | any other status in a scope: no name has U+0000, so no two are written alike |
/// | `.il-board.lock` | locked while anything is changed |
enum StatusFileNames {
  static let lock = ".il-board.lock"
  static let ending = ".il.json"

  /// The file with the whole entry.
  static func sidecar(_ key: StatusKey) -> String {
    if let flag = key.flag { return flag.file + ending }
    var name = Array(key.name.text.utf8)
    if let scope = key.scope { name = Array(scope.text.utf8) + [0] + name }
    return "." + NameEncoding.file(name) + ending
  }

  /// The name of the status whose entry `file` has, as it is encoded; nil when it is no such file.
  static func base(ofSidecar file: String) -> Substring? {
    guard file.hasPrefix("."), file.hasSuffix(ending), file.count > ending.count + 1 else {
      return nil
    }
    return file.dropFirst().dropLast(ending.count)
  }

  /// The file that `temporary` was to become, without its dot; nil when it is not left of a change.
  static func target(ofTemporary temporary: String) -> Substring? {
    let parts = temporary.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].isEmpty, UInt32(parts[parts.count - 1]) != nil,
      Int32(parts[parts.count - 2]) != nil
    else { return nil }
    let tail = parts[parts.count - 2].count + parts[parts.count - 1].count + 2
    let target = temporary.dropLast(tail)
    guard LegacyFlag(file: target) != nil || base(ofSidecar: String(target)) != nil else {
      return nil
    }
    return target.dropFirst()
  }
}

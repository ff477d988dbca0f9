internal import CInterlockLab

/// The functions that stand between the program and the runtime.
enum Shim {
  /// Whether the runtime has the hooks; asking puts them in place, once a process.
  static let isInPlace: Bool = {
    interlock_lab_watch_traps()
    return interlock_lab_install()
  }()
}

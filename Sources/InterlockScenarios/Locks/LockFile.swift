internal import InterlockLab

extension Scenario {
  /// A lock file is looked for, and then created.
  static let lockFile: Scenario = {
    let processes = Parameter("processes", 2)
    return Scenario(
      "lockfile.toctou",
      asks: "Can two processes own the same lock file?",
      parameters: [processes], foundWithin: 36
    ) { lab, variant in
      let directory = LockDirectory()
      let owners = Watched(0)
      lab.invariant("at most one owner") { owners.value <= 1 }
      await withTaskGroup(of: Void.self) { group in
        for process in 0..<processes.value {
          group.addTask(name: "process-\(process)") {
            if variant == .guarded {
              guard await directory.createExclusively("node.lock") else { return }
            } else {
              guard await !directory.exists("node.lock") else { return }
              await directory.create("node.lock")
            }
            owners.change { $0 += 1 }
          }
        }
      }
      lab.check(owners.value == 1, "\(owners.value) processes own the lock file")
    }
  }()
}

/// A directory as processes see it: each call to the kernel is one step.
///
/// `InterlockSystem` holds the real calls, and the kernel's lock on the file besides.
private actor LockDirectory {
  private var names: Set<String> = []

  /// The answer was true when it was given; the way back takes a turn.
  func exists(_ name: String) async -> Bool {
    let exists = names.contains(name)
    await Task.yield()
    return exists
  }

  func create(_ name: String) { names.insert(name) }

  /// Creates the file unless it exists.
  func createExclusively(_ name: String) -> Bool { names.insert(name).inserted }
}

internal import CInterlockLab

/// The functions a suspended task stands in, innermost first.
///
/// Each has a context with a reference to its caller's and the address at which that goes on; nothing of it is
/// promised, so whatever cannot be read, or belongs to no file, is left out.
struct CallStack {
  /// Deeper ones are cut: who waits is told by the last few.
  private static let deepest = 64
  private static let returnAddress: UInt = 8

  /// Those of the files of this process, read once.
  private static let tables = Shared<[String: SymbolTable?]>([:])

  /// What a reader wrote of it.
  func functions(of task: RuntimeObject, atMost count: Int) -> [String] {
    var functions: [String] = []
    var context = SafeMemory.word(at: task.address &+ RuntimeLayout.resumeContext) ?? 0
    for _ in 0..<Self.deepest where functions.count < count {
      guard context != 0, let caller = SafeMemory.word(at: context),
        let address = SafeMemory.word(at: context &+ Self.returnAddress)
      else { break }
      if let function = function(at: address), function != functions.last {
        functions.append(function)
      }
      context = caller
    }
    return functions
  }

  /// Where a suspended task stands: a hash of the functions it is to go on in; 0 for one that has returned.
  func place(of task: RuntimeObject) -> UInt64 {
    guard task.address != 0, !task.isComplete else { return 0 }
    var place = TraceHash()
    place.mix(UInt64(SafeMemory.word(at: task.address &+ RuntimeLayout.resumeFunction) ?? 0))
    var context = SafeMemory.word(at: task.address &+ RuntimeLayout.resumeContext) ?? 0
    for _ in 0..<Self.deepest {
      guard context != 0, let caller = SafeMemory.word(at: context),
        let address = SafeMemory.word(at: context &+ Self.returnAddress)
      else { break }
      place.mix(UInt64(address))
      context = caller
    }
    return place.value
  }

  private func function(at address: UInt) -> String? {
    var base: UInt = 0
    guard let file = unsafe interlock_lab_file_of(address, &base) else { return nil }
    let path = unsafe String(cString: file)
    // Libraries of the language: nobody who reads this wrote them.
    guard !path.contains("/libswift") else { return nil }
    let symbol = Self.tables.withLock { tables in
      if tables[path] == nil { tables[path] = .some(SymbolTable(path: path)) }
      return tables[path]??.symbol(at: UInt64(address - base))
    }
    return symbol.flatMap(FunctionName.of)
  }
}

internal import Glibc

/// The functions in a file of machine code, by the symbols it carries (System V ABI, chapter 4, 64 bits).
///
/// A file without symbols has none: then reports say less.
@safe final class SymbolTable {
  private struct Function {
    let start: UInt64
    let end: UInt64
    /// Where its symbol stands in the file.
    let name: Int
  }

  private let bytes: UnsafeRawBufferPointer
  private lazy var functions = readFunctions()

  /// The kinds of section that hold symbols: all of them, and those for the dynamic linker.
  private static let sectionKinds: [UInt32] = [2, 11]
  private static let function: UInt8 = 2

  private var count: Int { unsafe bytes.count }

  init?(path: String) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_size > 64,
      let start = unsafe mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0),
      unsafe start != MAP_FAILED
    else { return nil }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    guard load(0, as: UInt32.self) == 0x464C_457F, load(4, as: UInt8.self) == 2 else { return nil }
  }

  deinit {
    unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }

  /// The symbol of the function that an address lies in, from the beginning of the loaded file.
  func symbol(at address: UInt64) -> [UInt8]? {
    functions.first { $0.start <= address && address < $0.end }.flatMap { string(at: $0.name) }
  }

  /// Reads the symbols once: a program has hundreds of thousands.
  private func readFunctions() -> [Function] {
    guard let table = load(0x28, as: UInt64.self), let size = load(0x3A, as: UInt16.self),
      let count = load(0x3C, as: UInt16.self)
    else { return [] }
    var functions: [Function] = []
    let section = { (index: UInt32) in Int(clamping: table) + Int(index) * Int(size) }
    for index in 0..<UInt32(count) {
      let header = section(index)
      guard let kind = load(header + 4, as: UInt32.self), Self.sectionKinds.contains(kind),
        let names = load(header + 0x28, as: UInt32.self),
        let start = load(header + 0x18, as: UInt64.self),
        let length = load(header + 0x20, as: UInt64.self),
        let text = load(section(names) + 0x18, as: UInt64.self)
      else { continue }
      let first = Int(clamping: start)
      let end = min(self.count, first + Int(clamping: min(length, UInt64(self.count))))
      for symbol in stride(from: first, to: end, by: 24) {
        guard let kind = load(symbol + 4, as: UInt8.self), kind & 0xF == Self.function,
          let value = load(symbol + 8, as: UInt64.self),
          let extent = load(symbol + 16, as: UInt64.self), extent > 0,
          let name = load(symbol, as: UInt32.self)
        else { continue }
        functions.append(
          Function(start: value, end: value &+ extent, name: Int(clamping: text) + Int(name)))
      }
    }
    return functions
  }

  private func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value? {
    guard offset >= 0, offset <= count - MemoryLayout<Value>.size else { return nil }
    return unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
  }

  private func string(at offset: Int) -> [UInt8]? {
    guard offset >= 0, offset < count else { return nil }
    return unsafe Array(bytes[offset...].prefix { $0 != 0 })
  }
}

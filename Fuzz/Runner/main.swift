// interlock-fuzz TARGET [libFuzzer's own arguments]
//
// libFuzzer's loop takes a C function, which cannot carry the target with it: hence the global.
internal import CFuzzer
internal import InterlockFuzzTargets

let names = FuzzTarget.all.map(\.name)
guard CommandLine.arguments.count > 1,
  let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] })
else {
  print("usage: interlock-fuzz \(names.joined(separator: "|")) [-runs=N] [CORPUS]")
  fatalError("no such target")
}

enum Selected {
  // Written once, before the loop that reads it begins.
  nonisolated(unsafe) static var run: @Sendable ([UInt8]) -> Void = { _ in }
}
unsafe Selected.run = target.run

// The loop expects the program's name first: the target's takes its place.
var count = CommandLine.argc - 1
var arguments = unsafe Optional(CommandLine.unsafeArgv.advanced(by: 1))
_ = unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
  unsafe Selected.run([UInt8](UnsafeBufferPointer(start: data, count: size)))
  return 0
}

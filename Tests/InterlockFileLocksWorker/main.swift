// A process that locks, for tests of locks between processes.
//
//   serve DIR                              does what lines on its standard input say, and prints what happens
//   loop DIR NAME MODE HOLD LOG SEED       takes and gives back until it is ended, and writes a history
//   pairs DIR NAME COUNT                   takes and gives back so often alone, and prints how long that took
import InterlockFileLocks
import InterlockLocks

let words = CommandLine.arguments
switch words.dropFirst().first {
case "serve":
  var service = try Service(directory: words[2])
  try service.run()
case "loop": try Loop(words).run()
case "pairs": try Pairs.run(directory: words[2], name: words[3], count: Int(words[4]) ?? 1)
default: fatalError("unknown: \(words)")
}

internal import InterlockTestKit

/// What the processes of a drill have told so far.
struct DrillLog: Sendable {
  private(set) var history = LockHistory()
  /// What does not agree, as they found it.
  private(set) var findings: [String] = []
  /// Lines that were not events.
  private(set) var notes: [Int: [String]] = [:]
  /// What they complained of.
  private(set) var complaints: [Int: [String]] = [:]
  private(set) var statuses: [Int: Int32] = [:]
  private var lastEvents: [Int: LockEventRecord] = [:]
  private var kinds: [Int: [LockEventRecord.Kind: Int]] = [:]

  mutating func add(_ event: LockEventRecord) {
    kinds[event.process, default: [:]][event.kind, default: 0] += 1
    lastEvents[event.process] = event
    history.add(event)
  }

  mutating func printed(_ line: String, by worker: Int) {
    if let event = LockEventRecord(line) {
      add(event)
    } else if line.hasPrefix("finding ") {
      findings.append(String(line.dropFirst("finding ".count)))
    } else if line.hasPrefix("note ") {
      notes[worker, default: []].append(String(line.dropFirst("note ".count)))
    }
  }

  mutating func complained(_ line: String, by worker: Int) {
    complaints[worker, default: []].append(line)
  }

  mutating func ended(_ worker: Int, status: Int32) { statuses[worker] = status }

  /// How often a process told of something; all of them for nil.
  func count(_ kind: LockEventRecord.Kind, of worker: Int? = nil) -> Int {
    guard let worker else { return kinds.values.reduce(0) { $0 + ($1[kind] ?? 0) } }
    return kinds[worker]?[kind] ?? 0
  }

  /// What a process told of last.
  func last(of worker: Int) -> String {
    lastEvents[worker].map { "told last: \($0)" } ?? "told nothing"
  }

  func has(_ worker: Int, _ kind: LockEventRecord.Kind) -> Bool { count(kind, of: worker) > 0 }
}

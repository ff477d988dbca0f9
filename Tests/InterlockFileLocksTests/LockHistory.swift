/// What happened to one exclusive lock, as its holders and whoever ended them wrote it down; and whether that may be.
///
/// Pure: times come with the events, on one clock.
struct LockHistory {
  /// A grant.
  struct Grant: Hashable {
    var worker: Int32
    /// Before it was asked for, and after the request had returned: its ticket was taken between.
    var asked: Int64
    var answered: Int64
    /// When the holder knew that it has it.
    var granted: Int64
    var fence: UInt64
    /// Before it was given back; nil when it never was.
    var released: Int64?
  }

  private(set) var grants: [Grant] = []
  private var ends: [Int32: Int64] = [:]

  /// Reads lines as workers write them; the last may be torn by their end.
  mutating func read(_ text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().map { Int64($0) ?? -1 }
      switch words.first {
      case "A" where numbers.count == 5:
        grants.append(
          Grant(
            worker: Int32(numbers[0]), asked: numbers[1], answered: numbers[2],
            granted: numbers[3], fence: UInt64(numbers[4])))
      case "R" where numbers.count == 3:
        let (worker, fence) = (Int32(numbers[0]), UInt64(numbers[2]))
        if let index = grants.lastIndex(where: { $0.worker == worker && $0.fence == fence }) {
          grants[index].released = numbers[1]
        }
      default: break
      }
    }
  }

  /// Notes that a worker was killed, by a signal sent after `time`: it did nothing from some instant after that on.
  mutating func killed(_ worker: Int32, at time: Int64) {
    ends[worker] = time
  }

  /// What cannot be; empty when all is well.
  func faults() -> [String] {
    var faults: [String] = []
    let line = grants.sorted { $0.granted < $1.granted }
    for (first, second) in zip(line, line.dropFirst()) {
      if second.fence <= first.fence {
        faults.append("fence \(second.fence) was given after \(first.fence)")
      }
      let end = first.released ?? ends[first.worker]
      if let end, second.granted < end {
        faults.append(
          "worker \(second.worker) got it \(end - second.granted) ns before \(first.worker) gave it up"
        )
      }
      if end == nil {
        faults.append("worker \(second.worker) got it while \(first.worker) has it")
      }
    }
    // Whoever had its place before another asked comes first.
    let tickets = grants.sorted { $0.fence < $1.fence }
    var earliest = Int64.max
    for grant in tickets.reversed() {
      if earliest < grant.asked {
        faults.append(
          "worker \(grant.worker) with fence \(grant.fence) overtook one that asked first")
      }
      earliest = min(earliest, grant.answered)
    }
    return faults
  }
}

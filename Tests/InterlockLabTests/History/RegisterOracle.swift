import InterlockLab

/// Judges long histories of a register in which no value is written twice, by another way than a search.
///
/// The operations on one value form a cluster. Its zone lies between the first return and the last call among
/// them: forward if the return comes first, when the value must be there from one to the other; else backward,
/// when they can all happen at one moment in it. A history is linearizable if and only if no value is read
/// before it is written, no two forward zones overlap and no forward zone holds a backward one.
///
/// *Source*: Gibbons, Korach: Testing shared memories, SIAM Journal on Computing 26(4), 1997.
struct RegisterOracle {
  private struct Cluster {
    var write: RecordedOperation<RegisterModel<Int>>?
    var firstReturn = Int.max
    var lastCall = Int.min
    var isRead = false

    var isForward: Bool { firstReturn < lastCall }
    var zone: ClosedRange<Int> { min(firstReturn, lastCall)...max(firstReturn, lastCall) }
  }

  let isLinearizable: Bool

  init(_ history: History<RegisterModel<Int>>, initial: Int) {
    var clusters: [Int: Cluster] = [:]
    // The initial value was written before everything.
    clusters[initial] = Cluster(firstReturn: -1, lastCall: -2)
    for recorded in history.operations {
      let value: Int
      switch (recorded.operation, recorded.result) {
      case (.write(let written), _): value = written
      case (.read, .value(let read)): value = read
      case (.read, _): continue
      }
      var cluster = clusters[value, default: Cluster()]
      if recorded.operation == .read { cluster.isRead = true } else { cluster.write = recorded }
      cluster.firstReturn = min(cluster.firstReturn, recorded.returned ?? .max)
      cluster.lastCall = max(cluster.lastCall, recorded.called)
      clusters[value] = cluster
    }
    isLinearizable = Self.judge(clusters, initial: initial)
  }

  private static func judge(_ clusters: [Int: Cluster], initial: Int) -> Bool {
    var zones: [Cluster] = []
    for (value, cluster) in clusters {
      if value != initial {
        guard let write = cluster.write, cluster.firstReturn > write.called else { return false }
        // A write that never returned and was never seen need not have happened.
        if write.returned == nil, !cluster.isRead { continue }
      }
      zones.append(cluster)
    }
    let forward = zones.filter(\.isForward).map(\.zone).sorted { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(forward, forward.dropFirst())
    where second.lowerBound < first.upperBound {
      return false
    }
    return zones.allSatisfy { cluster in
      cluster.isForward
        || !forward.contains {
          $0.lowerBound < cluster.zone.lowerBound && cluster.zone.upperBound < $0.upperBound
        }
    }
  }
}

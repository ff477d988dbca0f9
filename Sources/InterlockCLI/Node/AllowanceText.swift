internal import Interlock
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockWire

/// The airtime account in words.
enum AllowanceText {
  private static let barWidth = 20

  /// The rule.
  static func of(_ node: NodeSnapshot) -> String {
    let windows = node.transmit.airtime.map {
      "\($0.limit.allowance.forReading) in any \($0.limit.window.forReading)"
    }
    return node.allowance + (windows.isEmpty ? "" : ": " + windows.joined(separator: ", "))
  }

  /// How much of it is used, and what waits.
  static func gauge(_ node: NodeSnapshot) -> String {
    let counters = node.transmit.counters
    let windows = node.transmit.airtime.map { usage in
      "\(bar(usage.utilization)) \(amount(of: usage))"
    }
    let account =
      windows.isEmpty
      ? "\(node.transmit.airtimeTotals.sent.forReading), no limit"
      : windows.joined(separator: "  ")
    return "\(account)  \(node.repeater.counters.received) heard, \(counters.sent) sent, "
      + "\(node.transmit.pending) waiting"
  }

  /// One window in figures: `12 s of 36 s (33.3 %)`.
  static func amount(of usage: RollingBudget.Usage) -> String {
    let text = "\(usage.used.forReading) of \(usage.limit.allowance.forReading)"
    // Nothing is no part of nothing.
    guard usage.limit.allowance > .zero else { return text }
    let tenths = Int((usage.utilization * 1000).rounded())
    return "\(text) (\(tenths / 10).\(tenths % 10) %)"
  }

  private static func bar(_ part: Double) -> String {
    let full = Int((min(max(part, 0), 1) * Double(barWidth)).rounded(.up))
    return String(repeating: "█", count: full) + String(repeating: "░", count: barWidth - full)
  }
}

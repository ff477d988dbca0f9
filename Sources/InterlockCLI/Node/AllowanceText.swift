internal import Interlock
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio

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
      let spent = usage.spent + usage.pending
      let part = share(spent, of: usage.limit.allowance)
      return "\(bar(part)) \(spent.forReading) of \(usage.limit.allowance.forReading) "
        + "(\(percent(part)))"
    }
    let account =
      windows.isEmpty
      ? "\(node.transmit.airtimeTotals.sent.forReading), no limit"
      : windows.joined(separator: "  ")
    return "\(account)  \(node.repeater.counters.received) heard, \(counters.sent) sent, "
      + "\(node.transmit.pending) waiting"
  }

  static func share(_ spent: Duration, of allowance: Duration) -> Double {
    allowance > .zero ? spent / allowance : 0
  }

  static func percent(_ part: Double) -> String {
    let tenths = Int((part * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  private static func bar(_ part: Double) -> String {
    let full = min(barWidth, max(0, Int((part * Double(barWidth)).rounded(.up))))
    return String(repeating: "█", count: full) + String(repeating: "░", count: barWidth - full)
  }
}

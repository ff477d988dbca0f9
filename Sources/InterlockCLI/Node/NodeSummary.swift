internal import Interlock
internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockWire

/// What a node did in all, for the end.
struct NodeSummary {
  private let node: NodeSnapshot

  init(_ node: NodeSnapshot) { self.node = node }

  /// A few lines.
  var text: String {
    let heard = node.repeater.counters
    let sent = node.transmit.counters
    var rows = [
      ("ran", node.uptime.forReading),
      (
        "heard",
        "\(heard.received) packets: \(heard.receivedFlood) floods, \(heard.receivedDirect) direct, "
          + "\(heard.duplicateFlood + heard.duplicateDirect) of them copies"
      ),
      (
        "relayed",
        "\(sent.relayedFlood + sent.relayedDirect) packets: \(sent.relayedFlood) floods, "
          + "\(sent.relayedDirect) direct"
      ),
      ("own", "\(sent.sent - sent.relayedFlood - sent.relayedDirect) packets"),
      (
        "not sent",
        "\(sent.dropped.total) dropped, \(sent.refused.total) refused, \(sent.failed) failed, "
          + "\(sent.unknown) unconfirmed"
      ),
    ]
    for usage in node.transmit.airtime {
      rows.append(
        ("airtime", "\(AllowanceText.amount(of: usage)) in \(usage.limit.window.forReading)"))
    }
    if node.transmit.airtime.isEmpty {
      rows.append(("airtime", "\(node.transmit.airtimeTotals.sent.forReading), no limit"))
    }
    rows.append(("neighbours", "\(node.repeater.neighbours.count)"))
    return HelpText.table(rows) + "\n"
  }
}

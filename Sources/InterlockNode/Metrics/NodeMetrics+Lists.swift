internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

// Lists, which are asked for by themselves.
extension NodeMetrics {
  /// The repeaters around, the one heard last first.
  static func neighbours(_ snapshot: RepeaterSnapshot) -> JSONObject {
    let list = snapshot.neighbours.sorted { $0.lastHeard > $1.lastHeard }
    return [
      "neighbours": .array(
        list.map { neighbour in
          [
            "key": .string(Hex.encode(neighbour.key)),
            "name": neighbour.name.map { .string($0) } ?? .null,
            "latitude": degrees(neighbour.location?.latitudeE6),
            "longitude": degrees(neighbour.location?.longitudeE6),
            "heard_s_ago": .integer(
              neighbour.lastHeard.duration(to: snapshot.takenAt).wholeNanoseconds / 1_000_000_000),
            "snr_db": decibels(neighbour.snrQuarterDB),
            "rssi_dbm": neighbour.rssiDBm.map { .integer($0) } ?? .null,
            "heard": .integer(neighbour.heardCount),
          ]
        })
    ]
  }

  /// Counts by upper bound, in the order of the bounds.
  static func histograms(_ counters: TransmitCounters) -> JSONObject {
    [
      "bounds_ms": .array(DurationHistogram.bounds.map { .double(milliseconds($0)) }),
      "delay": histogram(counters.delays),
      "queued": histogram(counters.timesQueued),
      "lbt_wait": histogram(counters.listenWaits),
      "send": histogram(counters.sendDurations),
      "airtime": histogram(counters.airtimes),
    ]
  }

  private static func histogram(_ histogram: DurationHistogram) -> JSONValue {
    [
      "counts": .array(histogram.counts.map { .integer($0) }),
      "sum_ms": .double(milliseconds(histogram.sum)),
    ]
  }

  static func decibels(_ quarters: Int?) -> JSONValue {
    quarters.map { .double(Double($0) / 4) } ?? .null
  }

  private static func degrees(_ millionths: Int32?) -> JSONValue {
    millionths.map { .double(Double($0) / 1e6) } ?? .null
  }
}

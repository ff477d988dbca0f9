internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
package import InterlockWire

/// A node's counters and gauges under their stable names.
///
/// *Source:* radio specification, section 7.2. Counters only grow while the node runs; names with a
/// unit end in it.
package enum NodeMetrics {
  /// Everything but lists.
  package static func json(_ snapshot: NodeSnapshot) -> JSONObject {
    [
      "version": .string(Version.current),
      "name": .string(snapshot.name),
      "public_key": .string("\(snapshot.publicKey)"),
      "uptime_s": .integer(snapshot.uptime.wholeNanoseconds / 1_000_000_000),
      "mode": .string(snapshot.transmit.mode.rawValue),
      "received": .object(received(snapshot)),
      "transmitted": .object(transmitted(snapshot.transmit)),
      "queue": .object(queue(snapshot)),
      "adverts": .object(adverts(snapshot.repeater.adverts)),
      "airtime": .object(airtime(snapshot.transmit, rule: snapshot.allowance)),
      "radio": .object(radio(snapshot)),
      "histograms": .object(histograms(snapshot.transmit.counters)),
    ]
  }

  private static func received(_ snapshot: NodeSnapshot) -> JSONObject {
    let counters = snapshot.repeater.counters
    var drops = JSONObject()
    for reason in RefusalReason.allCases where counters.dropped(reason) > 0 {
      drops[reason.name] = .integer(counters.dropped(reason))
    }
    var rejects = JSONObject()
    for error in PacketError.allCases where counters.rejected(error) > 0 {
      rejects[error.rawValue] = .integer(counters.rejected(error))
    }
    return [
      "frames": .integer(counters.received),
      "flood": .integer(counters.receivedFlood),
      "direct": .integer(counters.receivedDirect),
      "duplicate_flood": .integer(counters.duplicateFlood),
      "duplicate_direct": .integer(counters.duplicateDirect),
      "consumed": .integer(counters.consumed),
      "held": .integer(counters.held),
      "accepted_flood": .integer(counters.relayedFlood),
      "accepted_direct": .integer(counters.relayedDirect),
      "not_relayed": .object(drops),
      "rejected": .object(rejects),
    ]
  }

  private static func transmitted(_ snapshot: TransmitSnapshot) -> JSONObject {
    let counters = snapshot.counters
    return [
      "accepted": .integer(counters.accepted),
      "originated": .integer(counters.originated),
      "sent": .integer(counters.sent),
      "sent_flood": .integer(counters.sentFlood),
      "sent_direct": .integer(counters.sentDirect),
      "relayed_flood": .integer(counters.relayedFlood),
      "relayed_direct": .integer(counters.relayedDirect),
      "failed": .integer(counters.failed),
      "unknown": .integer(counters.unknown),
      "retries": .integer(counters.retries),
      "deferred": .integer(counters.deferred),
      "dropped": .object(counts(counters.dropped)),
      "refused": .object(counts(counters.refused)),
      "lbt_busy": .integer(counters.listenBusy),
      "lbt_exhausted": .integer(counters.listenExhausted),
      "breaker_openings": .integer(counters.breakerOpenings),
      "reinitialisations": .integer(counters.reinitialisations),
    ]
  }

  private static func counts(_ counts: DropCounts) -> JSONObject {
    var object = JSONObject()
    for reason in InterlockRadio.DropReason.allCases where counts[reason] > 0 {
      object[reason.rawValue] = .integer(counts[reason])
    }
    return object
  }

  private static func queue(_ snapshot: NodeSnapshot) -> JSONObject {
    [
      "delayed": .integer(snapshot.transmit.delayed),
      "ready": .integer(snapshot.transmit.ready),
      "in_flight": .integer(snapshot.transmit.inFlight),
      "held": .integer(snapshot.repeater.heldCount),
      "seen": .integer(snapshot.repeater.seenCount),
    ]
  }

  private static func adverts(_ reading: AdvertReading) -> JSONObject {
    [
      "barred": .integer(reading.barred),
      "tier": reading.tier.map { .string($0.rawValue) } ?? .null,
      "per_minute": reading.perMinute.map { .double($0) } ?? .null,
    ]
  }

  private static func airtime(_ snapshot: TransmitSnapshot, rule: String) -> JSONObject {
    let windows = snapshot.airtime.map { usage -> JSONValue in
      [
        "window_s": .integer(usage.limit.window.wholeNanoseconds / 1_000_000_000),
        "spent_ms": .double(milliseconds(usage.used)),
        "allowance_ms": .double(milliseconds(usage.limit.allowance)),
        "percent": usage.limit.allowance > .zero ? .double(usage.utilization * 100) : .null,
      ]
    }
    return [
      "rule": .string(rule),
      "windows": .array(windows),
      "sent_ms": .double(milliseconds(snapshot.airtimeTotals.sent)),
      "uncertain_ms": .double(milliseconds(snapshot.airtimeTotals.unknown)),
      "received_ms": .double(milliseconds(snapshot.airtimeTotals.received)),
    ]
  }

  private static func radio(_ snapshot: NodeSnapshot) -> JSONObject {
    let radio = snapshot.radio
    return [
      "device": radio.device.map { .string($0) } ?? .null,
      "is_down": .bool(snapshot.transmit.isRadioDown),
      "reconnects": .integer(radio.reconnects),
      "crc_errors": .integer(radio.receptionErrors),
      "lost_frames": .integer(radio.lostFrames),
      "lost_events": .integer(radio.lostOthers),
      "noise_floor_dbm": radio.noiseFloorDBm.map { .integer($0) } ?? .null,
      "last_snr_db": radio.lastSNRQuarterDB.map { .double(Double($0) / 4) } ?? .null,
      "last_rssi_dbm": radio.lastRSSIDBm.map { .integer($0) } ?? .null,
      "neighbours": .integer(snapshot.repeater.neighbours.count),
    ]
  }

  static func milliseconds(_ duration: Duration) -> Double {
    Double(duration.wholeNanoseconds) / 1_000_000
  }
}

/// Something that reads bytes it does not trust, and what must hold whatever the bytes are.
package struct FuzzTarget: Sendable {
  /// Its name on the command line, and its folder in `Fuzz/Corpus`.
  package let name: String
  /// Reads one input; traps when something does not hold.
  package let run: @Sendable ([UInt8]) -> Void

  /// All targets.
  package static let all = [
    advert, json, kiss, lockName, lockRecord, packet, redis, repeater, status,
  ]
}

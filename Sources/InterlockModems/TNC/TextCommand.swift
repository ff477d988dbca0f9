internal import InterlockRadio

/// A line of text that a generic LoRa board takes before it speaks KISS.
///
/// *Source:* the serial KISS wrapper of pyMC_Repeater for generic LoRa boards.
struct TextCommand: Equatable {
  /// The line, without its end.
  let text: String
  /// How long the board takes over it; it answers nothing.
  let pause: Duration

  /// The line as it is written.
  var bytes: [UInt8] { Array((text + "\r\n").utf8) }

  /// What a board is told, in order: its channel, then to speak KISS.
  static func start(_ lora: LoRaSettings) -> [TextCommand] {
    let radio = [
      decimal(lora.frequencyHz, places: 6), decimal(lora.bandwidthHz, places: 3),
      "\(lora.spreadingFactor)", "\(lora.codingRateDenominator)", "\(RadioPreset.syncWord)",
    ]
    return [
      TextCommand(
        text: "set radio " + radio.joined(separator: ","), pause: .milliseconds(500)),
      TextCommand(text: "serial mode kiss", pause: .seconds(1)),
    ]
  }

  /// A number with its point moved to the left: 62500 by three places is "62.5".
  private static func decimal(_ value: UInt32, places: Int) -> String {
    var digits = String(value)
    digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    var fraction = digits.suffix(places)
    while fraction.last == "0" { fraction.removeLast() }
    let whole = digits.dropLast(places)
    return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
  }
}

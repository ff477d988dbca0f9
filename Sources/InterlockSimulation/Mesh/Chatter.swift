/// What people say in a simulated mesh: short and long, about nothing in particular.
enum Chatter {
  private static let sentences = [
    "Good morning", "Anyone on the hill today?", "Reading you loud and clear",
    "Rain from the west, the path by the quarry is slippery",
    "I put a new antenna on the roof, can someone tell me how it comes in?", "Yes", "On my way",
    "The bridge is open again", "Who has a spare battery for the weekend?",
    "Test, test", "Fog up here, but the view above it is worth the climb. Bring something warm.",
    "Coffee at the mill at three?", "Lost the link near the ferry for a minute, now it is back",
    "Two hops from the harbour, not bad for a whip antenna",
    "Please keep the channel free for the race marshals between ten and twelve on Sunday",
    "Thanks!", "Seen the heron again at the old quarry this morning, quite close",
    "Back home, all well", "Is the repeater on the silo running on solar now?",
    "Four volts and rising, the panel does its work even in this weather",
  ]

  static func sentence(using generator: inout some RandomNumberGenerator) -> String {
    sentences[Int.random(in: 0..<sentences.count, using: &generator)]
  }
}

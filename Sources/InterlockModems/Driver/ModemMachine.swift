package import Interlock
package import InterlockRadio

/// A modem's protocol as a pure machine: link events, bytes, requests and the time go in; actions
/// and the next deadline come out.
///
/// Four kinds of members: *inputs* (`linkOpened`, `linkClosed`, `receive`, `timePassed`), the one
/// *command* (`submit`), the *output* (`takeActions`, to be emptied after every input), and
/// `nextDeadline`, at which `timePassed` wants to be called.
package protocol ModemMachine: Sendable {
  /// A link is there. `identity`: only a device with this public key will do; nil takes any.
  mutating func linkOpened(name: String, identity: [UInt8]?, at now: Instant)
  /// The link is gone.
  mutating func linkClosed(_ error: ModemError, at now: Instant)
  /// Bytes arrived, cut anywhere.
  mutating func receive(_ bytes: [UInt8], at now: Instant)
  /// A deadline may have passed.
  mutating func timePassed(at now: Instant)
  /// Something is wanted; every submission is answered exactly once, under its number.
  mutating func submit(_ request: ModemRequest, id: UInt64, at now: Instant)
  /// What is to be done now, in order; the machine forgets it.
  mutating func takeActions() -> [ModemAction]
  /// What the device does with a frame on its own under these settings, whatever else has happened.
  func timing(with settings: ModemSettings) -> ModemTiming
  /// When `timePassed` is to be called; nil for never.
  var nextDeadline: Instant? { get }
  /// The public key of the device last configured, where it has one.
  var identity: [UInt8]? { get }
  /// Whether a device is connected and configured.
  var isReady: Bool { get }
  /// Whether the device of the present link has been ready at least once.
  var isConfigured: Bool { get }
}

/// What a user of a modem can want.
package enum ModemRequest: Sendable {
  /// Put a frame on the air.
  case transmit([UInt8])
  /// Say whether the channel is free.
  case channelActivity
  /// Put other settings in force.
  case apply(ModemSettings)
  /// Bring a device that may be stuck back to a known state.
  case reset
}

/// The answer to a `ModemRequest`.
package enum ModemAnswer: Sendable, Hashable {
  /// How a transmission ended.
  case outcome(TransmitOutcome)
  /// What was heard.
  case activity(ChannelActivity)
  /// It is done.
  case done
  /// It is not.
  case failed(ModemError)
}

/// What a machine wants done.
package enum ModemAction: Sendable, Hashable {
  /// Write these bytes to the link, whole and in order.
  case write([UInt8])
  /// Tell whoever submitted the request.
  case answer(UInt64, ModemAnswer)
  /// Report it upward.
  case event(ModemEvent)
  /// Close the link, after what was to be written before, and open it anew after a while.
  case closeLink(ModemError)
  /// Give up: no reconnecting will cure it.
  case giveUp(ModemError)
}

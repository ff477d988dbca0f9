public import Interlock

/// What the pipeline's consumer does next when it does not hold the radio.
public enum TransmitWork: Sendable, Hashable {
  /// Nothing until then, or until something is submitted; nil: only the latter.
  case wait(until: Instant?)
  /// Take the exclusive section and `enter`.
  case takeSection
  /// End: the pipeline was stopped.
  case stop
}

/// What the pipeline's consumer does next inside the exclusive section.
///
/// Calls have numbers that only grow; the answer to a call is told with its number, and one that
/// comes after the call was given up changes nothing.
public enum TransmitStep: Sendable, Hashable {
  /// Put the account where a crash does not reach it, and tell `recorded`.
  case record(call: UInt64)
  /// Ask the modem about the channel and tell `heard`.
  case listen(call: UInt64)
  /// In a task of its own: `launch`, and if that says yes, transmit and tell `completed`.
  case send(call: UInt64)
  /// Re-initialise the modem, tell it the present settings if `mustRestoreSettings`, and then tell
  /// `resetEnded`.
  case reset(call: UInt64)
  /// Nothing until then, or until a call is answered or something changes.
  case wait(until: Instant?)
  /// Give the section back.
  case leave
}

/// What a step of the machine brought about, to be told after the step, outside every lock.
public enum TransmitEffect: Sendable, Hashable {
  /// An accepted packet ended; told exactly once for each.
  case finished(TransmitID, TransmitReport)
  /// Something for the log.
  case event(TransmitEvent)
}

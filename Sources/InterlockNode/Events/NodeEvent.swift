package import InterlockMeshCore
package import InterlockRadio
package import InterlockSystem

/// Something the node did or noticed: the one way out, to the log, the terminal and programs.
package enum NodeEvent: Sendable {
  /// A frame was heard and decided about.
  case heard(HeardFrame)
  /// The transmit pipeline did something.
  case transmit(TransmitEvent)
  /// The modem said something other than a frame.
  case modem(ModemEvent)
  /// A service did something an operator may want to know.
  case notice(LogLevel, String, [LogRecord.Field])

  package static func info(_ message: String, _ fields: [LogRecord.Field] = []) -> NodeEvent {
    .notice(.info, message, fields)
  }

  package static func warning(_ message: String, _ fields: [LogRecord.Field] = []) -> NodeEvent {
    .notice(.warning, message, fields)
  }

  package static func error(_ message: String, _ fields: [LogRecord.Field] = []) -> NodeEvent {
    .notice(.error, message, fields)
  }
}

/// A frame that was heard, and what was decided about it.
package struct HeardFrame: Sendable, Hashable {
  package let frame: ReceivedFrame
  package let verdict: Verdict

  package init(frame: ReceivedFrame, verdict: Verdict) {
    self.frame = frame
    self.verdict = verdict
  }
}

package import InterlockMeshCore
package import InterlockRadio
package import InterlockSystem

/// Something the node did or noticed: the one way out, to the log, the terminal and programs.
package enum NodeEvent: Sendable {
  /// The repeater decided about something it heard, or announced itself.
  case repeater(RepeaterEvent)
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

package import Interlock
internal import InterlockSystem

/// Where the node's events go: the log, and whoever watches.
///
/// The log may be replaced while the node runs; an event goes to the one in force when it happens.
package final class NodeLog: Sendable {
  fileprivate struct Output {
    var section: LogSection
    var sink: LogSink?
  }

  /// How long a node that ends waits for its log.
  private static let patience = Duration.seconds(2)

  private let output: Guarded<Output>
  /// Whether the log is silent because the events are already shown where it would be written.
  private let isShownElsewhere: Bool
  private let observe: @Sendable (NodeEvent) -> Void

  /// Opens the log.
  ///
  /// - Parameters:
  ///   - section: What is written, where.
  ///   - isShownElsewhere: Whether standard error already shows what `observe` does with events.
  ///   - observe: Takes every event, on any thread, outside every lock; it returns soon.
  /// - Throws: `NodeError` when the file cannot be opened.
  package init(
    _ section: LogSection, isShownElsewhere: Bool,
    observe: @escaping @Sendable (NodeEvent) -> Void
  ) throws(NodeError) {
    self.isShownElsewhere = isShownElsewhere
    self.observe = observe
    let sink = try Self.sink(section, isShownElsewhere: isShownElsewhere)
    output = Guarded(Output(section: section, sink: sink))
  }

  /// Tells everybody.
  package func report(_ event: NodeEvent) {
    let sink = output.withLock { $0.sink }
    if let sink, let record = event.record { sink.log(record) }
    observe(event)
  }

  /// Tells everybody what is wrong with channel and power.
  func report(regulatory warnings: [String]) {
    for warning in warnings {
      report(
        .warning(
          "The radio is outside the rules of its band",
          [
            .init("cause", .text(warning)),
            .init("remedy", .text(NodeConfiguration.regulatoryRemedy)),
          ]))
    }
  }

  /// A place to write to that is open and not in use yet.
  package struct Replacement: Sendable {
    fileprivate let output: Output
  }

  /// Opens another place, or another form; the log stays where it is until it is put in force.
  ///
  /// A file is opened anew even if it has the same name: whoever rotates logs has moved the old one.
  ///
  /// - Throws: `NodeError` when that cannot be opened.
  /// - Returns: nil when it is where the log is already.
  package func replacement(for section: LogSection) throws(NodeError) -> Replacement? {
    if section.file == nil, output.withLock({ $0.section == section }) { return nil }
    let sink = try Self.sink(section, isShownElsewhere: isShownElsewhere)
    return Replacement(output: Output(section: section, sink: sink))
  }

  /// Writes to another place from now on.
  package func change(to replacement: Replacement) {
    output.withLock { $0 = replacement.output }
  }

  /// Waits until everything reported so far is written, but not for a log that has stopped
  /// taking lines.
  package func flush(clock: any MonotonicClock) async {
    guard let sink = output.withLock({ $0.sink }) else { return }
    // Cut off by its deadline or its task, it has nothing to give up but lines nobody takes.
    _ = try? await withDeadline(clock.now.advanced(by: Self.patience), clock: clock) {
      await sink.flush()
    }
  }

  private static func sink(
    _ section: LogSection, isShownElsewhere: Bool
  ) throws(NodeError) -> LogSink? {
    if section.file == nil, isShownElsewhere { return nil }
    do throws(SystemError) {
      return try LogSink(
        section.file.map { .file($0) } ?? .standardError, level: section.level,
        style: section.format == .json ? .json : .text)
    } catch {
      throw NodeError(error, or: .badInput, "give log.file a place this user can write")
    }
  }
}

public import Interlock

/// Where a packet to be sent comes from.
public enum TransmitOrigin: String, Sendable, Hashable, CaseIterable {
  /// Heard from another node: one attempt, and it is dropped rather than late.
  case relay
  /// Made by this node: two attempts, and it waits for its turn until its own deadline.
  case local
}

/// A packet that wants to be sent.
public struct TransmitRequest: Sendable, Hashable {
  /// The whole on-air frame, 1…255 bytes.
  public var frame: [UInt8]
  /// Its name in logs.
  public var label: PacketLabel
  /// Whether it is relayed or the node's own.
  public var origin: TransmitOrigin
  /// What it is to the queue.
  public var kind: PacketKind
  /// Smaller is more urgent; 0 is reserved for packets on a known path.
  public var priority: Int
  /// How long to wait first, drawn by the caller.
  public var delay: Duration
  /// When it was received or made; its age counts from here.
  public var receivedAt: Instant
  /// For a local packet, when it is no longer worth sending; nil for the policy's limit.
  public var deadline: Instant?

  /// Makes a request; negative priorities and delays count as zero.
  public init(
    frame: [UInt8], label: PacketLabel, origin: TransmitOrigin, kind: PacketKind, priority: Int,
    delay: Duration = .zero, receivedAt: Instant, deadline: Instant? = nil
  ) {
    self.frame = frame
    self.label = label
    self.origin = origin
    self.kind = kind
    self.priority = max(0, priority)
    self.delay = max(.zero, delay)
    self.receivedAt = receivedAt
    self.deadline = deadline
  }
}

/// The name of an accepted packet until it is finished; never used twice.
public struct TransmitID: Sendable, Hashable, CustomStringConvertible {
  /// The order of acceptance, growing.
  let sequence: UInt64
  /// Where the queue keeps it.
  let slot: Int

  /// The order of acceptance.
  public var description: String { "#\(sequence)" }
}

/// The answer to a request, given at once.
public enum Submission: Sendable, Hashable {
  /// It will be finished exactly once, by being sent, failing or being dropped.
  case accepted(TransmitID)
  /// It was not taken, and nothing was kept of it.
  case refused(DropReason)
}

public import Interlock
public import InterlockWire

/// A status that is to be set, as a board asks its backend.
public struct StatusDraft: Sendable, Hashable {
  /// The shortest a status may last.
  public static let shortest = Duration.seconds(1)
  /// The longest: a year; what goes on for longer is extended.
  public static let longest = Duration.seconds(366 * 86_400)
  /// How long it lasts unless its owner says.
  public static let usual = Duration.seconds(3600)
  /// The most bytes of a reason.
  public static let longestReason = 200
  /// The most bytes of a payload, as JSON.
  public static let largestPayload = 4096

  /// Which status.
  public var key: StatusKey
  /// What will name this incarnation; new.
  public var id: String
  /// Who sets it.
  public var owner: LockOwner?
  /// How long it lasts.
  public var ttl: Duration
  /// What it is for.
  public var reason: String
  /// What its owner wants to find again.
  public var payload: JSONObject
  /// The fence of the lock it is set under; nil for none.
  public var fence: Fence?

  /// A status to be set.
  ///
  /// - Throws: ``StatusError``: a duration, reason or payload out of its range, or no fence where one is needed.
  public init(
    _ key: StatusKey, id: String, owner: LockOwner?, ttl: Duration = usual, reason: String = "",
    payload: JSONObject = [:], fence: Fence? = nil
  ) throws(StatusError) {
    self.key = key
    self.id = id
    self.owner = owner
    self.ttl = ttl
    self.reason = reason
    self.payload = payload
    self.fence = fence
    try Self.check(ttl: ttl, of: key)
    guard reason.utf8.count <= Self.longestReason else {
      throw StatusError(
        key,
        .invalidOption(
          "its reason has \(reason.utf8.count) bytes; \(Self.longestReason) are the most"))
    }
    let bytes = JSONValue.object(payload).serialized().utf8.count
    guard bytes <= Self.largestPayload else {
      throw StatusError(
        key,
        .invalidOption(
          "its payload has \(bytes) bytes as JSON; \(Self.largestPayload) are the most"))
    }
    if key.needsFence, fence == nil { throw StatusError(key, .needsFence) }
  }

  /// Whether a status may last so long.
  ///
  /// - Throws: ``StatusError/Reason/invalidOption(_:)``.
  static func check(ttl: Duration, of key: StatusKey) throws(StatusError) {
    guard (shortest...longest).contains(ttl) else {
      throw StatusError(
        key, .invalidOption("it may last from 1 s to 366 days, not \(ttl.inSeconds)s"))
    }
  }

  /// The entry it becomes when it is set at `now`.
  public func entry(at now: StatusTime) -> StatusEntry {
    StatusEntry(
      id: id, key: key, owner: owner, since: now, until: now.advanced(by: ttl), reason: reason,
      payload: payload, fence: fence)
  }
}

/// Why a repeater does not pass a packet on.
///
/// The names are stable: metrics and reports use them.
public enum RefusalReason: UInt8, Sendable, Hashable, CaseIterable {
  /// There are no payload bytes.
  case emptyPayload
  /// Packets of this type are not flooded.
  case typeNotFlooded
  /// The payload is shorter than its type needs.
  case incomplete
  /// This node's own advert, heard back.
  case ownAdvert
  /// The advert is not signed by the key it announces.
  case badSignature
  /// There were more adverts to verify than the node spends time on.
  case verificationLimit
  /// This advertiser announces itself more often than the operator allows.
  case advertRateLimit
  /// This advertiser is barred, for it kept exceeding its limit.
  case advertPenalty
  /// Another copy was accepted before.
  case duplicate
  /// The node only listens.
  case repeatOff
  /// It has passed as many repeaters as any flood may.
  case hopLimit
  /// It has passed as many repeaters as a flood bound to no region may.
  case hopLimitUnscoped
  /// It has passed as many repeaters as an advert may.
  case hopLimitAdvert
  /// No region of this node allows it.
  case regionDenied
  /// It has been here before.
  case loop
  /// Its path takes no further hop.
  case pathFull
  /// A rule of the operator's forbids it.
  case policy
  /// Its next hop is another node.
  case notNextHop
  /// It is direct and has no hops left.
  case noPath
  /// It is control that only neighbours may send, and has a path.
  case controlZeroHopOnly
  /// It is a part of something other than an acknowledgement.
  case multipartNotAcknowledgement
  /// Too many packets are held back already.
  case queueFull

  /// The name in metrics, logs and reports.
  public var name: String {
    switch self {
    case .emptyPayload: "empty_payload"
    case .typeNotFlooded: "type_not_flooded"
    case .incomplete: "incomplete"
    case .ownAdvert: "own_advert"
    case .badSignature: "bad_signature"
    case .verificationLimit: "verification_limit"
    case .advertRateLimit: "advert_rate_limit"
    case .advertPenalty: "advert_penalty"
    case .duplicate: "duplicate"
    case .repeatOff: "repeat_off"
    case .hopLimit: "hop_limit"
    case .hopLimitUnscoped: "hop_limit_unscoped"
    case .hopLimitAdvert: "hop_limit_advert"
    case .regionDenied: "region_denied"
    case .loop: "loop"
    case .pathFull: "path_full"
    case .policy: "policy"
    case .notNextHop: "not_next_hop"
    case .noPath: "no_path"
    case .controlZeroHopOnly: "control_zero_hop_only"
    case .multipartNotAcknowledgement: "multipart_not_ack"
    case .queueFull: "queue_full"
    }
  }
}

extension RefusalReason: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

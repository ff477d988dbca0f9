/// A way through the mesh to a client: the hops to visit, in order.
public struct KnownPath: Sendable, Hashable {
  /// Hop count and hash size.
  public let field: PathField
  /// The hops.
  public let hops: [UInt8]

  /// A path; nil when its field is not valid or says another length.
  public init?(field: PathField, hops: some Sequence<UInt8>) {
    let hops = Array(hops)
    guard !field.isReserved, field.byteCount <= PathField.maximumBytes,
      hops.count == field.byteCount
    else { return nil }
    self.field = field
    self.hops = hops
  }
}

/// The regions a repeater knows, and whether it passes their floods on.
///
/// Floods that are bound to no region have an entry of their own, the wildcard `*`.
public struct RegionTable: Sendable {
  /// The most regions a table holds.
  ///
  /// Each costs one HMAC for every scoped flood.
  public static let maximumRegions = 32

  /// One region and what is done about it.
  public struct Entry: Sendable {
    /// The region.
    public var region: Region
    /// Whether its floods are passed on.
    public var allowsFlood: Bool
    /// The region it is shown below.
    public var parent: String?
  }

  /// The regions, in the order they were configured.
  public private(set) var entries: [Entry] = []
  /// Whether floods bound to no region are passed on.
  public var allowsUnscopedFlood: Bool

  /// A table without regions.
  public init(allowsUnscopedFlood: Bool = true) {
    self.allowsUnscopedFlood = allowsUnscopedFlood
  }

  /// Adds a region.
  ///
  /// - Parameters:
  ///   - region: The region.
  ///   - allowsFlood: Whether its floods are passed on.
  ///   - parent: The region it is shown below; decides nothing.
  /// - Throws: If the region is known already or the table is full.
  public mutating func add(
    _ region: Region, allowsFlood: Bool, parent: String? = nil
  ) throws(RegionError) {
    guard entries.count < Self.maximumRegions else { throw .tableFull(Self.maximumRegions) }
    guard self[region.name] == nil else { throw .duplicate(region.name) }
    entries.append(Entry(region: region, allowsFlood: allowsFlood, parent: parent))
  }

  /// Forgets a region, by its name with its mark.
  public mutating func remove(_ name: String) { entries.removeAll { $0.region.name == name } }

  /// Passes the floods of a region on, or no longer; its name is given with its mark.
  public mutating func setAllowsFlood(_ isAllowed: Bool, of name: String) {
    guard let index = entries.firstIndex(where: { $0.region.name == name }) else { return }
    entries[index].allowsFlood = isAllowed
  }

  /// The entry of a region by its name with its mark.
  public subscript(name: String) -> Entry? { entries.first { $0.region.name == name } }

  /// The region whose floods are passed on and that yields this code for this packet.
  ///
  /// - Parameters:
  ///   - code: The packet's first transport code.
  ///   - type: Its payload type, 0…15.
  ///   - payload: Its payload.
  /// - Returns: Nil when there is none. Code 0 is no region's.
  /// - Complexity: One HMAC for each region that allows floods.
  public func allowedRegion(code: UInt16, type: UInt8, payload: Span<UInt8>) -> Region? {
    guard code != 0 else { return nil }
    for entry in entries where entry.allowsFlood {
      if entry.region.code(type: type, payload: payload) == code { return entry.region }
    }
    return nil
  }
}

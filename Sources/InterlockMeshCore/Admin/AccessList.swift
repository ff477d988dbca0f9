/// The clients of the remote administration; bounded.
///
/// When full, the client that was active least recently and is not an administrator makes room. An
/// administrator never does: the timestamp kept with it is what stands between a recorded command and
/// its second execution. For the same reason the list keeps, of administrators that were demoted or
/// removed, the latest timestamp: a login of a node that is not on the list must be later to make an
/// administrator.
public struct AccessList: Sendable {
  /// The most clients that are remembered.
  public static let capacity = 32

  /// The clients, in no particular order.
  public private(set) var clients: [AccessClient] = []
  /// Logins of unknown nodes up to this time make no administrator.
  public internal(set) var floor: UInt32 = 0
  private var lastActivity: UInt64 = 0

  /// Grows with every change: of two copies the one with the larger number is the later.
  public var revision: UInt64 { lastActivity }

  /// A list without clients.
  public init() {}

  /// The client with this key.
  public subscript(key: PublicKey) -> AccessClient? { index(of: key).map { clients[$0] } }

  /// Clients whose key begins with this byte: only the code of a message tells which it is.
  func indices(hash: UInt8) -> [Int] { clients.indices.filter { clients[$0].key.hash == hash } }

  func index(of key: PublicKey) -> Int? { clients.firstIndex { $0.key == key } }

  /// Changes one client and marks it as the most recently active.
  mutating func update(_ index: Int, _ change: (inout AccessClient) -> Void) {
    let wasAdmin = clients[index].permissions.isAdmin
    lastActivity += 1
    clients[index].activity = lastActivity
    change(&clients[index])
    if wasAdmin, !clients[index].permissions.isAdmin { raiseFloor(clients[index].lastTimestamp) }
  }

  /// Adds a client, or replaces what is known of it.
  ///
  /// - Returns: Whether there was room.
  mutating func insert(_ client: AccessClient) -> Bool {
    var client = client
    lastActivity += 1
    client.activity = lastActivity
    if let index = index(of: client.key) {
      clients[index] = client
    } else if clients.count < Self.capacity {
      clients.append(client)
    } else if let victim = clients.indices.filter({ !clients[$0].permissions.isAdmin })
      .min(by: { clients[$0].activity < clients[$1].activity })
    {
      clients[victim] = client
    } else {
      return false
    }
    return true
  }

  /// Changes what clients may do whose key begins with `prefix`; guests are forgotten.
  ///
  /// - Returns: How many clients were found; none is changed unless it is exactly one.
  mutating func setPermissions(_ permissions: Permissions, prefix: [UInt8]) -> Int {
    let found = clients.indices.filter { clients[$0].key.bytes.starts(with: prefix) }
    guard let index = found.first, found.count == 1 else { return found.count }
    update(index) { $0.permissions = permissions }
    if permissions.role == .guest { clients.remove(at: index) }
    return 1
  }

  private mutating func raiseFloor(_ timestamp: UInt32) { floor = max(floor, timestamp) }
}

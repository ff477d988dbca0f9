/// Named values in the order they were written, each name once.
public struct JSONObject: Sendable {
  /// One named value.
  public struct Member: Sendable {
    /// The name.
    public let name: String
    /// Where the name stands; nil for a member made in a program.
    public let position: JSONPosition?
    /// The value.
    public var value: JSONValue
  }

  /// The members in order.
  public private(set) var members: [Member] = []
  private var places: [String: Int] = [:]

  /// An object without members.
  public init() {}

  /// The value called `name`.
  ///
  /// Setting nil has no effect on a name that is absent.
  public subscript(name: String) -> JSONValue? {
    get { places[name].map { members[$0].value } }
    set {
      switch (places[name], newValue) {
      case (nil, nil): break
      case (nil, let value?): append(name, value, at: nil)
      case (let place?, let value?): members[place].value = value
      case (let place?, nil):
        members.remove(at: place)
        places = [:]
        for (index, member) in members.enumerated() { places[member.name] = index }
      }
    }
  }

  /// The names in order.
  public var names: [String] { members.map(\.name) }

  /// The member called `name`, with its place in the text.
  public func member(_ name: String) -> Member? { places[name].map { members[$0] } }

  /// Adds a member that the caller knows to be new.
  mutating func append(_ name: String, _ value: JSONValue, at position: JSONPosition?) {
    places[name] = members.count
    members.append(Member(name: name, position: position, value: value))
  }
}

extension JSONObject: Hashable {
  /// Whether both have the same members, in whatever order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && left.members.allSatisfy { right[$0.name] == $0.value }
  }

  /// Feeds what does not depend on the order.
  public func hash(into hasher: inout Hasher) { hasher.combine(Set(names)) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Values by name, in the order written; the last of two with one name counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    for (name, value) in elements { self[name] = value }
  }
}

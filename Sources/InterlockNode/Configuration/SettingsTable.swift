package import InterlockWire

/// All options of a configuration, or of one item of a list in it.
package struct SettingsTable<Root: DefaultConstructible>: Sendable {
  package let settings: [Setting<Root>]

  package init(_ settings: [Setting<Root>]) {
    self.settings = settings
  }

  package var descriptions: [SettingDescription] { settings.map(\.description) }

  /// Reads an object over `root`, collecting what is wrong with it instead of stopping.
  func read(_ node: JSONValue, into root: inout Root, problems: inout [SettingProblem]) {
    read(node, below: "", into: &root, problems: &problems)
  }

  private func read(
    _ node: JSONValue, below prefix: String, into root: inout Root,
    problems: inout [SettingProblem]
  ) {
    guard let members = node.object?.members else {
      let name = prefix.isEmpty ? "the configuration" : String(prefix.dropLast())
      return problems.append(SettingProblem(node, "\(name) must be an object: { … }"))
    }
    for member in members {
      let path = prefix + member.name
      if let setting = settings.first(where: { $0.description.path == path }) {
        do throws(SettingProblem) {
          try setting.read(member.value, &root)
        } catch {
          problems.append(SettingProblem(place: error.place, "\(path) \(error.message)"))
        }
      } else if settings.contains(where: { $0.description.path.hasPrefix(path + ".") }) {
        read(member.value, below: path + ".", into: &root, problems: &problems)
      } else {
        problems.append(unknown(member, below: prefix))
      }
    }
  }

  private func unknown(_ member: JSONObject.Member, below prefix: String) -> SettingProblem {
    let here = Set(
      settings.map(\.description.path).filter { $0.hasPrefix(prefix) }
        .map { String($0.dropFirst(prefix.count).prefix { $0 != "." }) })
    let place = prefix.isEmpty ? "" : " in \(prefix.dropLast())"
    var message = "there is no option \"\(member.name)\"\(place)"
    if let near = NearestName.of(member.name, among: here.sorted()) {
      message += "; did you mean \(near)?"
    } else if let elsewhere = settings.map(\.description.path).first(where: {
      $0.hasSuffix("." + member.name)
    }) {
      message += "; there is \(elsewhere)"
    } else {
      message += "; the options here are \(here.sorted().joined(separator: ", "))"
    }
    return SettingProblem(place: member.position, message)
  }

  /// The options of `root` by their paths.
  package func write(_ root: Root) -> JSONObject {
    var object = JSONObject()
    for setting in settings { object[setting.description.path] = setting.write(root) }
    return object
  }

  /// The options of `root` as they stand in a file, one object a level; secrets are left out.
  package func document(_ root: Root) -> JSONValue {
    var document = JSONObject()
    for setting in settings where !setting.description.isSecret {
      let names = setting.description.path.split(separator: ".").map(String.init)
      Self.set(setting.show(root), at: names[...], in: &document)
    }
    return .object(document)
  }

  private static func set(
    _ value: JSONValue, at names: ArraySlice<String>, in object: inout JSONObject
  ) {
    guard let name = names.first else { return }
    guard names.count > 1 else { return object[name] = value }
    var inner = object[name]?.object ?? JSONObject()
    set(value, at: names.dropFirst(), in: &inner)
    object[name] = .object(inner)
  }

  /// `old` with those options of `new` that meet a condition.
  func adopting(
    _ new: Root, where isTaken: (SettingDescription) -> Bool, over old: Root
  ) -> Root {
    var result = old
    for setting in settings where isTaken(setting.description) { setting.copy(new, &result) }
    return result
  }

  /// The options in which two values differ.
  package func differences(from old: Root, to new: Root) -> [SettingDescription] {
    settings.filter { $0.write(old) != $0.write(new) }.map(\.description)
  }
}

extension SettingKind {
  /// A list of objects that each have the options of `table`.
  package static func objects<Item: DefaultConstructible>(
    _ table: SettingsTable<Item>, atMost capacity: Int, called noun: String
  ) -> SettingKind where Value == [Item] {
    let text = "a list of at most \(capacity) \(noun)"
    return SettingKind(
      range: text,
      read: { node throws(SettingProblem) in
        guard let nodes = node.array, nodes.count <= capacity else {
          throw SettingProblem(node, "must be \(text)")
        }
        var items: [Item] = []
        for node in nodes {
          var item = Item()
          var problems: [SettingProblem] = []
          table.read(node, into: &item, problems: &problems)
          if let first = problems.first {
            throw SettingProblem(place: first.place, "[\(items.count)]: \(first.message)")
          }
          items.append(item)
        }
        return items
      },
      write: { items in
        .array(items.map { .object(table.write($0)) })
      },
      show: { items in .array(items.map { table.document($0) }) },
      items: table.descriptions)
  }
}

internal import InterlockWire

/// The documentation of all options, made from their declarations.
package enum SettingsReference {
  /// A table for each group of options, in Markdown.
  package static func markdown(_ settings: [SettingDescription]) -> String {
    var groups: [(name: String, settings: [SettingDescription])] = []
    for setting in settings {
      let name = String(setting.path.prefix { $0 != "." })
      if groups.last?.name == name {
        groups[groups.count - 1].settings.append(setting)
      } else {
        groups.append((name, [setting]))
      }
    }
    return groups.map { group in
      var text = "## \(group.name)\n\n" + table(group.settings)
      for setting in group.settings where !setting.items.isEmpty {
        text += "\n\nEach of `\(setting.path)`:\n\n" + table(setting.items)
      }
      return text
    }.joined(separator: "\n\n") + "\n"
  }

  private static func table(_ settings: [SettingDescription]) -> String {
    let head = "| option | what suits | default | meaning |\n| --- | --- | --- | --- |\n"
    return head
      + settings.map { setting in
        var meaning = setting.meaning
        if setting.effect == .onRestart { meaning += " *Takes effect at the next start.*" }
        if let variable = setting.environment { meaning += " `\(variable)` overrides it." }
        return "| `\(setting.path)` | \(setting.range) | `\(setting.fallback.serialized())` "
          + "| \(meaning) |"
      }.joined(separator: "\n")
  }
}

internal import InterlockWire

/// The documentation of all options, made from their declarations.
package enum SettingsReference {
  /// The whole page.
  package static let document =
    introduction + "\n" + markdown(NodeConfiguration.table.descriptions) + "\n" + channelRules
    + "\n" + omissions

  private static let introduction = """
    # Configuration

    `interlock node --config FILE` reads one file in JSON5: JSON with comments, trailing commas and \
    names without quotation marks. Options that are left out keep their defaults; an empty object \
    `{}` is a node in a simulated neighbourhood. `examples/node.json5` and \
    `examples/kiss-modem.json5` are files to start from.

    An option nobody knows and a value nobody can mean are refused, with the line, the column and \
    what would suit; the node then does not start, or keeps the configuration it has. `interlock node \
    --config FILE --check` only looks. A channel or power outside the European rules is accepted \
    with a warning, there, in the log and by `interlock doctor`.

    A dot in a name is a level in the file: `radio.powerDBm` is `{radio: {powerDBm: 14}}`. Durations \
    are written `"250ms"`, `"1.5s"`, `"30s"`, `"5m"`, `"1h"`; a bare number is seconds.

    On SIGHUP the file is read again and every change takes \
    effect at once but those marked; what is marked is reported in the log and waits for the next \
    start. The log file is opened anew, so logs can be rotated. Secrets may come from the \
    environment instead of the file, and are never written to the log.

    This page is made from the declarations the program itself reads the file with: `interlock node \
    --print-config-reference`.

    """

  private static let omissions = """
    ## What pyMC has an option for and this node does not

    - *`implicit_header`.* MeshCore's frames have the explicit header; a node without it hears nobody.
    - *`score_threshold`.* It is reserved there, and nothing reads it.
    - *How many administrators may log in, and access that only reads.* 32 clients are remembered; what \
    a client may do is set for each with `setperm`, and a guest only reads.
    - *Bus, pins, amplifier, channel activity detection and gain control of an SX1262.* The node drives \
    modems, not chips; a KISS modem's firmware does this itself.
    - *How long the packet history is kept.* None is stored: `radio stats --show recent` has the last 256 \
    packets, and they end with the node.
    - *Web server, tokens, MQTT, GPS, sensors, companions and room servers.* They are no part of a \
    repeater's engine.

    """

  private static let channelRules = """
    ## Rules about what is said on a channel

    A repeater needs no keys, and has none unless `repeater.channels` lists them. Then rules can ask \
    for the `channel` a packet is on, and for the `sender` and `text` of a message there:

    ```json5
    {
      repeater: {
        channels: [
          {name: "Public"},   // every device knows its key
          {name: "#jokes"},   // the key follows from the name
          {name: "Crew"},     // its key is in INTERLOCK_CHANNEL_KEY_CREW
        ],
        rules: [
          {action: "allow", channel: "Crew"},
          {action: "drop", channel: "Public", sender: "weather bot*"},
          {action: "drop", text: "*buy now*"},
        ],
      },
    }
    ```

    The sender is what stands before the first colon and blank, and the text what follows; without \
    them all of it is text, and nobody the sender. In a pattern `*` stands for any characters or none \
    and everything else for itself, in either case; the whole name or text must fit.

    Everybody chooses the name that stands in a message, and the two bytes that tell whether a key \
    fits let one foreign packet in 65 536 pass for one of the channel's: a rule decides about one \
    packet, and nothing else follows from it. Such a rule never applies to a packet that no listed \
    key opens, nor to messages between two nodes. What was decrypted is used for the rules alone: it \
    is not in the log, whatever the action, nor in anything the node shows.

    """

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
        return "| `\(setting.path)` | \(setting.range) | `\(text(setting.fallback))` "
          + "| \(meaning) |"
      }.joined(separator: "\n")
  }

  /// A value as a person writes it: whole numbers without a fraction.
  private static func text(_ value: JSONValue) -> String {
    let text = value.serialized()
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

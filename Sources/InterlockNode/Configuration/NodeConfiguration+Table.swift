internal import InterlockMeshCore
internal import InterlockRadio

extension NodeConfiguration {
  /// Every option: the one place that says what suits, what it means and what is in force without it.
  package static let table = SettingsTable<NodeConfiguration>(
    nodeSettings + identitySettings + securitySettings + repeaterSettings + advertSettings
      + regionSettings
      + delaySettings + dutyCycleSettings + radioSettings + modemSettings + transmitSettings
      + lockSettings + storageSettings + logSettings + controlSettings + simulationSettings)

  private static let nodeSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "node.name", \.node.name, .text(1...64),
      "The name in the node's adverts; the air has room for 31 bytes of it, 23 with a position."),
    Setting(
      "node.latitude", \.node.latitude, .number(-90...90, unit: "°"),
      "Where the node stands; 0 and 0 for nowhere."),
    Setting(
      "node.longitude", \.node.longitude, .number(-180...180, unit: "°"),
      "Where the node stands; 0 and 0 for nowhere."),
    Setting(
      "node.ownerInfo", \.node.ownerInfo, .text(0...120),
      "What the owner wants users to know, such as a call sign."),
    Setting(
      "node.mode", \.node.mode, .word,
      "forward relays; monitor only receives and sends the node's own packets; no_tx sends nothing."
        + " A mode set over the control socket stays until this option changes or the node starts "
        + "again."),
  ]

  private static let identitySettings: [Setting<NodeConfiguration>] = [
    Setting(
      "identity.file", \.identity.file, .path, effect: .onRestart,
      "The file with the node's private key, made with mode 0600 if it does not exist; null for "
        + "identity in storage.directory."),
    Setting(
      "identity.key", \.identity.key, SettingKind.hex(bytes: [32, 64]).orNull, effect: .onRestart,
      secret: "INTERLOCK_IDENTITY_KEY",
      "The 32-byte seed or 64-byte private key itself, instead of the file."),
  ]

  private static let securitySettings: [Setting<NodeConfiguration>] = [
    Setting(
      "security.adminPassword", \.security.adminPassword,
      SettingKind.text(1...AdminPassword.maximumBytes).orNull,
      secret: "INTERLOCK_ADMIN_PASSWORD",
      "What administrators log in with over the radio; null for nobody. Without any password the "
        + "node takes no part in remote administration."),
    Setting(
      "security.guestPassword", \.security.guestPassword,
      SettingKind.text(1...AdminPassword.maximumBytes).orNull,
      secret: "INTERLOCK_GUEST_PASSWORD",
      "What guests log in with, who may read the node's status and neighbours; null for nobody."),
  ]

  private static let repeaterSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "repeater.maximumFloodHops", \.repeater.maximumFloodHops, .integer(0...64),
      "Floods that have passed this many repeaters are not relayed; 0 relays none."),
    Setting(
      "repeater.maximumUnscopedFloodHops", \.repeater.maximumUnscopedFloodHops, .integer(0...64),
      "The same for floods bound to no region."),
    Setting(
      "repeater.maximumAdvertHops", \.repeater.maximumAdvertHops, .integer(0...64),
      "The same for adverts."),
    Setting(
      "repeater.loopDetection", \.repeater.loopDetection, .word,
      "How often this node may already be in the path of a flood it relays."),
    Setting(
      "repeater.multiAcks", \.repeater.sendsAcknowledgementsTwice,
      SettingKind.integer(0...1).mapped({ $0 == 1 }, back: { $0 ? 1 : 0 }),
      "1 sends a relayed acknowledgement a second time."),
    Setting(
      "repeater.pathHashBytes", \.repeater.ownHashSize, .integer(1...3),
      "Bytes by which repeaters name themselves in the paths of this node's own floods."),
    Setting(
      "repeater.seenCapacity", \.repeater.seenCapacity, .integer(4096...1_000_000),
      "Packets that are remembered to recognise their copies."),
    Setting(
      "repeater.seenLifetime", \.repeater.seenExpiry, .duration(.seconds(300)...(.seconds(86_400))),
      "How long they are remembered after the last copy."),
    Setting(
      "repeater.heldCapacity", \.repeater.heldCapacity, .integer(1...4096),
      "Weakly heard floods that are held back at once."),
    Setting(
      "repeater.neighbourCapacity", \.repeater.neighbourCapacity, .integer(1...4096),
      "Neighbours that are remembered."),
    Setting(
      "repeater.verificationBurst", \.repeater.verificationBurst, .integer(1...10_000),
      "Advert signatures that are verified in a burst."),
    Setting(
      "repeater.verificationsPerSecond", \.repeater.verificationsPerSecond, .integer(1...10_000),
      "Advert signatures that are verified each second after it."),
    Setting(
      "repeater.allowDiscovery", \.repeater.allowsDiscovery, .boolean,
      "Whether the node answers neighbours that ask who is there."),
    Setting(
      "repeater.channels", \.channels,
      .objects(channelTable, atMost: NamedChannel.maximumCount, called: "channels"),
      "The channels whose messages rules may look into; none unless they are listed."),
    Setting(
      "repeater.rules", \.rules, .objects(ruleTable, atMost: 64, called: "rules"),
      "Rules about floods that would otherwise be relayed; the first that applies decides."),
  ]

  private static let channelTable = SettingsTable<ChannelEntry>([
    Setting(
      "name", \.name, .text(1...NamedChannel.maximumNameBytes),
      "Its name; the key of a #name, and of \"\(ChannelKey.publicName)\", follows from it."),
    Setting(
      "key", \.key, SettingKind.channelKey.orNull, isSecret: true,
      "The key of any other channel, as MeshCore's apps share it. `INTERLOCK_CHANNEL_KEY_` and the "
        + "name, in capitals and with _ for all but letters and digits, overrides it."),
  ])

  private static let ruleTable = SettingsTable<RuleEntry>([
    Setting(
      "action", \.action, .word,
      "What is done with a packet the rule applies to; log only notes it, and later rules decide."),
    Setting(
      "types", \.types,
      SettingKind.word(of: PayloadType.all.map(\.description)).list(atMost: 16),
      "Applies to these payload types; an empty list for all."),
    Setting(
      "route", \.route,
      SettingKind<String>.word(of: Route.allCases.filter(\.isFlood).map(\.description)).orNull,
      "Applies to floods bound to a region by transport codes, or to those bound to none."),
    Setting(
      "fewestHops", \.fewestHops, SettingKind.integer(0...63).orNull,
      "Applies to packets that have passed at least so many repeaters."),
    Setting(
      "mostHops", \.mostHops, SettingKind.integer(0...63).orNull,
      "Applies to packets that have passed at most so many."),
    Setting(
      "fewestPayloadBytes", \.fewestPayloadBytes, SettingKind.integer(0...184).orNull,
      "Applies to payloads of at least so many bytes."),
    Setting(
      "mostPayloadBytes", \.mostPayloadBytes, SettingKind.integer(0...184).orNull,
      "Applies to payloads of at most so many bytes."),
    Setting(
      "fewestFrameBytes", \.fewestFrameBytes, SettingKind.integer(0...255).orNull,
      "Applies to frames of at least so many bytes, as they were heard."),
    Setting(
      "mostFrameBytes", \.mostFrameBytes, SettingKind.integer(0...255).orNull,
      "Applies to frames of at most so many bytes."),
    Setting(
      "pathHashBytes", \.pathHashBytes, SettingKind.integer(1...3).orNull,
      "Applies to packets whose path names repeaters by so many bytes."),
    Setting(
      "pathContains", \.pathContains, SettingKind.hex(bytes: [1, 2, 3]).orNull,
      "Applies to packets that have passed this node."),
    Setting(
      "hasTransportCodes", \.hasTransportCodes, SettingKind.boolean.orNull,
      "Applies to packets that carry transport codes, or to those that do not."),
    Setting(
      "channelHash", \.channelHash, SettingKind.hex(bytes: [1]).orNull,
      "Applies to what is for a channel with this hash, the first byte of its payload."),
    Setting(
      "channel", \.channel, SettingKind.text(1...NamedChannel.maximumNameBytes).orNull,
      "Applies to messages and data that the key of this one of repeater.channels opens."),
    Setting(
      "sender", \.sender, SettingKind.text(1...64).orNull,
      "Applies to texts on repeater.channels whose sender's name fits this pattern."),
    Setting(
      "text", \.text, SettingKind.text(1...TextMessage.maximumTextBytes).orNull,
      "Applies to texts on repeater.channels that fit this pattern, the sender's name aside."),
    Setting(
      "weakerThanDB", \.weakerThanDB, SettingKind.number(-32...32, unit: " dB").orNull,
      "Applies to packets heard with a lower signal-to-noise ratio."),
    Setting(
      "weakerThanDBm", \.weakerThanDBm, SettingKind.integer(-150...0, unit: " dBm").orNull,
      "Applies to packets heard with less power."),
  ])

  private static let regionSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "regions.allowUnscoped", \.regions.allowUnscoped, .boolean,
      "Whether floods bound to no region are relayed."),
    Setting(
      "regions.default", \.regions.home, SettingKind.regionName.orNull,
      "The region of regions.known the node's own floods are bound to; null for none."),
    Setting(
      "regions.known", \.regions.known,
      .objects(regionTable, atMost: RegionTable.maximumRegions, called: "regions"),
      "The regions the node knows."),
  ]

  private static let regionTable = SettingsTable<RegionEntry>([
    Setting(
      "name", \.name, .regionName,
      "Its name; one that begins with $ is private and needs its key."),
    Setting("allowFloods", \.allowFloods, .boolean, "Whether its floods are relayed."),
    Setting(
      "key", \.key, SettingKind.hex(bytes: [Region.keyBytes]).orNull, isSecret: true,
      "The key of a private region; a public region's follows from its name. "
        + "`INTERLOCK_REGION_KEY_` and the name without its $, in capitals and with _ for all but "
        + "letters and digits, overrides it."),
  ])

  private static let delaySettings: [Setting<NodeConfiguration>] = [
    Setting(
      "delays.profile", \.repeater.delays.profile, .word,
      "Whose arithmetic the random delays before relaying follow."),
    Setting(
      "delays.floodFactor", \.repeater.delays.floodFactor, .number(0...2),
      "Widens the window of relayed floods; 1.6 suits places where many repeaters hear each other."),
    Setting(
      "delays.directFactor", \.repeater.delays.directFactor, .number(0...2),
      "Widens the window of relayed direct packets."),
    Setting(
      "delays.receptionBase", \.repeater.delays.receptionBase, .number(0...20),
      "How much longer a weakly heard flood is held back in favour of a better copy; 0 for not."),
    Setting(
      "delays.maximum", \.repeater.delays.maximumTransmitDelay,
      .duration(.zero...(.seconds(60))), "The longest delay of the pymc profile."),
    Setting(
      "delays.useScore", \.repeater.delays.usesScoreForTransmit, .boolean,
      "Whether a well heard packet is relayed sooner."),
  ]
}

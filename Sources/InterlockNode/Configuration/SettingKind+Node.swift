internal import InterlockMeshCore
internal import InterlockModems
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

extension SettingKind where Value == String? {
  /// The path of a file, or null.
  static var path: SettingKind<String?> { SettingKind<String>.text(1...4096).orNull }
}

extension SettingKind where Value == String {
  /// A region's name as the firmware takes it.
  static var regionName: SettingKind<String> {
    SettingKind.text(1...Region.maximumNameBytes).checked { name in
      let isFine = name.utf8.allSatisfy { byte in
        byte >= 0x41 || (0x30...0x39).contains(byte) || "-#$".utf8.contains(byte)
      }
      return isFine ? nil : "must hold only letters, digits, -, # and $"
    }
  }
}

extension SettingKind where Value == Int {
  /// A speed that a serial line can be set to.
  static var lineSpeed: SettingKind {
    let speeds = SerialPort.speeds.map { Int($0) }
    let text = "one of \(speeds.map { "\($0)" }.joined(separator: ", "))"
    return SettingKind(range: text) { node throws(SettingProblem) in
      guard let value = node.number?.exactly(Int.self), speeds.contains(value)
      else { throw SettingProblem(node, "must be \(text)") }
      return value
    } write: {
      .integer($0)
    }
  }
}

extension SettingKind where Value == Double {
  /// A bandwidth in kilohertz that LoRa radios have.
  static var kilohertz: SettingKind<Double> {
    let text = LoRaSettings.bandwidthsText
    return SettingKind(range: text) { node throws(SettingProblem) in
      guard let value = node.number?.double, LoRaSettings.isBandwidth(value * 1000) else {
        throw SettingProblem(node, "must be one of \(text)")
      }
      return value
    } write: {
      .double($0)
    }
  }
}

extension SettingKind where Value == Duration {
  /// What a KISS parameter of one byte can say.
  static var tensOfMilliseconds: SettingKind<Duration> {
    SettingKind.duration(.zero...(.milliseconds(2550))).checked { duration in
      duration.wholeNanoseconds.isMultiple(of: 10_000_000) ? nil : "must be a multiple of 10ms"
    }
  }
}

extension SettingKind where Value == Set<PacketKind> {
  /// Kinds of packets, each once.
  static var kinds: SettingKind<Set<PacketKind>> {
    SettingKind<PacketKind>.word.list(atMost: PacketKind.allCases.count)
      .mapped({ Set($0) }, back: { kinds in PacketKind.allCases.filter(kinds.contains) })
  }
}

extension SettingKind where Value == LogLevel {
  /// A level by its name.
  static var logLevel: SettingKind<LogLevel> {
    SettingKind<String>.word(of: LogLevel.allCases.map(\.name))
      .mapped({ LogLevel(name: $0) ?? .info }, back: \.name)
  }
}

extension SettingKind where Value == String {
  /// A call sign as AX.25 writes it.
  static var callSign: SettingKind<String> {
    SettingKind.text(1...9).checked { text in
      AX25Header(destination: text, source: text) == nil
        ? "must be a call sign such as N0CALL or N0CALL-7" : nil
    }
  }
}

extension SettingKind where Value == [UInt8] {
  /// A channel's key, as MeshCore's apps write it.
  static var channelKey: SettingKind {
    SettingKind(range: ChannelKey.notation) { node throws(SettingProblem) in
      guard let key = node.string.flatMap(ChannelKey.parse) else {
        throw SettingProblem(node, "must be \(ChannelKey.notation)")
      }
      return key
    } write: {
      .string(Hex.encode($0))
    }
  }
}

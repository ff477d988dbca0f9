package import InterlockRadio

/// `radio`: modulation, channel and power.
package struct RadioSection: Sendable, Hashable {
  package var preset = "EU/UK narrow"
  /// What replaces the preset's value, where it is set.
  package var frequencyMHz: Double?
  package var bandwidthKHz: Double?
  package var spreadingFactor: Int?
  package var codingRate: Int?
  package var preambleSymbols: Int?
  package var powerDBm = 14

  /// The preset with what replaces it.
  ///
  /// - Throws: when the values together are nothing a radio can be set to.
  /// - Returns: settings in which every value is possible.
  package func lora() throws(LoRaSettingsError) -> LoRaSettings {
    let base = RadioPreset.named(preset)?.settings ?? RadioPreset.all[0].settings
    let factor = spreadingFactor ?? base.spreadingFactor
    let settings = LoRaSettings(
      frequencyHz: frequencyMHz.map { UInt32(($0 * 1e6).rounded()) } ?? base.frequencyHz,
      bandwidthHz: bandwidthKHz.map { UInt32(($0 * 1e3).rounded()) } ?? base.bandwidthHz,
      spreadingFactor: factor,
      codingRateDenominator: codingRate.flatMap(LoRaSettings.codingRateDenominator(configured:))
        ?? base.codingRateDenominator,
      // With another spreading factor the preset's preamble no longer is the firmware's.
      preambleSymbols: preambleSymbols
        ?? (factor == base.spreadingFactor ? base.preambleSymbols : nil))
    try settings.validate()
    return settings
  }
}

/// `modem`: the device the node transmits with.
package struct ModemSection: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Simulated, in a simulated neighbourhood.
    case simulated
    /// MeshCore's KISS modem firmware on a serial line.
    case kissSerial = "kiss_serial"
    /// The same behind a TCP connection.
    case kissTCP = "kiss_tcp"
    /// A plain KISS TNC on a serial line.
    case tncSerial = "tnc_serial"
    /// A plain KISS TNC behind a TCP connection.
    case tncTCP = "tnc_tcp"

    /// Whether the modem sets the preamble by itself, as MeshCore's firmware does.
    package var setsPreamble: Bool { self == .kissSerial || self == .kissTCP }
  }

  package var type = Kind.simulated
  package var device: String?
  package var baud = 115_200
  package var host: String?
  package var port: Int?
  package var persistence = 255
  package var slotTime = Duration.milliseconds(20)
  package var transmitDelay = Duration.milliseconds(50)
  package var transmitTail = Duration.zero
  package var fullDuplex = false
  /// Whether a plain TNC is a LoRa board that is put into KISS mode by text commands.
  package var textCommands = false
  /// How fast a plain TNC sends on the air; nil for LoRa.
  package var bitRate: Int?
  /// The two call signs of the AX.25 frames a plain TNC gets, or nil for bare frames.
  package var ax25Destination: String?
  package var ax25Source: String?
}

/// `dutyCycle`: how long the node may be on the air.
package struct DutyCycleSection: Sendable, Hashable {
  package enum Model: String, Sendable, Hashable, CaseIterable {
    /// Never over in any window.
    case strict
    /// pyMC's rolling minute.
    case perMinute = "per_minute"
    /// The firmware's token bucket.
    case firmwareBudget = "firmware_budget"
  }

  package enum Region: String, Sendable, Hashable, CaseIterable {
    /// From the channel, by the rules of the European sub-bands.
    case auto
    /// A frequency-hopping system under 47 CFR 15.247.
    case fccHopping = "fcc_hopping"
    /// A hybrid system under 47 CFR 15.247.
    case fccHybrid = "fcc_hybrid"
    /// Digital modulation under 47 CFR 15.247.
    case fccDigital = "fcc_digital"
    /// No limit but those listed.
    case none
  }

  package var enforce = true
  package var model = Model.strict
  package var region = Region.auto
  package var hybridChannels: Int?
  package var antennaGainDB = 0.0
  package var limits: [LimitEntry] = []
  package var perMinuteAllowance = Duration.milliseconds(3600)
  package var firmwareFactor = 1.0
  package var floodShare = 0.8
  package var advertShare = 0.25
  package var countUnknown = true
  package var maximumTransmission: Duration?
}

/// One limit of `dutyCycle.limits`.
package struct LimitEntry: DefaultConstructible, Hashable {
  package var window = Duration.seconds(3600)
  package var allowance = Duration.seconds(36)

  package init() {}
}

/// `simulation`: the neighbourhood a simulated modem lives in.
package struct SimulationSection: Sendable, Hashable {
  package var seed = 1
  package var repeaters = 6
  package var users = 4
  /// On average, from one message of a user to the next.
  package var messageInterval = Duration.seconds(20)
  /// Side of the square the nodes are spread over.
  package var areaKilometres = 8.0
}

internal import Interlock
public import InterlockRadio

/// What a LoRa receiver can make of a signal: the constants of the air, each with its source.
public enum Reception {
  /// Thermal noise in a hertz at room temperature, in dBm.
  static let thermalNoiseDBm = -174.0

  /// How much stronger than everything else on its channel together a frame must be to survive.
  ///
  /// *Source:* M. Bor, U. Roedig, T. Voigt, J. Alonso, "Do LoRa Low-Power Wide-Area Networks Scale?",
  /// MSWiM 2016, section 3.3; C. Goursaud, J.-M. Gorce, "Dedicated networks for IoT", EAI 2015, table
  /// of co-channel rejection (6 dB on the diagonal). D. Croce et al., IEEE Communications Letters
  /// 22(4), 2018, measured as little as 1 dB; the world is kept the harsher of the two.
  public static let captureDB = 6.0

  /// Preamble symbols that must arrive undamaged; what is lost before them does no harm.
  ///
  /// *Source:* Bor et al., section 3.4: the critical section starts five symbols before the
  /// preamble's end.
  static let neededPreambleSymbols = 5

  /// Symbols a radio must listen to before it notices that someone sends.
  ///
  /// *Source:* channel activity detection over two symbols, the setting of the MeshCore drivers.
  static let sensingSymbols = 2

  /// Signals this far below what can be decoded are not followed at all.
  ///
  /// Two decibels more than `captureDB`: a signal weaker than that destroys nothing by itself.
  static let negligibleDB = 8.0

  /// The noise a receiver hears in its bandwidth, in dBm.
  public static func noiseFloor(bandwidthHz: UInt32, noiseFigureDB: Double) -> Double {
    thermalNoiseDBm + Decibels.decibels(Double(bandwidthHz)) + noiseFigureDB
  }

  /// The weakest signal a receiver decodes, in dBm.
  public static func sensitivity(_ settings: LoRaSettings, noiseFigureDB: Double) -> Double {
    noiseFloor(bandwidthHz: settings.bandwidthHz, noiseFigureDB: noiseFigureDB)
      + LoRaSettings.thresholdSNR(spreadingFactor: settings.spreadingFactor)
  }

  /// What two radios must have in common to hear each other.
  ///
  /// Other spreading factors and other frequencies are taken as silence: co-channel rejection
  /// between spreading factors is 16 dB and more (Goursaud and Gorce), and channels of a mesh do not
  /// overlap in part.
  struct Channel: Sendable, Hashable {
    let frequencyHz: UInt32
    let bandwidthHz: UInt32
    let spreadingFactor: Int

    init(_ settings: LoRaSettings) {
      frequencyHz = settings.frequencyHz
      bandwidthHz = settings.bandwidthHz
      spreadingFactor = settings.spreadingFactor
    }
  }

  /// When the parts of a frame begin, in nanoseconds after its first symbol.
  struct Timing: Sendable, Hashable {
    /// A carrier sense can notice it from here.
    let sensed: Int64
    /// From here on damage is fatal.
    let critical: Int64
    /// The preamble is over: a receiver that heard it follows this frame to its end.
    let followed: Int64

    init(_ settings: LoRaSettings) {
      let symbol =
        Double(UInt64(1) << UInt64(settings.spreadingFactor)) / Double(settings.bandwidthHz) * 1e9
      // The fixed symbols after the preamble: sync word and start of frame.
      let fixed = settings.spreadingFactor >= 7 ? 4.25 : 6.25
      let preamble = Double(settings.preambleSymbols)
      sensed = Int64(Double(Reception.sensingSymbols) * symbol)
      critical = Int64(max(0, preamble - Double(Reception.neededPreambleSymbols)) * symbol)
      followed = Int64((preamble + fixed) * symbol)
    }
  }
}

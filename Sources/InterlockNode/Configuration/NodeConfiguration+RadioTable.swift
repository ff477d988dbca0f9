internal import InterlockRadio

extension NodeConfiguration {
  static let dutyCycleSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "dutyCycle.enforce", \.dutyCycle.enforce, .boolean,
      "Whether transmissions that exceed the allowance are kept off the air; the operator answers "
        + "for switching it off."),
    Setting(
      "dutyCycle.model", \.dutyCycle.model, .word,
      "strict is never over in any window; per_minute and firmware_budget keep only their own "
        + "allowance, counted as pyMC and the firmware do. An option of another model is refused."),
    Setting(
      "dutyCycle.region", \.dutyCycle.region, .word,
      "auto derives the limit from the channel and power by the European sub-bands; fcc_hopping, "
        + "fcc_hybrid and fcc_digital are the rules of 47 CFR 15.247 for 902–928 MHz; none has only "
        + "dutyCycle.limits. For the strict model; auto warns of a channel or power outside the "
        + "European rules under every model."),
    Setting(
      "dutyCycle.hybridChannels", \.dutyCycle.hybridChannels, SettingKind.integer(1...1000).orNull,
      "Over how many channels the hybrid system of fcc_hybrid hops."),
    Setting(
      "dutyCycle.antennaGainDB", \.dutyCycle.antennaGainDB, .number(-60...60, unit: " dB"),
      "Antenna gain over a dipole, less what the cable loses; with radio.powerDBm it gives the "
        + "radiated power the rule asks for."),
    Setting(
      "dutyCycle.limits", \.dutyCycle.limits, .objects(limitTable, atMost: 4, called: "limits"),
      "Further limits of the strict model; all hold at once."),
    Setting(
      "dutyCycle.perMinuteAllowance", \.dutyCycle.perMinuteAllowance,
      .duration(.zero...(.seconds(60))), "The allowance of the per_minute model."),
    Setting(
      "dutyCycle.firmwareFactor", \.dutyCycle.firmwareFactor, .number(0...99),
      "The airtime factor of the firmware_budget model: a share of 1 / (1 + factor)."),
    Setting(
      "dutyCycle.floodShare", \.dutyCycle.floodShare, .number(0...1),
      "The part of each allowance of the strict model floods may use."),
    Setting(
      "dutyCycle.advertShare", \.dutyCycle.advertShare, .number(0...1),
      "The part of each allowance of the strict model adverts may use."),
    Setting(
      "dutyCycle.countUnknown", \.dutyCycle.countUnknown, .boolean,
      "Whether a transmission the modem did not confirm is counted as sent."),
    Setting(
      "dutyCycle.maximumTransmission", \.dutyCycle.maximumTransmission,
      SettingKind.duration(.milliseconds(10)...(.seconds(60))).orNull,
      "The longest single transmission, for dwell rules such as 400ms; null for any."),
  ]

  private static let limitTable = SettingsTable<LimitEntry>([
    Setting(
      "window", \.window, .duration(.seconds(1)...(.seconds(86_400))),
      "The sliding window the limit looks at."),
    Setting(
      "allowance", \.allowance, .duration(.zero...(.seconds(86_400))),
      "How long the node may be on the air in it."),
  ])

  static let radioSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "radio.preset", \.radio.preset, .word(of: RadioPreset.all.map(\.name)),
      "The settings of the region's network; those below replace single values of it."),
    Setting(
      "radio.frequencyMHz", \.radio.frequencyMHz,
      SettingKind.number(137...2500, unit: " MHz").orNull,
      "The centre frequency; null for the preset's."),
    Setting(
      "radio.bandwidthKHz", \.radio.bandwidthKHz,
      SettingKind.kilohertz.orNull,
      "The bandwidth; null for the preset's."),
    Setting(
      "radio.spreadingFactor", \.radio.spreadingFactor, SettingKind.integer(5...12).orNull,
      "The spreading factor; null for the preset's."),
    Setting(
      "radio.codingRate", \.radio.codingRate, SettingKind.integer(1...8).orNull,
      "The coding rate 4/5…4/8 by its denominator 5…8, or by the older index 1…4; null for the "
        + "preset's."),
    Setting(
      "radio.preambleSymbols", \.radio.preambleSymbols, SettingKind.integer(1...65_535).orNull,
      "The preamble; null for the firmware's: 32 symbols up to SF8, 16 above. A MeshCore KISS modem "
        + "always sends the firmware's: with one, a longer preamble only makes the account careful, and "
        + "a shorter one is refused."),
    Setting(
      "radio.powerDBm", \.radio.powerDBm, .integer(-9...30, unit: " dBm"),
      "Transmit power at the antenna connector."),
  ]

  static let modemSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "modem.type", \.modem.type, .word, effect: .onRestart,
      "kiss_serial and kiss_tcp are MeshCore KISS modems, tnc_serial and tnc_tcp plain KISS TNCs; "
        + "simulated needs no hardware."),
    Setting(
      "modem.device", \.modem.device, .path, effect: .onRestart,
      "The serial device, best by its name below /dev/serial/by-id."),
    Setting(
      "modem.baud", \.modem.baud, .lineSpeed, effect: .onRestart,
      "The speed of the serial line in bits per second."),
    Setting(
      "modem.host", \.modem.host, SettingKind.text(1...253).orNull, effect: .onRestart,
      "The host of a modem behind TCP."),
    Setting(
      "modem.port", \.modem.port, SettingKind.integer(1...65_535).orNull, effect: .onRestart,
      "The port of a modem behind TCP."),
    Setting(
      "modem.persistence", \.modem.persistence, .integer(0...255),
      "The modem's chance to send in a slot: (persistence + 1) / 256."),
    Setting(
      "modem.slotTime", \.modem.slotTime, .tensOfMilliseconds,
      "The modem's slots, in steps of 10ms."),
    Setting(
      "modem.txDelay", \.modem.transmitDelay, .tensOfMilliseconds,
      "The modem's wait before it sends, in steps of 10ms."),
    Setting(
      "modem.txTail", \.modem.transmitTail, .tensOfMilliseconds,
      "How long a plain TNC keeps the transmitter on afterwards, in steps of 10ms."),
    Setting(
      "modem.fullDuplex", \.modem.fullDuplex, .boolean,
      "Whether the modem sends without waiting for a free channel; a LoRa radio hears nothing while "
        + "it sends all the same."),
    Setting(
      "modem.textCommands", \.modem.textCommands, .boolean, effect: .onRestart,
      "Whether a plain TNC is a LoRa board that two text commands tell its channel and put into KISS "
        + "mode."),
    Setting(
      "modem.bitRate", \.modem.bitRate, SettingKind.integer(100...1_000_000).orNull,
      effect: .onRestart,
      "The bits per second at which a plain TNC sends AX.25 on the air; null for a LoRa board, whose "
        + "pace follows from radio."),
    Setting(
      "modem.ax25Source", \.modem.ax25Source, SettingKind.callSign.orNull, effect: .onRestart,
      "The call sign with which a plain TNC's frames are wrapped in AX.25; null for bare frames."),
    Setting(
      "modem.ax25Destination", \.modem.ax25Destination, SettingKind.callSign.orNull,
      effect: .onRestart, "The call sign those frames are addressed to."),
  ]

  static let transmitSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "transmit.capacity", \.transmit.capacity, .integer(1...100_000),
      "Packets that wait at once, those held back included."),
    Setting(
      "transmit.maximumAge", \.transmit.maximumAge, .duration(.seconds(1)...(.seconds(3600))),
      "The age at which a relayed packet is dropped."),
    Setting(
      "transmit.maximumLocalAge", \.transmit.maximumLocalAge,
      .duration(.seconds(1)...(.seconds(86_400))),
      "The age at which a packet of the node's own is dropped."),
    Setting(
      "transmit.acknowledgementAge", \.transmit.acknowledgementAge,
      .duration(.seconds(1)...(.seconds(3600))),
      "The age from which acknowledgements are the first to be dropped."),
    Setting(
      "transmit.ageingAfter", \.transmit.ageingAfter, .duration(.zero...(.seconds(3600))),
      "How long a packet is ready before it gains urgency."),
    Setting(
      "transmit.ageingStep", \.transmit.ageingStep, .duration(.milliseconds(10)...(.seconds(3600))),
      "The time in which it gains one level."),
    Setting(
      "transmit.urgentRun", \.transmit.urgentRun, .integer(1...1000),
      "Packets of the highest priority sent in a row while another waits."),
    Setting(
      "transmit.checkOnScheduling", \.transmit.checksOnScheduling, .boolean,
      "Whether a packet that exceeds the allowance already when it is scheduled is dropped then."),
    Setting(
      "transmit.holdOverBudget", \.transmit.holdsOverBudget, .kinds,
      "Relayed packets that wait for the allowance instead of being dropped."),
    Setting(
      "transmit.localAttempts", \.transmit.localAttempts, .integer(1...10),
      "How often a packet of the node's own is given to the radio if it fails before emission."),
    Setting(
      "transmit.retryDelay", \.transmit.retryDelay, .duration(.zero...(.seconds(60))),
      "From a failure to the next attempt."),
    Setting(
      "transmit.recordLimit", \.transmit.recordLimit, .duration(.zero...(.seconds(5))),
      "How long a transmission waits until its airtime is on the disk, so that not even a crash "
        + "forgets it; 0 for not at all, which spares a memory card."),
    Setting(
      "transmit.listen", \.transmit.listensBeforeTalk, .boolean,
      "Whether the node listens before it talks."),
    Setting(
      "transmit.listenLimit", \.transmit.listenLimit, .duration(.zero...(.seconds(60))),
      "How long a packet waits for a free channel, and up to 1.5 times the longest frame more for one "
        + "that is being received. With a MeshCore KISS modem every busy channel counts as that, so 4s "
        + "are up to 7.5s on the default channel."),
    Setting(
      "transmit.listenExhaustion", \.transmit.listenExhaustion, .word,
      "What happens when the channel stays occupied: the packet is sent, or queued once more."),
    Setting(
      "transmit.breakerThreshold", \.transmit.breakerThreshold, .integer(1...1000),
      "Failed transmissions in a row after which the radio counts as down."),
    Setting(
      "transmit.probeInterval", \.transmit.probeInterval,
      .duration(.milliseconds(100)...(.seconds(3600))), "How often a radio that is down is tried."),
    Setting(
      "transmit.warningInterval", \.transmit.warningInterval,
      .duration(.milliseconds(100)...(.seconds(3600))),
      "The least time between two warnings of one kind; those between are counted."),
  ]
}

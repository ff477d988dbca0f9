internal import InterlockMeshCore

extension NodeConfiguration {
  static let advertSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "adverts.floodInterval", \.adverts.floodInterval,
      .duration(.seconds(3 * 3600)...(.seconds(168 * 3600)), orZero: true),
      "From one advert for the whole mesh to the next, up to 10 % more at random; 0 for none."),
    Setting(
      "adverts.neighbourInterval", \.adverts.neighbourInterval,
      .duration(.seconds(3600)...(.seconds(4 * 3600)), orZero: true),
      "From one advert for direct neighbours to the next; 0 for none."),
    Setting(
      "adverts.rateLimit", \.adverts.rateLimit, .boolean,
      "Whether one advertiser's adverts are relayed only so often."),
    Setting(
      "adverts.rateLimitBurst", \.adverts.rateLimitBurst, .integer(1...100),
      "Adverts of one advertiser relayed in a row."),
    Setting(
      "adverts.rateLimitInterval", \.adverts.rateLimitInterval,
      .duration(.seconds(60)...(.seconds(168 * 3600))),
      "The time after which one more of its adverts is relayed."),
    Setting(
      "adverts.penalty", \.adverts.penalty, .boolean,
      "Whether none of the adverts of an advertiser that keeps exceeding that limit is relayed for a "
        + "time. Only what it signed itself, at a later time than before, is held against it."),
    Setting(
      "adverts.penaltyThreshold", \.adverts.penalties.threshold, .integer(1...100),
      "How often it exceeds the limit before it is barred."),
    Setting(
      "adverts.penaltyBase", \.adverts.penalties.base,
      .duration(.seconds(60)...(.seconds(168 * 3600))), "How long it is barred the first time."),
    Setting(
      "adverts.penaltyFactor", \.adverts.penalties.factor, .number(1...10),
      "What the length of each further bar is multiplied by."),
    Setting(
      "adverts.penaltyMaximum", \.adverts.penalties.maximum,
      .duration(.seconds(60)...(.seconds(168 * 3600))), "The longest it is barred."),
    Setting(
      "adverts.penaltyDecay", \.adverts.penalties.decay,
      .duration(.seconds(60)...(.seconds(168 * 3600))),
      "Without exceeding the limit for this long, time barred not counted, it begins anew."),
    Setting(
      "adverts.adaptive", \.adverts.adaptive, .boolean,
      "Whether that limit follows the adverts heard: while the mesh is quiet there is none, while it "
        + "is busy it allows half as much, while it is congested a quarter. Who is barred is decided "
        + "by the whole limit, and stays barred."),
    Setting(
      "adverts.adaptiveWindow", \.adverts.tiers.window,
      .duration(.seconds(60)...(.seconds(24 * 3600))),
      "The time constant of the average of adverts heard: one of them is one in so long, and fades."
    ),
    Setting(
      "adverts.adaptiveHold", \.adverts.tiers.hold, .duration(.zero...(.seconds(24 * 3600))),
      "How long the mesh is taken for quiet, normal, busy or congested at least."),
    Setting(
      "adverts.adaptiveNormal", \.adverts.tiers.normal, .number(0...1000),
      "Adverts a minute from which on it is normal."),
    Setting(
      "adverts.adaptiveBusy", \.adverts.tiers.busy, .number(0...1000),
      "Adverts a minute from which on it is busy."),
    Setting(
      "adverts.adaptiveCongested", \.adverts.tiers.congested, .number(0...1000),
      "Adverts a minute from which on it is congested."),
  ]
}

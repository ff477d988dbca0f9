import Testing

extension Tag {
  /// On many schedules, each drawn from a seed.
  @Tag static var race: Self
  /// Random operations, against a naive model or a law.
  @Tag static var property: Self
  /// Long hours in one test; seconds of real time.
  @Tag static var slow: Self
}

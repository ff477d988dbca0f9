package import Testing

extension Tag {
  /// On many schedules, each drawn from a seed.
  @Tag package static var race: Self
  /// Random operations, against a naive model or a law.
  @Tag package static var property: Self
  /// Long hours in one test; seconds of real time.
  @Tag package static var slow: Self
  /// A whole mesh on a simulated air.
  @Tag package static var simulation: Self
  /// Real devices, sockets, files or processes.
  @Tag package static var integration: Self
}

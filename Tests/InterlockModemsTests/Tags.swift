import Testing

extension Tag {
  /// On many schedules, each drawn from a seed.
  @Tag static var race: Self
  /// Real devices, sockets, files or processes.
  @Tag static var integration: Self
}

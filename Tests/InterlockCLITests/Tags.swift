import Testing

extension Tag {
  /// Real devices, sockets, files or processes.
  @Tag static var integration: Self
}

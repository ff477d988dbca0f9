extension LockRequest {
  /// What a server would not keep: terms, reasons and permits beyond their limits; nil when all is well.
  package var limitFault: String? {
    if term < .milliseconds(100) || term > .seconds(86_400) {
      return "a term is 100ms to 24h, and not \(term)"
    }
    if reason.utf8.count > 200 || reason.utf8.contains(0) {
      return "a reason has 200 bytes at most, and no U+0000"
    }
    if case .permits(let count, let limit) = mode,
      !(1...LockMode.mostPermits ~= limit && 1...limit ~= count)
    {
      return "\(mode): permits are 1 to their limit, and that is \(LockMode.mostPermits) at most"
    }
    return nil
  }
}

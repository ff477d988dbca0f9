internal import CSodium

/// The one place where libsodium is started.
enum Sodium {
  /// Starts libsodium on the first call; every key operation and random draw goes through here.
  ///
  /// `sodium_init` fails only when the kernel offers no random source at all. Nothing that needs
  /// keys can go on then, and a repeater that signs with guessable keys is worse than none.
  static func start() { precondition(isReady, "libsodium found no source of random bytes") }

  private static let isReady = sodium_init() >= 0
}

internal import COpenSSL
internal import CSodium

/// The libraries below this module, as they are on this machine.
public enum CryptoLibraries {
  /// libsodium's version.
  public static var sodium: String { unsafe String(cString: sodium_version_string()) }

  /// OpenSSL's version.
  public static var openSSL: String { unsafe String(cString: OpenSSL_version(0)) }
}

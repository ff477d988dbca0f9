package import InterlockFileLocks
package import InterlockRadio
package import InterlockSystem

/// `node`: what the node is to its users and neighbours.
package struct NodeSection: Sendable, Hashable {
  /// The name its adverts carry.
  package var name = "Interlock"
  /// Where it stands, in degrees; 0 and 0 for nowhere.
  package var latitude = 0.0
  package var longitude = 0.0
  /// What its owner wants to be known.
  package var ownerInfo = ""
  package var mode = TransmitMode.forward
}

/// `identity`: the key pair the node is known by.
package struct IdentitySection: Sendable, Hashable {
  /// The file; nil for `identity` in the storage directory.
  package var file: String?
  /// The seed or private key itself, instead of a file.
  package var key: [UInt8]?
}

/// `security`: who may administer the node over the radio.
package struct SecuritySection: Sendable, Hashable {
  /// What administrators log in with; nil for none.
  package var adminPassword: String?
  /// What guests log in with, who only read; nil for none.
  package var guestPassword: String?
}

/// `regions`: which floods are passed on by where they belong.
package struct RegionsSection: Sendable, Hashable {
  package var allowUnscoped = true
  /// The region the node's own floods are bound to.
  package var home: String?
  package var known: [RegionEntry] = []
}

/// One region of `regions.known`.
package struct RegionEntry: DefaultConstructible, Hashable {
  package var name = ""
  package var allowFloods = false
  /// The key of a private region.
  package var key: [UInt8]?

  package init() {}
}

/// `locks`: how commands take locks beside older programs.
package struct LocksSection: Sendable, Hashable {
  /// What is taken; nil for what a folder that is known stands for.
  package var rollout: RolloutMode?
  /// Where the older programs' lock file is; nil for nowhere.
  package var legacyFolder: String?

  /// Nothing is said.
  package init() {}
}

/// `storage`: where state survives a restart.
package struct StorageSection: Sendable, Hashable {
  /// The folder; nil for the user's own.
  package var directory: String?
  /// The file with the airtime that is spent; nil for `airtime.ledger` in the folder.
  package var ledgerFile: String?
  package var ledgerInterval = Duration.seconds(30)
}

/// `log`: what is written about what happens.
package struct LogSection: Sendable, Hashable {
  package enum Format: String, Sendable, Hashable, CaseIterable {
    case text, json
  }

  package var level = LogLevel.info
  package var format = Format.text
  /// The file; nil for standard error.
  package var file: String?
}

/// `control`: the socket through which other programs ask the running node.
package struct ControlSection: Sendable, Hashable {
  package var enabled = true
  /// The path; nil for the user's own.
  package var socket: String?
}

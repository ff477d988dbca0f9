public import InterlockRadio

/// A command of the remote administration, read and found valid.
public enum AdminCommand: Sendable, Hashable {
  /// Tell the version.
  case version
  /// Tell the time.
  case clock
  /// Take the sender's time.
  case clockSync
  /// Announce the node.
  case advert(AdvertSchedule.Reach)
  /// Tell the neighbours.
  case neighbours
  /// Forget those whose key begins so.
  case removeNeighbour(prefix: [UInt8])
  /// Ask who is near.
  case discoverNeighbours
  /// Count from zero.
  case clearStatistics
  /// Take another administrator's password.
  case password(String)
  /// Tell a setting.
  case get(AdminSettingName)
  /// Change a setting.
  case set(AdminSetting)
  /// Change the radio for some minutes.
  case temporaryRadio(LoRaSettings, minutes: Int)
  /// Change what a client may do.
  case setPermissions(prefix: [UInt8], Permissions)
  /// Tell or change regions.
  case region(RegionCommand)
  /// Start again.
  case reboot
}

/// What is done with regions.
public enum RegionCommand: Sendable, Hashable {
  /// Tell all of them.
  case list
  /// Tell one; `*` stands for what is bound to no region.
  case get(String)
  /// Add one, shown below another; its floods are not passed on yet.
  case put(String, parent: String?)
  /// Forget one.
  case remove(String)
  /// Pass its floods on, or no longer.
  case setFlood(String, isAllowed: Bool)
  /// Keep the changes.
  case save
}

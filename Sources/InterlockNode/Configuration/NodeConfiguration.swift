package import InterlockMeshCore
package import InterlockRadio

/// Everything an operator may set about a node, read from one file.
///
/// The first values of the properties are the defaults, here and in the settings of the modules
/// that act on them; `NodeConfiguration.table` says what suits each and what it means.
package struct NodeConfiguration: DefaultConstructible {
  package var node = NodeSection()
  package var identity = IdentitySection()
  package var security = SecuritySection()
  package var repeater = RepeaterConfiguration()
  package var channels: [ChannelEntry] = []
  package var rules: [RuleEntry] = []
  package var adverts = AdvertSection()
  package var regions = RegionsSection()
  package var dutyCycle = DutyCycleSection()
  package var radio = RadioSection()
  package var modem = ModemSection()
  package var transmit = {
    var policy = TransmitPolicy()
    policy.recordLimit = .milliseconds(500)
    return policy
  }()
  package var locks = LocksSection()
  package var storage = StorageSection()
  package var log = LogSection()
  package var control = ControlSection()
  package var simulation = SimulationSection()

  package init() {}
}

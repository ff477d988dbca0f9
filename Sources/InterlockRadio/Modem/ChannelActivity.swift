/// What listening before talking heard.
public enum ChannelActivity: Sendable, Hashable {
  /// Nothing: the channel is free.
  case clear
  /// A packet is arriving at this radio right now; probing would destroy it.
  case receiving
  /// Someone else occupies the channel.
  case busy
  /// The modem listens before each transmission by itself and cannot be asked.
  case left
}

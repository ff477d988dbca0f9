internal import Interlock

/// A shared channel on which every board hears every other, and packets that overlap are lost.
///
/// It is enough to try hosts against each other; `InterlockSimulation` has an air with distances.
package final class EmulatedAir: Sendable {
  private struct Packet {
    let sender: ObjectIdentifier
    var isSpoilt: Bool
  }

  private struct Member: Sendable {
    weak let board: EmulatedBoard?
  }

  private struct State {
    var members: [Member] = []
    var packets: [Packet] = []
  }

  private let state = Guarded(State())

  /// An empty channel.
  package init() {}

  /// Lets a board send and hear from now on, as long as it lives.
  func join(_ board: EmulatedBoard) {
    state.withLock { $0.members.append(Member(board: board)) }
  }

  /// A board has begun to send.
  func began(by sender: EmulatedBoard, until end: Instant) {
    let others = state.withLock { state in
      let overlaps = !state.packets.isEmpty
      for index in state.packets.indices { state.packets[index].isSpoilt = true }
      state.packets.append(Packet(sender: ObjectIdentifier(sender), isSpoilt: overlaps))
      return Self.others(than: sender, in: state)
    }
    for other in others { other.step { modem, _ in modem.occupied(until: end) } }
  }

  /// A board has sent a frame: those on its channel hear it, unless another frame was in the air.
  func ended(_ frame: [UInt8], by sender: EmulatedBoard) {
    let others: [EmulatedBoard] = state.withLock { state in
      let index = state.packets.firstIndex { $0.sender == ObjectIdentifier(sender) }
      guard let index, !state.packets.remove(at: index).isSpoilt else { return [] }
      return Self.others(than: sender, in: state)
    }
    let channel = sender.modem.radio
    for other in others {
      other.step { modem, _ in
        if modem.radio == channel { modem.heard(frame, snrQuarterDB: 26, rssiDBm: -71) }
      }
    }
  }

  private static func others(than sender: EmulatedBoard, in state: State) -> [EmulatedBoard] {
    state.members.compactMap(\.board).filter { $0 !== sender }
  }
}

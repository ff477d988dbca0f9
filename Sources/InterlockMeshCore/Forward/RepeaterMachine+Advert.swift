public import Interlock
internal import InterlockRadio

/// Adverts: whose they are, whether they are signed, and who is near.
extension RepeaterMachine {
  func isOwnAdvert(_ packet: Packet) -> Bool {
    let start = packet.payloadRange.lowerBound
    guard ownPrefix.matches(packet.frame, at: start, count: KeyPrefix.maximumBytes) else {
      return false
    }
    return PublicKey(packet.frame[start..<start + PublicKey.byteCount]) == publicKey
  }

  /// Why an advert is not to be believed; nil when it is.
  ///
  /// Signatures are dear and adverts are cheap to forge, so each packet is verified once, and only so
  /// many in a time. One for which there is no time is not recorded: a later copy gets its chance.
  mutating func judgeAdvert(_ reception: Reception, hash: PacketHash, at now: Instant)
    -> RefusalReason?
  {
    if refused.refresh(hash, at: now) != nil { return .badSignature }
    if verified.refresh(hash, at: now) == nil {
      guard verifications.take(at: now) == .taken else { return .verificationLimit }
      counters.verifications += 1
      let packet = reception.packet
      let payload = packet.frame.span.extracting(packet.payloadRange)
      guard Advert.isSignatureValid(payload: payload) else {
        refused.insertIfAbsent(hash, at: now)
        return .badSignature
      }
      verified.insertIfAbsent(hash, at: now)
      advertGate.heard(at: now)
    }
    takeNeighbour(reception, at: now)
    return nil
  }

  /// Why an advert that may be passed on is not after all; nil when it is.
  mutating func limitAdvert(_ packet: Packet, at now: Instant) -> RefusalReason? {
    // Without a limit it need not be read, which costs two arrays.
    guard configuration.advertRateLimit != nil, let advert = Advert(parsing: packet.payload) else {
      return nil
    }
    switch advertGate.judge(advert, at: now) {
    case .allowed: return nil
    case .refused(let reason): return reason
    case .barred(let length):
      emit(.noteBar(advert.publicKey, length))
      return .advertRateLimit
    }
  }

  /// How the adverts of others are dealt with.
  public func advertReading(at now: Instant) -> AdvertReading { advertGate.reading(at: now) }

  /// A repeater whose advert has passed no other is a neighbour, unless a person passed it on by hand.
  private mutating func takeNeighbour(_ reception: Reception, at now: Instant) {
    let packet = reception.packet
    guard packet.pathField.hopCount == 0, packet.transportCodes?.areZero != true,
      let advert = Advert(parsing: packet.payload), let data = advert.data, data.isComplete,
      data.nodeType == .repeater
    else { return }
    neighbours.heard(
      Neighbour(
        key: advert.publicKey.bytes, name: data.name, location: data.location, lastHeard: now,
        snrQuarterDB: reception.snrQuarterDB, rssiDBm: reception.rssiDBm))
  }
}

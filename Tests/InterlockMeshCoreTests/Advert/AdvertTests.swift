import InterlockCrypto
import Testing

@testable import InterlockMeshCore

@Suite struct AdvertTests {
  static let identity: Identity = {
    do { return try Identity(seed: IdentityTests.seed(1)) } catch { fatalError("\(error)") }
  }()

  static func advert(name: String?) -> Advert {
    Advert(
      signedBy: identity, timestamp: 1_750_000_000,
      data: AdvertData(
        nodeType: .repeater, location: .init(latitudeE6: 52_520_008, longitudeE6: 13_404_954),
        name: name))
  }

  @Test func `an advert that was built is genuine and reads as it was meant`() throws {
    let advert = Self.advert(name: "Teufelsberg")
    #expect(advert.isSignatureValid)
    let read = try #require(Advert(parsing: advert.payload[...]))
    #expect(read == advert)
    let data = try #require(read.data)
    #expect(data.isComplete)
    #expect(data.nodeType == .repeater)
    #expect(data.location?.latitudeE6 == 52_520_008)
    #expect(data.location?.longitudeE6 == 13_404_954)
    #expect(data.name == "Teufelsberg")
  }

  @Test func `any altered byte makes it a forgery`() throws {
    let payload = Self.advert(name: "x").payload
    for index in payload.indices {
      var altered = payload
      altered[index] ^= 0x04
      let isValid = Advert.isSignatureValid(payload: altered.span)
      #expect(!isValid, "byte \(index)")
    }
  }

  @Test func `bytes beyond the 32nd of app data are neither signed nor read`() throws {
    let name = String(repeating: "n", count: 23)
    let payload = Self.advert(name: name).payload
    #expect(payload.count == Advert.fixedBytes + AdvertData.maximumBytes)
    for extra in [1, 8, 52] {
      let longer = payload + [UInt8](repeating: 0x41, count: extra)
      let isValid = Advert.isSignatureValid(payload: longer.span)
      #expect(isValid)
      let read = try #require(Advert(parsing: longer[...]))
      #expect(read.payload == longer, "it is passed on whole")
      #expect(read.isSignatureValid)
      #expect(read.data?.name == name)
    }
  }

  @Test func `an advert signed over more than 32 bytes of app data is a forgery`() throws {
    var advert = Self.advert(name: nil)
    advert.appData = [0x82] + [UInt8](repeating: 0x4E, count: 39)
    let whole = advert.publicKey.bytes + advert.signedMessage[32..<36] + advert.appData
    advert.signature = Self.identity.sign(whole.span)
    #expect(!advert.isSignatureValid)
    advert.signature = Self.identity.sign(advert.signedMessage.span)
    #expect(advert.isSignatureValid)
  }

  @Test func `a payload cut inside its fixed part is no advert`() {
    let payload = Self.advert(name: nil).payload
    for count in 0..<Advert.fixedBytes {
      let cut = Array(payload[..<count])
      #expect(Advert(parsing: cut[...]) == nil)
      let isValid = Advert.isSignatureValid(payload: cut.span)
      #expect(!isValid)
    }
    #expect(Advert(parsing: payload[..<Advert.fixedBytes])?.data == nil, "it says nothing")
  }

  @Test func `a payload that is a slice of a frame reads the same`() {
    let payload = Self.advert(name: "slice").payload
    let frame = [0x11, 0x00] + payload
    #expect(Advert(parsing: frame[2...])?.isSignatureValid == true)
  }
}

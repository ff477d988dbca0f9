import InterlockWire
import Testing

@Suite struct Base64Tests {
  // RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"),
    ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar"),
  ])
  func `the standard's examples are read and written`(text: String, meaning: String) {
    #expect(Base64.decode(text) == Array(meaning.utf8))
    #expect(Base64.encode(Array(meaning.utf8)) == text)
  }

  @Test func `every digit has its value`() {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, digit) in digits.enumerated() {
      #expect(Base64.decode("AAA\(digit)") == [0, 0, UInt8(value)], "\(digit)")
      #expect(Base64.encode([0, 0, UInt8(value)]) == "AAA\(digit)")
    }
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zm8", "Z===", "====", "=", "Zg==Zg==", "Z=g=", "=Zg=", "Zg==\n", " Zm9v",
    "Zm-v", "Zm_v", "Zm9ü", "Zm9v=",
  ])
  func `anything else is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func `bits behind the last byte are refused, so that bytes have one spelling`() {
    #expect(Base64.decode("Zh==") == nil)
    #expect(Base64.decode("Zm9=") == nil)
  }
}

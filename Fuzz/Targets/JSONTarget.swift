internal import InterlockWire

extension FuzzTarget {
  /// JSON: reading never traps, errors have a place in the text, and values survive being written.
  static let json = FuzzTarget(name: "json") { bytes in
    for dialect in [JSONDialect.strict, .json5] {
      do throws(JSONError) {
        let value = try JSONValue(parsing: bytes, as: dialect)
        let text = value.serialized()
        guard let again = try? JSONValue(parsing: text) else {
          preconditionFailure("what was written cannot be read: \(text)")
        }
        precondition(again.serialized() == text, "a value changed: \(text)")
      } catch {
        guard let position = error.position else { continue }
        precondition((0...bytes.count).contains(position.offset), "\(error) is outside the text")
        precondition(position.line >= 1 && position.column >= 1, "\(error) is nowhere")
      }
    }
  }
}

internal import CInterlockLab
package import InterlockLab

/// A way to write concurrent code that must run in the lab as it is, and never leave it.
package struct Construct: Sendable {
  package let name: String
  private let steps: @Sendable (Lab) async throws -> Void

  init(_ name: String, _ steps: @escaping @Sendable (Lab) async throws -> Void) {
    self.name = name
    self.steps = steps
  }

  /// The body to explore.
  @Sendable package func body(_ lab: Lab) async throws {
    try await steps(lab)
    assertInside()
  }

  /// Every one, each with a name of its own; and some bodies of several of them, which take many ways.
  package static let all = ofActors + ofTasks + ofGroups + ofTime + ofWaiting + stories
}

/// Ends the process on a thread that runs no lab: what is asserted of isolation is asserted there.
func assertInside() {
  precondition(interlock_lab_current() != nil, "a construct ran outside the lab")
}

/// What must not be swallowed.
struct Refused: Error {}

/// A simulated process: the tasks that came from one of its roots.
struct ProcessRecord: Sendable {
  let name: String
  let body: @Sendable (LabProcess) async throws -> Void
  /// The task of its current incarnation.
  var root: Int32
  /// 1 for the first start.
  var incarnation: Int
  var hasCrashed = false
}

extension TaskExecutor {
  /// Runs a job this executor was given, here and now.
  ///
  /// It lives here because the runtime's unowned reference is unsafe by type. The proof: the
  /// receiver is alive for the whole call, and the reference does not outlive it.
  package func runSynchronously(_ job: UnownedJob) {
    unsafe job.runSynchronously(on: asUnownedTaskExecutor())
  }
}

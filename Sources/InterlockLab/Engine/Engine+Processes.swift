/// Simulated processes, which can crash and be started again.
extension Engine {
  /// Starts a process, as a child of the task that runs.
  ///
  /// - Returns: its place in `processes`.
  func start(_ name: String, _ body: @escaping @Sendable (LabProcess) async throws -> Void) -> Int {
    if processes.contains(where: { $0.name == name }) {
      fail(.failed("two processes are called \(name): a schedule could not tell which one crashes"))
    }
    processes.append(ProcessRecord(name: name, body: body, root: -1, incarnation: 0))
    restart(processes.count - 1)
    return processes.count - 1
  }

  /// Starts the body of a process anew; nothing of an earlier incarnation goes on.
  func restart(_ index: Int) {
    if processes[index].incarnation > 0, !processes[index].hasCrashed { crash(index) }
    processes[index].incarnation += 1
    processes[index].hasCrashed = false
    let record = processes[index]
    let process = LabProcess(engine: self, index: index, incarnation: record.incarnation)
    let before = tasks.count
    isStartingProcess = true
    defer { isStartingProcess = false }
    // Owner: this run, as of every task in it.
    Task(name: record.name, executorPreference: taskExecutor) { [self] in
      do {
        try await record.body(process)
      } catch is CancellationError {
        // Its work was called off.
      } catch {
        fail(
          .failed("process \(record.name) threw: \(error)"),
          at: "\(record.name) threw \(type(of: error))")
      }
    }
    processes[index].root = Int32(truncatingIfNeeded: before)
    journal?.note("process \(record.name) starts")
  }

  /// From now on nothing of the process runs: no `defer`, no cancellation handler, as with `kill -9`.
  ///
  /// - Returns: whether it had not crashed before.
  @discardableResult
  func crash(_ index: Int) -> Bool {
    guard !processes[index].hasCrashed, processes[index].root >= 0 else { return false }
    processes[index].hasCrashed = true
    for task in 0..<Int32(truncatingIfNeeded: tasks.count)
    where tasks.isOfProcess(task, root: processes[index].root) {
      tasks[task].isFrozen = true
    }
    journal?.fault("process \(processes[index].name) crashes")
    parked += ready.filter(isFrozen)
    ready.removeAll(where: isFrozen)
    timers.remove { $0 >= 0 && tasks[$0].isFrozen }
    return true
  }

  func isFrozen(_ job: ReadyJob) -> Bool {
    job.task >= 0 && tasks.isFrozen(job.task)
  }

  /// Lets crashed processes go on, to give their memory back.
  func thaw() {
    for task in 0..<Int32(truncatingIfNeeded: tasks.count) where tasks[task].isFrozen {
      tasks[task].isFrozen = false
      RuntimeObject(address: tasks[task].object).cancel()
    }
    ready += parked
    parked.removeAll(keepingCapacity: true)
  }
}
